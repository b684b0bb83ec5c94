package dev.ragops.runtime.index;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One inner product of 384 numbers. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class DistanceBenchmark {
    @Param({"simd", "scalar"})
    String kind;

    private Kernel kernel;
    private final float[] a = new float[384];
    private final float[] b = new float[384];
    private final short[] p = new short[384];
    private final byte[] q = new byte[384];

    @Setup
    public void fill() {
        kernel = kind.equals("simd") ? new SimdKernel() : new ScalarKernel();
        Random random = new Random(1);
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextFloat();
            b[i] = random.nextFloat();
            p[i] = (short) (random.nextInt(127) - 63);
            q[i] = (byte) (random.nextInt(127) - 63);
        }
    }

    @Benchmark
    public float fp32() {
        return kernel.dot(a, 0, b, 0, a.length);
    }

    @Benchmark
    public int integers() {
        return kernel.dot(p, q, 0, p.length);
    }
}
