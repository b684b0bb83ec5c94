package dev.ragops.runtime.http.rag;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.http.serve.Json;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.SearchHit;
import dev.ragops.runtime.search.SearchResult;
import dev.ragops.runtime.store.ListedDocument;
import dev.ragops.runtime.store.StoredDocument;
import dev.ragops.runtime.store.WriteResult;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The runtime's own JSON of answers, sources and documents. */
public final class Replies {
    private Replies() {}

    public static byte[] query(Answer answer, SearchResult result, Identity identity, boolean explain) {
        return Json.object(out -> {
            out.writeObjectFieldStart("answer");
            out.writeStringField("text", answer.text());
            rest(out, answer);
            out.writeEndObject();
            out.writeFieldName("sources");
            sources(out, result.hits());
            origin(out, result, identity, explain);
        });
    }

    /** The last event of a stream: everything about the answer but its text. */
    static byte[] done(Answer answer, SearchResult result, Identity identity, boolean explain) {
        return Json.object(out -> {
            rest(out, answer);
            origin(out, result, identity, explain);
        });
    }

    private static void rest(JsonGenerator out, Answer answer) throws IOException {
        qualities(out, answer);
        out.writeArrayFieldStart("citations");
        for (Answer.Citation citation : answer.citations()) {
            out.writeStartObject();
            out.writeNumberField("start", citation.start());
            out.writeNumberField("end", citation.end());
            out.writeNumberField("source", citation.source());
            out.writeNumberField("sourceStart", citation.sourceStart());
            out.writeNumberField("sourceEnd", citation.sourceEnd());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** How far an answer is to be trusted; beside a chat completion, too. */
    public static void qualities(JsonGenerator out, Answer answer) throws IOException {
        out.writeStringField("kind", answer.kind().name().toLowerCase(Locale.ROOT));
        out.writeBooleanField("degraded", answer.degraded());
        out.writeBooleanField("lowConfidence", answer.lowConfidence());
        out.writeNumberField("groundedness", answer.groundedness());
    }

    private static void origin(JsonGenerator out, SearchResult result, Identity identity, boolean explain)
            throws IOException {
        out.writeNumberField("sequence", result.sequence());
        out.writeStringField("revision", identity.revision());
        out.writeStringField("version", identity.version());
        if (explain) {
            out.writeObjectFieldStart("timing");
            out.writeNumberField("embedMicros", result.embedNanos() / 1000);
            out.writeNumberField("searchMicros", result.searchNanos() / 1000);
            out.writeEndObject();
        }
    }

    /** The same array in a whole answer, in a stream, and beside a chat completion. */
    public static void sources(JsonGenerator out, List<SearchHit> hits) throws IOException {
        out.writeStartArray();
        for (SearchHit hit : hits) {
            source(out, hit);
        }
        out.writeEndArray();
    }

    private static void source(JsonGenerator out, SearchHit hit) throws IOException {
        Passage passage = hit.passage();
        out.writeStartObject();
        out.writeStringField("documentId", passage.documentId());
        out.writeNumberField("chunk", passage.chunk());
        out.writeNumberField("start", passage.start());
        out.writeNumberField("end", passage.end());
        out.writeStringField("title", passage.title());
        out.writeStringField("text", passage.text());
        out.writeFieldName("metadata");
        metadata(out, passage.metadata());
        out.writeNumberField("score", hit.score());
        out.writeObjectFieldStart("scores");
        if (hit.dense().isPresent()) {
            out.writeNumberField("dense", hit.dense().getAsDouble());
        }
        if (hit.lexical().isPresent()) {
            out.writeNumberField("lexical", hit.lexical().getAsDouble());
        }
        if (hit.rerank().isPresent()) {
            out.writeNumberField("rerank", hit.rerank().getAsDouble());
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    public static void metadata(JsonGenerator out, Map<String, Object> metadata) throws IOException {
        out.writeStartObject();
        for (Map.Entry<String, Object> entry : metadata.entrySet()) {
            out.writeObjectField(entry.getKey(), entry.getValue());
        }
        out.writeEndObject();
    }

    static byte[] written(WriteResult result) {
        return Json.object(out -> {
            out.writeNumberField("sequence", result.sequence());
            out.writeArrayFieldStart("results");
            for (WriteResult.Outcome outcome : result.outcomes()) {
                out.writeStartObject();
                out.writeStringField("id", outcome.id());
                out.writeStringField("status", outcome.status().name().toLowerCase(Locale.ROOT));
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    static byte[] document(StoredDocument stored) {
        return Json.object(out -> {
            out.writeStringField("id", stored.document().id());
            out.writeStringField("collection", stored.collection());
            out.writeStringField("title", stored.document().title());
            out.writeStringField("text", stored.document().text());
            out.writeNumberField("sequence", stored.sequence());
            out.writeFieldName("metadata");
            metadata(out, stored.document().metadata());
        });
    }

    /** @param next empty on the last page */
    static byte[] page(List<ListedDocument> documents, Optional<String> next) {
        return Json.object(out -> {
            out.writeArrayFieldStart("documents");
            for (ListedDocument listed : documents) {
                out.writeStartObject();
                out.writeStringField("id", listed.id());
                out.writeStringField("title", listed.title());
                out.writeNumberField("sequence", listed.sequence());
                out.writeNumberField("characters", listed.characters());
                out.writeFieldName("metadata");
                metadata(out, listed.metadata());
                out.writeEndObject();
            }
            out.writeEndArray();
            if (next.isPresent()) {
                out.writeStringField("next", next.get());
            }
        });
    }
}
