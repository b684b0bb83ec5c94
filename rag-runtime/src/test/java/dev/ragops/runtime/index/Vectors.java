package dev.ragops.runtime.index;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Vectors to search in, and the search that cannot be wrong. */
final class Vectors {
    static final int DIMENSION = 48;

    private Vectors() {}

    /** Points around random centres, as text embeddings lie; uniform noise has no neighbourhoods to find. */
    static List<float[]> vectors(int count, long seed) {
        Random centres = new Random(99);
        float[][] centre = new float[40][DIMENSION];
        for (float[] c : centre) {
            for (int i = 0; i < DIMENSION; i++) {
                c[i] = (float) centres.nextGaussian();
            }
        }
        Random random = new Random(seed);
        List<float[]> out = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] v = centre[random.nextInt(centre.length)].clone();
            double square = 0;
            for (int i = 0; i < DIMENSION; i++) {
                v[i] += (float) random.nextGaussian();
                square += (double) v[i] * v[i];
            }
            for (int i = 0; i < DIMENSION; i++) {
                v[i] /= (float) Math.sqrt(square);
            }
            out.add(v);
        }
        return out;
    }

    static VectorRows clustered(int count, long seed) {
        return VectorRows.empty(DIMENSION).append(vectors(count, seed));
    }

    static int[] bruteForce(VectorRows rows, float[] question, int k, OrdinalFilter accept) {
        return IntStream.range(0, rows.size())
                .filter(accept::accepts)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer row) -> -rows.dot(question, row))
                        .thenComparingInt(row -> row))
                .limit(k)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    static OrdinalFilter share(int rows, double share) {
        BitSet bits = new BitSet();
        Random random = new Random(17);
        IntStream.range(0, rows).filter(_ -> random.nextDouble() < share).forEach(bits::set);
        return OrdinalFilter.of(bits);
    }
}
