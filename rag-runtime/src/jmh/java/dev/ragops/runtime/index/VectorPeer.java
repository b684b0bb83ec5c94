package dev.ragops.runtime.index;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/**
 * The own graph as {@code bench/vector/compare.py} asks it, a line an answer: {@code build} gives CPU seconds and bytes a
 * vector, {@code search EF} CPU microseconds a question and ten rows a question, {@code exact ROWS} CPU microseconds.
 */
public final class VectorPeer {
    private static final int K = 10;

    private final VectorRows rows;
    private final List<float[]> questions;

    private VectorPeer(VectorRows rows, List<float[]> questions) {
        this.rows = rows;
        this.questions = questions;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        VectorRows rows =
                VectorRows.empty(JavadocVectors.DIMENSION).append(JavadocVectors.read(folder.resolve("rows.f32")));
        new VectorPeer(rows, JavadocVectors.read(folder.resolve("questions.f32"))).answer();
    }

    private void answer() throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        HnswGraph graph = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "build" -> {
                    long began = cpuNanos();
                    graph = HnswGraph.build(rows, 0, rows.size(), HnswGraph.Shape.DEFAULT);
                    double seconds = (cpuNanos() - began) / 1e9;
                    double bytes = (double) (rows.memoryBytes() + graph.memoryBytes()) / rows.size();
                    System.out.println(seconds + " " + bytes);
                }
                case "search" -> System.out.println(search(graph, Integer.parseInt(words[1])));
                case "exact" -> System.out.println(exact(Integer.parseInt(words[1])));
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    private String search(HnswGraph graph, int width) {
        OrdinalFilter all = everything(rows.size());
        ScoredOrdinals[] hits = new ScoredOrdinals[questions.size()];
        long began = cpuNanos();
        for (int i = 0; i < hits.length; i++) {
            hits[i] = graph.search(questions.get(i), K, all, width);
        }
        StringBuilder answer = new StringBuilder().append((cpuNanos() - began) / 1e3 / hits.length);
        for (ScoredOrdinals hit : hits) {
            for (int ordinal : hit.ordinals()) {
                answer.append(' ').append(ordinal);
            }
        }
        return answer.toString();
    }

    private double exact(int count) {
        VectorRows some = VectorRows.empty(rows.dimension());
        for (int i = 0; i < count; i++) {
            some = some.append(List.of(rows.vector(i)));
        }
        ExactIndex index = new ExactIndex(some);
        OrdinalFilter all = everything(count);
        long began = cpuNanos();
        for (float[] question : questions) {
            index.search(question, K, all);
        }
        return (cpuNanos() - began) / 1e3 / questions.size();
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
