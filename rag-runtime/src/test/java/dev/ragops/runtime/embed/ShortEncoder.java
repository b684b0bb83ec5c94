package dev.ragops.runtime.embed;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** An ONNX encoder of vectors of one number, that takes texts of three tokens and no others. */
final class ShortEncoder {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private ShortEncoder() {}

    static byte[] onnx() {
        byte[] shape = ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(1)
                .putLong(3)
                .putLong(1)
                .array();
        Message to = new Message().text(1, "to").number(3, FLOAT).number(20, 2);
        Message cast = new Message()
                .text(1, "input_ids")
                .text(2, "floats")
                .text(4, "Cast")
                .message(5, to);
        Message reshape = new Message()
                .text(1, "floats")
                .text(1, "shape")
                .text(2, "last_hidden_state")
                .text(4, "Reshape");
        Message graph = new Message()
                .message(1, cast)
                .message(1, reshape)
                .text(2, "short")
                .message(
                        5,
                        new Message()
                                .number(1, 3)
                                .number(2, INT64)
                                .text(8, "shape")
                                .bytes(9, shape))
                .message(11, value("input_ids", INT64, "batch", "tokens"))
                .message(12, value("last_hidden_state", FLOAT, "batch", "tokens", "width"));
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 13))
                .bytes();
    }

    private static Message value(String name, int type, String... dimensions) {
        Message shape = new Message();
        for (String dimension : dimensions) {
            shape.message(1, new Message().text(2, dimension));
        }
        Message tensor = new Message().number(1, type).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** As protobuf writes it; numbers and lengths below 128. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, int value) {
            key(field, 0);
            out.write(value);
            return this;
        }

        Message text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message message) {
            return bytes(field, message.bytes());
        }

        Message bytes(int field, byte[] content) {
            key(field, 2);
            varint(content.length);
            out.writeBytes(content);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void key(int field, int kind) {
            varint(field << 3 | kind);
        }

        private void varint(int value) {
            if (value >= 0x80) {
                out.write(value & 0x7f | 0x80);
            }
            out.write(value >= 0x80 ? value >>> 7 : value);
        }
    }
}
