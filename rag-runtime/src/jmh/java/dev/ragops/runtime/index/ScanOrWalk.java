package dev.ragops.runtime.index;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the constants of {@link SegmentPolicy} and {@link SearchCost} come from: CPU time of a scan, of walks of several
 * widths and of a build, over more and more of the vectors of {@link JavadocVectors}. {@code bench/vector/run --costs}.
 */
public final class ScanOrWalk {
    private static final int K = 10;
    private static final int[] SIZES = {5_000, 10_000, 20_000, 40_000, 94_000};
    private static final int[] WIDTHS = {100, 400, 1_600, 6_400};

    private ScanOrWalk() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<float[]> vectors = JavadocVectors.read(folder.resolve("rows.f32"));
        List<float[]> questions =
                JavadocVectors.read(folder.resolve("questions.f32")).subList(0, 300);
        System.out.println("rows\tbuild s\tscan µs\tns a row\twidth\twalk µs\trecall@10\trows scanned meanwhile, a unit of width");
        for (int size : SIZES) {
            VectorRows rows = VectorRows.empty(JavadocVectors.DIMENSION).append(vectors.subList(0, size));
            OrdinalFilter all = everything(size);
            ExactIndex exact = new ExactIndex(rows);
            double scan = Math.min(micros(questions, exact, all), micros(questions, exact, all));
            long began = cpuNanos();
            HnswGraph graph = HnswGraph.build(rows, 0, size, HnswGraph.Shape.DEFAULT);
            double build = (cpuNanos() - began) / 1e9;
            for (int width : WIDTHS) {
                double walk = Double.MAX_VALUE;
                int found = 0;
                for (int round = 0; round < 2; round++) {
                    found = 0;
                    began = cpuNanos();
                    ScoredOrdinals[] hits = new ScoredOrdinals[questions.size()];
                    for (int i = 0; i < hits.length; i++) {
                        hits[i] = graph.search(questions.get(i), K, all, width);
                    }
                    walk = Math.min(walk, (cpuNanos() - began) / 1e3 / questions.size());
                    for (int i = 0; i < hits.length; i++) {
                        found += common(hits[i], exact.search(questions.get(i), K, all));
                    }
                }
                System.out.printf(
                        "%d\t%.1f\t%.0f\t%.1f\t%d\t%.0f\t%.4f\t%.1f%n",
                        size,
                        build,
                        scan,
                        scan * 1e3 / size,
                        width,
                        walk,
                        found / (double) K / questions.size(),
                        walk / (scan / size) / width);
            }
        }
    }

    private static double micros(List<float[]> questions, VectorIndex index, OrdinalFilter all) {
        long began = cpuNanos();
        for (float[] question : questions) {
            index.search(question, K, all);
        }
        return (cpuNanos() - began) / 1e3 / questions.size();
    }

    private static int common(ScoredOrdinals some, ScoredOrdinals others) {
        Set<Integer> both = new HashSet<>();
        for (int ordinal : some.ordinals()) {
            both.add(ordinal);
        }
        int common = 0;
        for (int ordinal : others.ordinals()) {
            common += both.contains(ordinal) ? 1 : 0;
        }
        return common;
    }

    private static OrdinalFilter everything(int count) {
        BitSet bits = new BitSet();
        bits.set(0, count);
        return OrdinalFilter.of(bits);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
