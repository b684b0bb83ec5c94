package dev.ragops.runtime.http.rag;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineCutterTest {
    private static final int MOST = 20_000;

    private final List<String> seen = new ArrayList<>();
    private final LineCutter cutter = new LineCutter(
            MOST, line -> seen.add(new String(line, StandardCharsets.UTF_8)), () -> seen.add("too long"));

    @Test
    void lines_are_whole_wherever_the_stream_is_cut() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            seen.clear();
            List<String> lines = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                String line = "é".repeat(random.nextInt(8) == 0 ? random.nextInt(MOST) : random.nextInt(9));
                lines.add(line);
                expected.add(line.length() * 2 > MOST ? "too long" : line);
            }
            byte[] stream = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
            for (int from = 0; from < stream.length; ) {
                int to = Math.min(stream.length, from + 1 + random.nextInt(3_000));
                cutter.handle(Buffer.buffer(java.util.Arrays.copyOfRange(stream, from, to)));
                from = to;
            }
            cutter.end();
            assertThat(seen).isEqualTo(expected);
        }
    }

    @Test
    void the_last_line_needs_no_end_and_may_be_too_long_too() {
        cutter.handle(Buffer.buffer("a\nb"));
        cutter.end();
        assertThat(seen).containsExactly("a", "b");

        cutter.handle(Buffer.buffer("x".repeat(MOST + 1)));
        cutter.end();
        assertThat(seen).containsExactly("a", "b", "too long");
    }

    @Test
    void a_line_may_have_exactly_as_many_bytes_as_allowed() {
        cutter.handle(Buffer.buffer("x".repeat(MOST) + "\n"));
        assertThat(seen).containsExactly("x".repeat(MOST));
    }
}
