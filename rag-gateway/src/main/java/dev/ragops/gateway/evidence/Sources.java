package dev.ragops.gateway.evidence;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Is what an answer rests on: its passages, best first. Read without building the answer, for it is done for every copy; in the
 * shapes clients speak: {@code sources} (ours), {@code data} (OpenAI's vector store search), {@code results} (KAITO), and the
 * {@code annotations} of a chat message.
 *
 * @param list at most as many as are compared
 */
public record Sources(List<Source> list) {
    private static final JsonFactory JSON = new JsonFactory();
    /** Longer answers are not compared. */
    private static final int MAX_BYTES = 1 << 20;
    /** {@code choices[0].message.annotations}. */
    private static final int ANNOTATIONS_DEPTH = 4;

    /**
     * A passage that an answer rests on. Two are the same when they are of one document and overlap, so that another chunking of
     * the same text counts as the same find.
     *
     * @param end of the document where a shape has no offsets
     */
    public record Source(String document, long start, long end) {
        boolean isSameAs(Source other) {
            return document.equals(other.document) && start < other.end && other.start < end;
        }
    }

    public Sources {
        list = List.copyOf(list);
    }

    /**
     * Reads the sources of a whole answer.
     *
     * @param encoding value of {@code content-encoding}
     * @param k how many are compared
     * @return empty when there are none to compare
     */
    public static Optional<Sources> of(byte[] body, @Nullable String encoding, int k) {
        byte[] plain = decoded(body, encoding, MAX_BYTES);
        if (plain.length >= MAX_BYTES) {
            return Optional.empty();
        }
        try (JsonParser json = JSON.createParser(plain)) {
            return find(json, k).map(Sources::new);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** As much as can be decoded: of a stream that goes on, its beginning. */
    static byte[] decoded(byte[] body, @Nullable String encoding, int atMost) {
        if (encoding == null || encoding.equalsIgnoreCase("identity")) {
            return body;
        }
        ByteArrayOutputStream plain = new ByteArrayOutputStream(2 * body.length);
        byte[] part = new byte[8192];
        try (InputStream in = plain(body, encoding)) {
            int read = in.read(part);
            while (read > 0 && plain.size() < atMost) {
                plain.write(part, 0, read);
                read = in.read(part);
            }
        } catch (EOFException e) {
            // The rest has not come yet.
            return plain.toByteArray();
        } catch (IOException e) {
            return new byte[0];
        }
        return plain.toByteArray();
    }

    private static InputStream plain(byte[] body, String encoding) throws IOException {
        return switch (encoding) {
            case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(body));
            case "deflate" -> new InflaterInputStream(new ByteArrayInputStream(body));
            default -> InputStream.nullInputStream();
        };
    }

    /** The first list at the top; a chat's annotations name only what it cites, and count where there is nothing better. */
    private static Optional<List<Source>> find(JsonParser json, int k) throws IOException {
        Optional<List<Source>> cited = Optional.empty();
        int depth = 0;
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME && isTop(json.currentName(), depth)) {
                if (json.nextToken() == JsonToken.START_ARRAY) {
                    return Optional.of(list(json, k));
                }
                json.skipChildren();
            } else if (token == JsonToken.FIELD_NAME
                    && depth == ANNOTATIONS_DEPTH
                    && json.currentName().equals("annotations")
                    && json.nextToken() == JsonToken.START_ARRAY) {
                cited = Optional.of(list(json, k));
            }
        }
        return cited;
    }

    private static boolean isTop(String name, int depth) {
        return depth == 1 && (name.equals("sources") || name.equals("data") || name.equals("results"));
    }

    private static List<Source> list(JsonParser json, int k) throws IOException {
        List<Source> sources = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            Source source = source(json);
            if (sources.size() < k && !source.document().isEmpty()) {
                sources.add(source);
            }
        }
        return sources;
    }

    /** One object; an id may stand one level below it, as in an annotation. */
    private static Source source(JsonParser json) throws IOException {
        String document = "";
        long start = 0;
        long end = Long.MAX_VALUE;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == null) {
                throw new EOFException("the answer ends within its sources");
            } else if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value.isStructStart()) {
                    if (name.equals("file_citation") || name.equals("url_citation")) {
                        depth++;
                    } else {
                        json.skipChildren();
                    }
                } else if (name.equals("documentId") || name.equals("file_id") || name.equals("doc_id")) {
                    document = json.getText();
                } else if (depth == 1 && name.equals("start") && value.isNumeric()) {
                    start = json.getLongValue();
                } else if (depth == 1 && name.equals("end") && value.isNumeric()) {
                    end = json.getLongValue();
                }
            }
        }
        return new Source(document, start, Math.max(start + 1, end));
    }
}
