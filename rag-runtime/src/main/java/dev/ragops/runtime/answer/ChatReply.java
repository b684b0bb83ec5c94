package dev.ragops.runtime.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads a chat completion from a response: server-sent chunks as vLLM, Ollama and Hugging Face send them, or one JSON document. */
final class ChatReply {
    /** Far more than any answer; an endpoint that goes on and on is cut off. */
    private static final int MOST_BYTES = 1 << 20;

    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final InputStream body;
    private final Consumer<String> pieces;
    private int bytes;
    private boolean finished;
    private boolean full = true;
    private boolean spoke;

    /** @param pieces gets the words as they come */
    ChatReply(InputStream body, Consumer<String> pieces) {
        this.body = body;
        this.pieces = pieces;
    }

    /** @return whether the answer came to its end, and not to the limit of its length */
    boolean readEvents() throws IOException, GeneratorException {
        for (String line = line(); !line.isEmpty() && !finished; line = line()) {
            if (line.startsWith(DATA)) {
                event(line.substring(DATA.length()).strip());
            }
        }
        if (!finished) {
            throw new GeneratorException(Outcome.CUT, "the stream ended without a last chunk");
        }
        return ended();
    }

    /** @return whether the answer came to its end, and not to the limit of its length */
    boolean readDocument() throws IOException, GeneratorException {
        byte[] document = body.readNBytes(MOST_BYTES + 1);
        if (document.length > MOST_BYTES) {
            throw tooLong();
        }
        JsonNode choice = parsed(new String(document, StandardCharsets.UTF_8))
                .path("choices")
                .path(0);
        said(choice.path("message").path("content"));
        full = !choice.path("finish_reason").asText().equals("length");
        return ended();
    }

    private boolean ended() throws GeneratorException {
        if (!spoke) {
            throw new GeneratorException(Outcome.NONSENSE, "the answer is empty");
        }
        return full;
    }

    private void event(String data) throws GeneratorException {
        if (data.equals(DONE)) {
            finished = true;
            return;
        }
        JsonNode event = parsed(data);
        if (event.hasNonNull("error") || event.path("object").asText().equals("error")) {
            throw new GeneratorException(Outcome.CUT, "the stream said it failed");
        }
        JsonNode choice = event.path("choices").path(0);
        said(choice.path("delta").path("content"));
        if (choice.hasNonNull("finish_reason")) {
            finished = true;
            full = !choice.path("finish_reason").asText().equals("length");
        }
    }

    private void said(JsonNode content) {
        if (content.isTextual() && !content.asText().isEmpty()) {
            spoke |= !content.asText().isBlank();
            pieces.accept(content.asText());
        }
    }

    private static JsonNode parsed(String json) throws GeneratorException {
        try {
            JsonNode node = JSON.readTree(json);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            // Its words may hold what was asked; only that it is none is told.
        }
        throw new GeneratorException(Outcome.NONSENSE, "what came is no chat completion");
    }

    /** A line with its end, or nothing at the end of the stream. */
    private String line() throws IOException, GeneratorException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        for (int b = body.read(); b >= 0; b = body.read()) {
            if (++bytes > MOST_BYTES) {
                throw tooLong();
            }
            line.write(b);
            if (b == '\n') {
                break;
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static GeneratorException tooLong() {
        return new GeneratorException(Outcome.NONSENSE, "more than " + MOST_BYTES + " bytes came");
    }
}
