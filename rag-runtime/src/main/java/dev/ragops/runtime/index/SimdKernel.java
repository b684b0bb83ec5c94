package dev.ragops.runtime.index;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API at the machine's preferred width. Loaded only where its module is. */
final class SimdKernel implements Kernel {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    /** As many bytes as there are short lanes. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, SHORTS.vectorBitSize() / 2)));

    /** Products of two 7-bit values that a short sums without overflow: 8 · 63 · 63 = 31,752. */
    private static final int SHORT_SUMS = 8;

    @Override
    public float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
        int lanes = FLOATS.length();
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int i = 0;
        for (int bound = n - 4 * lanes; i <= bound; i += 4 * lanes) {
            s0 = FloatVector.fromArray(FLOATS, a, aFrom + i).fma(FloatVector.fromArray(FLOATS, b, bFrom + i), s0);
            s1 = FloatVector.fromArray(FLOATS, a, aFrom + i + lanes)
                    .fma(FloatVector.fromArray(FLOATS, b, bFrom + i + lanes), s1);
            s2 = FloatVector.fromArray(FLOATS, a, aFrom + i + 2 * lanes)
                    .fma(FloatVector.fromArray(FLOATS, b, bFrom + i + 2 * lanes), s2);
            s3 = FloatVector.fromArray(FLOATS, a, aFrom + i + 3 * lanes)
                    .fma(FloatVector.fromArray(FLOATS, b, bFrom + i + 3 * lanes), s3);
        }
        for (int bound = n - lanes; i <= bound; i += lanes) {
            s0 = FloatVector.fromArray(FLOATS, a, aFrom + i).fma(FloatVector.fromArray(FLOATS, b, bFrom + i), s0);
        }
        float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            sum = Math.fma(a[aFrom + i], b[bFrom + i], sum);
        }
        return sum;
    }

    @Override
    public int dot(short[] a, byte[] b, int bFrom, int n) {
        int lanes = BYTES.length();
        IntVector total = IntVector.zero(INTS);
        int i = 0;
        while (i <= n - lanes) {
            ShortVector sum = ShortVector.zero(SHORTS);
            int end = Math.min(i + SHORT_SUMS * lanes, n - lanes + 1);
            for (; i < end; i += lanes) {
                ShortVector x = ShortVector.fromArray(SHORTS, a, i);
                ShortVector y = (ShortVector)
                        ByteVector.fromArray(BYTES, b, bFrom + i).convertShape(VectorOperators.B2S, SHORTS, 0);
                sum = sum.add(x.mul(y));
            }
            total = total.add(sum.convertShape(VectorOperators.S2I, INTS, 0))
                    .add(sum.convertShape(VectorOperators.S2I, INTS, 1));
        }
        int result = total.reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            result += a[i] * b[bFrom + i];
        }
        return result;
    }
}
