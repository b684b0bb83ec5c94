package dev.ragops.runtime.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ragops.runtime.JavaProcess;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KernelTest {
    private final Kernel simd = new SimdKernel();
    private final Kernel scalar = new ScalarKernel();
    private final Random random = new Random(5);

    @Test
    void simd_and_scalar_agree_on_every_length_and_offset() {
        for (int n = 0; n < 600; n += 1 + random.nextInt(7)) {
            int a = random.nextInt(9);
            int b = random.nextInt(9);
            float[] x = floats(n + a);
            float[] y = floats(n + b);
            assertThat(simd.dot(x, a, y, b, n)).isEqualTo(scalar.dot(x, a, y, b, n), within(1e-4f));
            short[] p = shorts(n, false);
            byte[] q = bytes(n + b, false);
            assertThat(simd.dot(p, q, b, n)).isEqualTo(scalar.dot(p, q, b, n));
        }
    }

    @Test
    void the_largest_values_do_not_overflow() {
        short[] p = shorts(4096, true);
        assertThat(simd.dot(p, bytes(4096, true), 0, p.length)).isEqualTo(63 * 63 * 4096);
    }

    @Test
    void without_the_module_search_works_and_the_log_says_what_is_missing() throws Exception {
        Process process =
                JavaProcess.of(ScalarProcess.class).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("ScalarKernel found [2, 0]")
                .contains("vector search runs without SIMD", "--add-modules jdk.incubator.vector");
    }

    private float[] floats(int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = random.nextFloat() - 0.5f;
        }
        return out;
    }

    private short[] shorts(int n, boolean extreme) {
        short[] out = new short[n];
        byte[] narrow = bytes(n, extreme);
        for (int i = 0; i < n; i++) {
            out[i] = narrow[i];
        }
        return out;
    }

    private byte[] bytes(int n, boolean extreme) {
        byte[] out = new byte[n];
        for (int i = 0; i < n; i++) {
            out[i] = (byte) (extreme ? 63 : random.nextInt(127) - 63);
        }
        return out;
    }
}
