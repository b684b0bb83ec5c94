package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads bytes as JSON, once and strictly: what two readers could understand differently is refused. */
public final class JsonBody {
    private static final int MAX_NESTING = 32;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxStringLength(16 << 20)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBody() {}

    /** @throws Problem 400 saying what is wrong and where */
    public static JsonNode parse(byte[] body) {
        if (body.length == 0) {
            throw bad("the body is empty; send JSON");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad("the body is not UTF-8");
        }
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (StreamConstraintsException e) {
            throw bad("the body is nested deeper than " + MAX_NESTING + " levels, or has a number or name too long");
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw bad("the body is not JSON: line " + (at == null ? 1 : at.getLineNr()) + ", column "
                    + (at == null ? 1 : at.getColumnNr()));
        }
        if (node.isMissingNode()) {
            throw bad("the body is blank; send JSON");
        }
        // In well-formed UTF-8 half a character can only come from an escape, and few bodies have any.
        if (text.contains("\\u")) {
            refuseHalfCharacters(node);
        }
        return node;
    }

    private static void refuseHalfCharacters(JsonNode node) {
        if (node.isTextual()) {
            refuseHalfCharacters(node.asText());
        }
        node.properties().forEach(field -> refuseHalfCharacters(field.getKey()));
        node.forEach(JsonBody::refuseHalfCharacters);
    }

    private static void refuseHalfCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw bad("the body has half of a surrogate pair (an escape between \\ud800 and \\udfff by itself)");
            }
        }
    }

    private static Problem bad(String detail) {
        return Problem.of(400, "Bad request", detail);
    }
}
