package dev.ragops.runtime.search;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passages as bytes, document by document, so that title and metadata stand once. Only values that metadata can have are
 * known; nothing in the bytes names a class.
 */
final class PassageImage {
    private static final int MAX_TEXT_BYTES = 1 << 26;
    private static final int MAX_ENTRIES = 1 << 16;

    private PassageImage() {}

    static void write(PassageTable table, DataOutput out) throws IOException {
        BitSet live = table.liveOrdinals();
        out.writeInt(table.size());
        out.writeInt(table.documents());
        int ordinal = live.nextSetBit(0);
        while (ordinal >= 0) {
            Passage first = table.get(ordinal);
            int end = ordinal + 1;
            while (live.get(end) && sameDocument(first, table.get(end))) {
                end++;
            }
            out.writeInt(ordinal);
            out.writeInt(end - ordinal);
            writeText(first.collection(), out);
            writeText(first.documentId(), out);
            writeText(first.title(), out);
            writeMetadata(first.metadata(), out);
            for (int i = ordinal; i < end; i++) {
                Passage passage = table.get(i);
                out.writeInt(passage.chunk());
                out.writeInt(passage.start());
                out.writeInt(passage.end());
                writeText(passage.text(), out);
            }
            ordinal = live.nextSetBit(end);
        }
    }

    private static boolean sameDocument(Passage a, Passage b) {
        return a.documentId().equals(b.documentId()) && a.collection().equals(b.collection());
    }

    /** @param rows how many vectors there are: as many ordinals must have been given out */
    static PassageTable read(DataInput in, int rows) throws IOException {
        int size = in.readInt();
        require(size == rows, "passage count", size);
        int documents = in.readInt();
        require(documents >= 0 && documents <= size, "document count", documents);
        @Nullable Passage[] passages = new @Nullable Passage[size];
        BitSet live = new BitSet(size);
        int next = 0;
        for (int d = 0; d < documents; d++) {
            int from = in.readInt();
            int count = in.readInt();
            require(from >= next && count > 0 && count <= size - from, "ordinal", from);
            String collection = readText(in);
            String id = readText(in);
            String title = readText(in);
            Map<String, Object> metadata = readMetadata(in);
            for (int i = from; i < from + count; i++) {
                passages[i] = new Passage(
                        collection, id, in.readInt(), in.readInt(), in.readInt(), title, readText(in), metadata);
            }
            live.set(from, from + count);
            next = from + count;
        }
        return PassageTable.of(passages, live, documents);
    }

    private static void writeMetadata(Map<String, Object> metadata, DataOutput out) throws IOException {
        out.writeInt(metadata.size());
        for (Map.Entry<String, Object> entry : metadata.entrySet()) {
            writeText(entry.getKey(), out);
            writeValue(entry.getValue(), out);
        }
    }

    private static Map<String, Object> readMetadata(DataInput in) throws IOException {
        int count = in.readInt();
        require(count >= 0 && count <= MAX_ENTRIES, "metadata entries", count);
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            metadata.put(readText(in), readValue(in));
        }
        return metadata;
    }

    private static void writeValue(Object value, DataOutput out) throws IOException {
        switch (value) {
            case String text -> {
                out.writeByte('s');
                writeText(text, out);
            }
            case Boolean bool -> out.writeByte(bool ? 't' : 'f');
            case Integer number -> {
                out.writeByte('i');
                out.writeInt(number);
            }
            case Long number -> {
                out.writeByte('l');
                out.writeLong(number);
            }
            case Double number -> {
                out.writeByte('d');
                out.writeDouble(number);
            }
            case BigInteger number -> {
                out.writeByte('I');
                writeText(number.toString(), out);
            }
            case Number number -> {
                out.writeByte('D');
                writeText(number.toString(), out);
            }
            case List<?> list -> {
                out.writeByte('[');
                out.writeInt(list.size());
                for (Object element : list) {
                    writeValue(element, out);
                }
            }
            default ->
                throw new IOException("metadata of type " + value.getClass().getName());
        }
    }

    private static Object readValue(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 's' -> readText(in);
            case 't' -> Boolean.TRUE;
            case 'f' -> Boolean.FALSE;
            case 'i' -> in.readInt();
            case 'l' -> in.readLong();
            case 'd' -> in.readDouble();
            case 'I' -> new BigInteger(readText(in));
            case 'D' -> new BigDecimal(readText(in));
            case '[' -> {
                int count = in.readInt();
                require(count >= 0 && count <= MAX_ENTRIES, "list length", count);
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(readValue(in));
                }
                yield List.copyOf(list);
            }
            default -> throw new IOException("metadata kind " + kind + " is impossible");
        };
    }

    static void writeText(String text, DataOutput out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String readText(DataInput in) throws IOException {
        int length = in.readInt();
        require(length >= 0 && length <= MAX_TEXT_BYTES, "text length", length);
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void require(boolean holds, String what, int value) throws IOException {
        if (!holds) {
            throw new IOException(what + " " + value + " is impossible");
        }
    }
}
