package dev.ragops.runtime.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmingKernelTest {
    private static final short[] A = {1, 2, 3};
    private static final byte[] B = {4, 5, 6};

    private final AtomicLong clock = new AtomicLong();
    private final List<Runnable> beside = new ArrayList<>();
    private final Timed plain = new Timed(100);
    private final Timed simd = new Timed(5_000);
    private final WarmingKernel kernel = new WarmingKernel(plain, simd, clock::get, beside::add);

    /** Right answers that take as long as they are told to. */
    private final class Timed implements Kernel {
        private final Kernel right = new ScalarKernel();
        private long nanos;
        private int calls;
        private int slowCalls = Integer.MAX_VALUE;
        private boolean wrong;

        Timed(long nanos) {
            this.nanos = nanos;
        }

        @Override
        public float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
            calls++;
            return right.dot(a, aFrom, b, bFrom, n);
        }

        @Override
        public int dot(short[] a, byte[] b, int bFrom, int n) {
            clock.addAndGet(calls++ < slowCalls ? nanos : 1);
            return right.dot(a, b, bFrom, n) + (wrong ? 1 : 0);
        }
    }

    @Test
    void the_first_rows_are_looked_at_with_plain_loops() {
        ask(WarmingKernel.PLAIN_ROWS - 1);

        assertThat(simd.calls).isZero();
        assertThat(beside).isEmpty();
    }

    @Test
    void goes_over_to_simd_once_that_is_compiled() {
        simd.slowCalls = 700;
        ask(WarmingKernel.PLAIN_ROWS);
        assertThat(beside).hasSize(1);
        beside.getFirst().run();
        int calls = plain.calls;

        ask(10);

        assertThat(plain.calls).isEqualTo(calls);
        assertThat(simd.calls).isGreaterThan(700);
    }

    @Test
    void stays_with_plain_loops_where_simd_is_never_the_faster_and_tries_once() {
        ask(WarmingKernel.PLAIN_ROWS);
        beside.getFirst().run();
        int calls = simd.calls;

        ask(10);

        assertThat(simd.calls).isEqualTo(calls);
        assertThat(beside).hasSize(1);
    }

    @Test
    void stays_with_plain_loops_where_simd_says_something_else() {
        simd.slowCalls = 0;
        simd.wrong = true;
        ask(WarmingKernel.PLAIN_ROWS);
        beside.getFirst().run();

        ask(10);
    }

    @Test
    void floats_are_simd_from_the_first_on() {
        assertThat(kernel.dot(new float[] {1, 2}, 0, new float[] {3, 4}, 0, 2)).isEqualTo(11f);
        assertThat(simd.calls).isEqualTo(1);
    }

    private void ask(int rows) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += kernel.dot(A, B, 0, 3);
        }
        assertThat(sum).isEqualTo(32L * rows);
    }
}
