package dev.ragops.gateway.evidence;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the sources at the begin of an event stream (server-sent events), as its bytes come: an event {@code sources} whose data
 * is their array, or the first chunk of a chat, which has them in its field {@code sources}.
 */
public final class SourcesOfStream {
    /** Sources come first; what has none by here has none. */
    private static final int MAX_EVENTS = 3;

    private static final int MAX_BYTES = 256 * 1024;

    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private final @Nullable String encoding;
    private final int k;
    private boolean over;

    /** @param encoding value of {@code content-encoding} */
    public SourcesOfStream(@Nullable String encoding, int k) {
        this.encoding = encoding;
        this.k = k;
    }

    /** Takes the next bytes; says what they completed, once. */
    public Optional<Sources> feed(byte[] bytes) {
        if (over || bytes.length == 0) {
            return Optional.empty();
        }
        seen.writeBytes(bytes);
        String text = new String(Sources.decoded(seen.toByteArray(), encoding, MAX_BYTES), StandardCharsets.UTF_8)
                .replace("\r\n", "\n");
        String[] events = text.split("\n\n", -1);
        Optional<Sources> found = Optional.empty();
        // The last one is not complete.
        for (int i = 0; i < events.length - 1 && found.isEmpty(); i++) {
            found = sources(events[i]);
        }
        over = found.isPresent() || events.length > MAX_EVENTS || seen.size() > MAX_BYTES;
        if (over) {
            seen.reset();
        }
        return found;
    }

    private Optional<Sources> sources(String event) {
        StringBuilder data = new StringBuilder();
        String name = "";
        for (String line : event.split("\n", -1)) {
            if (line.startsWith("data:")) {
                data.append(line, "data:".length(), line.length());
            } else if (line.startsWith("event:")) {
                name = line.substring("event:".length()).strip();
            }
        }
        boolean isArray = data.toString().stripLeading().startsWith("[");
        if (name.equals("sources") && isArray) {
            return read("{\"sources\":" + data + "}");
        }
        return name.equals("sources") || name.isEmpty() ? read(data.toString()) : Optional.empty();
    }

    private Optional<Sources> read(String json) {
        return Sources.of(json.getBytes(StandardCharsets.UTF_8), null, k);
    }
}
