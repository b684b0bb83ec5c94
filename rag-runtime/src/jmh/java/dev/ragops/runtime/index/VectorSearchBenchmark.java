package dev.ragops.runtime.index;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Top 10 of so many vectors of 384 around 200 centres; recall is printed beside speed, which says nothing alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class VectorSearchBenchmark {
    private static final int DIMENSION = 384;

    @Param({"5000", "20000"})
    int rows;

    @Param({"exact", "hnsw", "hnswlib"})
    String kind;

    private VectorIndex index;
    private VectorIndex exact;
    private OrdinalFilter all;
    private final List<float[]> questions = new ArrayList<>();
    private int next;

    @Setup(Level.Trial)
    public void build() {
        Random random = new Random(1);
        float[][] centres = new float[200][];
        for (int i = 0; i < centres.length; i++) {
            centres[i] = around(random, new float[DIMENSION]);
        }
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            vectors.add(around(random, centres[random.nextInt(centres.length)]));
        }
        for (int i = 0; i < 200; i++) {
            questions.add(around(random, centres[random.nextInt(centres.length)]));
        }
        VectorRows table = VectorRows.empty(DIMENSION).append(vectors);
        SegmentedIndex scan = SegmentedIndex.scanning(table);
        exact = scan;
        index = switch (kind) {
            case "hnsw" -> SegmentPolicy.ALWAYS.build(scan);
            case "hnswlib" -> SegmentPolicy.HNSWLIB.build(scan);
            default -> scan;
        };
        BitSet bits = new BitSet();
        bits.set(0, rows);
        all = new Everything(OrdinalFilter.of(bits));
    }

    /** Counts as many, so that small indexes are not scanned where a graph is to be measured. */
    private record Everything(OrdinalFilter filter) implements OrdinalFilter {
        @Override
        public boolean accepts(int ordinal) {
            return filter.accepts(ordinal);
        }

        @Override
        public int next(int from) {
            return filter.next(from);
        }

        @Override
        public int cardinality() {
            return Math.max(filter.cardinality(), 1_000_000);
        }
    }

    private static float[] around(Random random, float[] centre) {
        float[] vector = new float[DIMENSION];
        double square = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = centre[i] + 0.03f * (float) random.nextGaussian();
            square += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }

    @TearDown(Level.Trial)
    public void recall() {
        int found = 0;
        for (float[] question : questions) {
            Set<Integer> truth = new HashSet<>();
            for (int row : exact.search(question, 10, all).ordinals()) {
                truth.add(row);
            }
            for (int row : index.search(question, 10, all).ordinals()) {
                found += truth.contains(row) ? 1 : 0;
            }
        }
        System.out.printf(
                "%n%s, %d rows: recall@10 %.4f, %d bytes a vector%n",
                kind, rows, found / (10.0 * questions.size()), index.memoryBytes() / rows);
    }

    @Benchmark
    public ScoredOrdinals search() {
        return index.search(questions.get(next++ % questions.size()), 10, all);
    }
}
