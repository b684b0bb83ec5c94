package dev.ragops.runtime.embed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
    private static final int GRAPH_OUTPUT = 12;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OP_TYPE = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int NODE_DOMAIN = 7;
    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;
    private static final int ATTRIBUTE_TENSOR = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int TENSOR_EXTERNAL_DATA = 13;
    private static final int TENSOR_DATA_LOCATION = 14;
    private static final int MAX_DEPTH = 16;

    private final ByteBuffer bytes;
    private final String source;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private boolean graphSeen;

    private OnnxFile(ByteBuffer bytes, String source) {
        this.bytes = bytes;
        this.source = source;
    }

    /** One operation of the graph. */
    record Node(String operator, List<String> inputs, List<String> outputs) {}

    /** @param type the bytes of its {@code TypeProto}; empty where the file does not say it */
    record Value(String name, ByteBuffer type) {}

    /** @param nodes of the graph itself and of those inside its control flow */
    record Facts(List<Node> nodes, List<Value> outputs) {
        /** Activations are quantised per call, so batch companions change the result. */
        boolean dynamicallyQuantised() {
            return nodes.stream()
                    .map(Node::operator)
                    .anyMatch(name -> name.equals("DynamicQuantizeLinear") || name.equals("DynamicQuantizeMatMul"));
        }
    }

    /** @throws EmbedderException naming {@code source} and what is wrong with it */
    static Facts inspect(ByteBuffer bytes, String source) {
        OnnxFile file = new OnnxFile(bytes, source);
        try {
            file.model();
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw new EmbedderException(source + " is not an ONNX model (" + bytes.limit() + " bytes)", e);
        }
        if (!file.graphSeen || file.nodes.isEmpty()) {
            throw new EmbedderException(source + " is not an ONNX model (" + bytes.limit() + " bytes, no graph in it)");
        }
        return new Facts(List.copyOf(file.nodes), List.copyOf(file.outputs));
    }

    private void model() {
        for (Field field = new Field(0, bytes.limit()); field.next(); ) {
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
            switch (field.number) {
                case GRAPH_NODE -> node(field.message(), depth);
                case GRAPH_INITIALIZER -> tensor(field.message());
                case GRAPH_OUTPUT -> output(field.message(), depth);
                default -> {}
            }
        }
    }

    private void node(Field field, int depth) {
        String operator = "";
        String domain = "";
        List<String> inputs = new ArrayList<>();
        List<String> results = new ArrayList<>();
        while (field.next()) {
            switch (field.number) {
                case NODE_INPUT -> inputs.add(field.string());
                case NODE_OUTPUT -> results.add(field.string());
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
        nodes.add(new Node(operator, inputs, results));
    }

    private void output(Field field, int depth) {
        String name = "";
        ByteBuffer type = ByteBuffer.allocate(0);
        while (field.next()) {
            switch (field.number) {
                case VALUE_NAME -> name = field.string();
                case VALUE_TYPE -> type = field.bytes();
                default -> {}
            }
        }
        if (depth == 0) {
            outputs.add(new Value(name, type));
        }
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

        ByteBuffer bytes() {
            require(wire == 2);
            return bytes.slice(from, to - from);
        }

        String string() {
            return StandardCharsets.UTF_8.decode(bytes()).toString();
        }

        private void skip(int count) {
            at += count;
            require(at <= end);
        }

        private long varint() {
            long result = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                require(at < end);
                byte b = bytes.get(at++);
                result |= (long) (b & 0x7f) << shift;
                if (b >= 0) {
                    return result;
                }
            }
            throw new IllegalStateException("varint");
        }
    }
}
