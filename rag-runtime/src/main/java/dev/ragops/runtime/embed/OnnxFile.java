package dev.ragops.runtime.embed;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks into a model before native code does: is it ONNX, does it want files or operators from elsewhere, is it
 * dynamically quantised. Reads the protobuf wire format of {@code ModelProto} directly; only the fields it needs.
 */
final class OnnxFile {
    /** Domains whose operators ONNX Runtime brings itself. */
    private static final Set<String> KNOWN_DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft");

    private static final int MODEL_IR_VERSION = 1;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPSET = 8;
    private static final int MODEL_FUNCTION = 25;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_OP_TYPE = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int NODE_DOMAIN = 7;
    private static final int ATTRIBUTE_TENSOR = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int TENSOR_EXTERNAL_DATA = 13;
    private static final int TENSOR_DATA_LOCATION = 14;
    private static final int MAX_DEPTH = 16;

    private final byte[] bytes;
    private final String source;
    private final Set<String> operators = new TreeSet<>();
    private boolean graphSeen;

    private OnnxFile(byte[] bytes, String source) {
        this.bytes = bytes;
        this.source = source;
    }

    /**
     * @param dynamicallyQuantised activations are quantised per call, so batch companions change the result
     */
    record Facts(boolean dynamicallyQuantised) {}

    /** @throws EmbedderException naming {@code source} and what is wrong with it */
    static Facts inspect(byte[] bytes, String source) {
        OnnxFile file = new OnnxFile(bytes, source);
        try {
            file.model();
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw new EmbedderException(source + " is not an ONNX model (" + bytes.length + " bytes)", e);
        }
        if (!file.graphSeen || file.operators.isEmpty()) {
            throw new EmbedderException(source + " is not an ONNX model (" + bytes.length + " bytes, no graph in it)");
        }
        return new Facts(
                file.operators.contains("DynamicQuantizeLinear") || file.operators.contains("DynamicQuantizeMatMul"));
    }

    private void model() {
        for (Field field = new Field(0, bytes.length); field.next(); ) {
            switch (field.number) {
                case MODEL_IR_VERSION -> require(field.wire == 0);
                case MODEL_GRAPH -> {
                    graphSeen = true;
                    graph(field.message(), 0);
                }
                case MODEL_OPSET -> require(field.wire == 2);
                case MODEL_FUNCTION ->
                    throw new EmbedderException(source + " defines model-local functions; export it without them");
                default -> {}
            }
        }
    }

    private void graph(Field field, int depth) {
        require(depth < MAX_DEPTH);
        while (field.next()) {
            if (field.number == GRAPH_NODE) {
                node(field.message(), depth);
            } else if (field.number == GRAPH_INITIALIZER) {
                tensor(field.message());
            }
        }
    }

    private void node(Field field, int depth) {
        String operator = "";
        String domain = "";
        while (field.next()) {
            switch (field.number) {
                case NODE_OP_TYPE -> operator = field.string();
                case NODE_DOMAIN -> domain = field.string();
                case NODE_ATTRIBUTE -> attribute(field.message(), depth);
                default -> {}
            }
        }
        if (!KNOWN_DOMAINS.contains(domain)) {
            throw new EmbedderException(source + " uses the custom operator " + domain + "." + operator
                    + "; only standard operators are run");
        }
        operators.add(operator);
    }

    private void attribute(Field field, int depth) {
        while (field.next()) {
            if (field.number == ATTRIBUTE_GRAPH && field.wire == 2) {
                graph(field.message(), depth + 1);
            } else if (field.number == ATTRIBUTE_TENSOR && field.wire == 2) {
                tensor(field.message());
            }
        }
    }

    private void tensor(Field field) {
        while (field.next()) {
            boolean external = field.number == TENSOR_EXTERNAL_DATA
                    || (field.number == TENSOR_DATA_LOCATION && field.wire == 0 && field.value != 0);
            if (external) {
                throw new EmbedderException(
                        source + " keeps weights in another file; export it as one file, without external data");
            }
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("malformed");
        }
    }

    /** A cursor over the fields of one message. */
    private final class Field {
        private int at;
        private final int end;
        int number;
        int wire;
        long value;
        private int from;
        private int to;

        Field(int at, int end) {
            this.at = at;
            this.end = end;
        }

        boolean next() {
            if (at >= end) {
                return false;
            }
            long tag = varint();
            number = (int) (tag >>> 3);
            wire = (int) (tag & 7);
            require(number > 0);
            switch (wire) {
                case 0 -> value = varint();
                case 1 -> skip(8);
                case 2 -> {
                    long length = varint();
                    require(length >= 0 && length <= end - at);
                    from = at;
                    to = at + (int) length;
                    at = to;
                }
                case 5 -> skip(4);
                default -> throw new IllegalStateException("wire type " + wire);
            }
            return true;
        }

        Field message() {
            require(wire == 2);
            return new Field(from, to);
        }

        String string() {
            require(wire == 2);
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }

        private void skip(int count) {
            at += count;
            require(at <= end);
        }

        private long varint() {
            long result = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                require(at < end);
                byte b = bytes[at++];
                result |= (long) (b & 0x7f) << shift;
                if (b >= 0) {
                    return result;
                }
            }
            throw new IllegalStateException("varint");
        }
    }
}
