package dev.ragops.runtime.http.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes JSON straight into bytes. */
public final class Json {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = JSON.getFactory();

    private Json() {}

    /** Writes one value. */
    public interface Value {
        void write(JsonGenerator out) throws IOException;
    }

    public static byte[] bytes(Value value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            value.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /** An object whose fields {@code fields} writes. */
    public static byte[] object(Value fields) {
        return bytes(out -> {
            out.writeStartObject();
            fields.write(out);
            out.writeEndObject();
        });
    }
}
