package dev.ragops.runtime.http.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.embed.Tokenizer;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.rag.Replies;
import dev.ragops.runtime.http.serve.Json;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.SearchResult;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Writes one chat completion, whole or in chunks. The sources and how far the answer is to be trusted stand beside the choices, where clients that do not know
 * them look away.
 *
 * @param collection that was searched, for links to its documents
 */
record ChatReplies(String id, String model, long created, String collection, Tokenizer tokenizer) {
    byte[] completion(String question, Answer answer, SearchResult found) {
        return Json.object(out -> {
            head(out, "chat.completion");
            out.writeArrayFieldStart("choices");
            out.writeStartObject();
            out.writeNumberField("index", 0);
            out.writeStringField("finish_reason", finishReason(answer));
            out.writeNullField("logprobs");
            out.writeObjectFieldStart("message");
            out.writeStringField("role", "assistant");
            out.writeStringField("content", answer.text());
            out.writeNullField("refusal");
            annotations(out, answer, found);
            out.writeEndObject();
            out.writeEndObject();
            out.writeEndArray();
            usage(out, question, answer);
            Replies.qualities(out, answer);
            out.writeFieldName("sources");
            Replies.sources(out, found.hits());
        });
    }

    /** The chunk that says who speaks, with the sources, before any word of the answer. */
    byte[] first(SearchResult found) {
        return Json.object(out -> {
            head(out, "chat.completion.chunk");
            choice(out, Optional.empty(), delta -> {
                delta.writeStringField("role", "assistant");
                delta.writeStringField("content", "");
            });
            out.writeFieldName("sources");
            Replies.sources(out, found.hits());
        });
    }

    byte[] delta(String text) {
        return Json.object(out -> {
            head(out, "chat.completion.chunk");
            choice(out, Optional.empty(), delta -> delta.writeStringField("content", text));
        });
    }

    byte[] last(Answer answer, SearchResult found) {
        return Json.object(out -> {
            head(out, "chat.completion.chunk");
            choice(out, Optional.of(finishReason(answer)), delta -> annotations(delta, answer, found));
            Replies.qualities(out, answer);
        });
    }

    byte[] usage(String question, Answer answer) {
        return Json.object(out -> {
            head(out, "chat.completion.chunk");
            out.writeArrayFieldStart("choices");
            out.writeEndArray();
            usage(out, question, answer);
        });
    }

    static String error(Problem problem) {
        byte[] json = Json.object(out -> {
            out.writeObjectFieldStart("error");
            out.writeStringField("message", problem.detail());
            out.writeStringField("type", "server_error");
            out.writeNullField("param");
            out.writeNullField("code");
            out.writeEndObject();
        });
        return new String(json, StandardCharsets.UTF_8);
    }

    private void head(JsonGenerator out, String object) throws IOException {
        out.writeStringField("id", id);
        out.writeStringField("object", object);
        out.writeNumberField("created", created);
        out.writeStringField("model", model);
    }

    private static void choice(JsonGenerator out, Optional<String> finishReason, Json.Value delta) throws IOException {
        out.writeArrayFieldStart("choices");
        out.writeStartObject();
        out.writeNumberField("index", 0);
        out.writeObjectFieldStart("delta");
        delta.write(out);
        out.writeEndObject();
        out.writeStringField("finish_reason", finishReason.orElse(null));
        out.writeEndObject();
        out.writeEndArray();
    }

    private static String finishReason(Answer answer) {
        return switch (answer.ending()) {
            case LENGTH -> "length";
            // OpenAI knows no word for the others; "degraded" says it.
            case WHOLE, STAND_IN, CUT -> "stop";
        };
    }

    private void annotations(JsonGenerator out, Answer answer, SearchResult found) throws IOException {
        out.writeArrayFieldStart("annotations");
        for (Answer.Citation citation : answer.citations()) {
            Passage passage = found.hits().get(citation.source()).passage();
            out.writeStartObject();
            out.writeStringField("type", "url_citation");
            out.writeObjectFieldStart("url_citation");
            out.writeNumberField("start_index", codePoints(answer.text(), citation.start()));
            out.writeNumberField("end_index", codePoints(answer.text(), citation.end()));
            out.writeStringField("title", passage.title());
            out.writeStringField("url", url(passage));
            out.writeEndObject();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** Clients in Python slice by code points; our own API counts UTF-16 units. */
    private static int codePoints(String text, int units) {
        return text.codePointCount(0, units);
    }

    /** Where the document came from, when its metadata say so, else where it can be read here. */
    private String url(Passage passage) {
        Object url = passage.metadata().get("url");
        if (url instanceof String text && (text.startsWith("https://") || text.startsWith("http://"))) {
            return text;
        }
        return "/documents/" + encoded(passage.documentId()) + "?collection=" + encoded(collection);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void usage(JsonGenerator out, String question, Answer answer) throws IOException {
        int asked = tokenizer.spans(question).count();
        int said = tokenizer.spans(answer.text()).count();
        out.writeObjectFieldStart("usage");
        out.writeNumberField("prompt_tokens", asked);
        out.writeNumberField("completion_tokens", said);
        out.writeNumberField("total_tokens", asked + said);
        out.writeEndObject();
    }
}
