package dev.ragops.runtime.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.SearchHit;
import dev.ragops.runtime.search.SearchResult;
import dev.ragops.runtime.store.WriteResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Writes answers as JSON, straight into bytes. */
final class Replies {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Replies() {}

    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    private static byte[] json(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    static byte[] query(Answer answer, SearchResult result, Identity identity, boolean explain) {
        return json(out -> {
            out.writeStartObject();
            out.writeObjectFieldStart("answer");
            out.writeStringField("text", answer.text());
            out.writeStringField("kind", answer.kind().name().toLowerCase(Locale.ROOT));
            out.writeBooleanField("degraded", answer.degraded());
            out.writeBooleanField("lowConfidence", answer.lowConfidence());
            out.writeNumberField("groundedness", answer.groundedness());
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
            out.writeEndObject();
            out.writeArrayFieldStart("sources");
            for (SearchHit hit : result.hits()) {
                source(out, hit);
            }
            out.writeEndArray();
            out.writeNumberField("sequence", result.sequence());
            out.writeStringField("revision", identity.revision());
            out.writeStringField("version", identity.version());
            if (explain) {
                out.writeObjectFieldStart("timing");
                out.writeNumberField("embedMicros", result.embedNanos() / 1000);
                out.writeNumberField("searchMicros", result.searchNanos() / 1000);
                out.writeEndObject();
            }
            out.writeEndObject();
        });
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
        out.writeObjectField("metadata", passage.metadata());
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

    static byte[] written(WriteResult result) {
        return json(out -> {
            out.writeStartObject();
            out.writeNumberField("sequence", result.sequence());
            out.writeArrayFieldStart("results");
            for (WriteResult.Outcome outcome : result.outcomes()) {
                out.writeStartObject();
                out.writeStringField("id", outcome.id());
                out.writeStringField("status", outcome.status().name().toLowerCase(Locale.ROOT));
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }
}
