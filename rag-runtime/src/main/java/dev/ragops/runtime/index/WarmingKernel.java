package dev.ragops.runtime.index;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Looks at its first rows with plain loops. Until C2 has compiled it, every lane of the Vector API is an object: the first question over 5,000 passages took
 * most of a second, and with plain loops a tenth. The integers are the same either way; inner products of floats round differently, so those are SIMD from
 * the first on, and a graph is built alike at any time.
 */
final class WarmingKernel implements Kernel {
    /** Two hundred questions over 5,000 passages: behind the rush of compilations that a start is. */
    static final int PLAIN_ROWS = 1_000_000;

    private static final int DIMENSION = 384;
    private static final int BATCH = 50;
    /** Where SIMD is still not the faster then, it never will be: a compiled batch takes microseconds, an interpreted one some milliseconds. */
    private static final int MOST_BATCHES = 1000;

    private final Kernel plain;
    private final Kernel simd;
    private final LongSupplier nanoClock;
    private final Executor beside;
    /** Counted without care: where two threads count at a time, the change comes a little later. */
    private int plainRows;

    private boolean warm;

    WarmingKernel(Kernel plain, Kernel simd, LongSupplier nanoClock, Executor beside) {
        this.plain = plain;
        this.simd = simd;
        this.nanoClock = nanoClock;
        this.beside = beside;
    }

    static void beside(Runnable work) {
        Thread.ofPlatform().name("kernel").daemon().start(work);
    }

    @Override
    public float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
        return simd.dot(a, aFrom, b, bFrom, n);
    }

    @Override
    public int dot(short[] a, byte[] b, int bFrom, int n) {
        if (warm) {
            return simd.dot(a, b, bFrom, n);
        }
        if (++plainRows == PLAIN_ROWS) {
            beside.execute(this::warmUp);
        }
        return plain.dot(a, b, bFrom, n);
    }

    /** Has SIMD compiled, away from any question, and goes over to it once it is the faster and says the same. */
    private void warmUp() {
        for (int batch = 0; batch < MOST_BATCHES && !warm; batch++) {
            Trial slow = tried(plain);
            Trial fast = tried(simd);
            warm = fast.nanos < slow.nanos && fast.sum == slow.sum;
        }
    }

    private record Trial(long nanos, int sum) {}

    private Trial tried(Kernel kernel) {
        short[] a = new short[DIMENSION];
        byte[] b = new byte[DIMENSION];
        Arrays.fill(a, (short) 63);
        int sum = 0;
        long began = nanoClock.getAsLong();
        for (int i = 0; i < BATCH; i++) {
            b[i] = (byte) (i - 30);
            sum += kernel.dot(a, b, 0, DIMENSION);
        }
        return new Trial(nanoClock.getAsLong() - began, sum);
    }
}
