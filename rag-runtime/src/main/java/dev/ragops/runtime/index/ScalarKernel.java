package dev.ragops.runtime.index;

/** Plain Java: the fallback, and the oracle of the SIMD kernel's tests. */
final class ScalarKernel implements Kernel {
    @Override
    public float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
        // Four sums break the dependency chain that strict float addition would otherwise be.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 = Math.fma(a[aFrom + i], b[bFrom + i], s0);
            s1 = Math.fma(a[aFrom + i + 1], b[bFrom + i + 1], s1);
            s2 = Math.fma(a[aFrom + i + 2], b[bFrom + i + 2], s2);
            s3 = Math.fma(a[aFrom + i + 3], b[bFrom + i + 3], s3);
        }
        for (; i < n; i++) {
            s0 = Math.fma(a[aFrom + i], b[bFrom + i], s0);
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    public int dot(short[] a, byte[] b, int bFrom, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[i] * b[bFrom + i];
        }
        return sum;
    }
}
