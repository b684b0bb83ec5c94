package dev.ragops.runtime.evaluate;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The documents that answered one question, best first: each once, at the place of its best chunk. */
public record Ranking(String questionId, List<Scored> documents) {
    /**
     * Higher scores first; equal ones by descending id, which is what trec_eval does, so that figures agree with it.
     */
    static final Comparator<Scored> ORDER = Comparator.comparingDouble(Scored::score)
            .reversed()
            .thenComparing(Comparator.comparing(Scored::documentId).reversed());

    public Ranking {
        documents = List.copyOf(documents);
    }

    public record Scored(String documentId, double score) {}

    /** Collapses chunks to their best per document, before any cutoff. Scores count as 32-bit floats, as they do in trec_eval: what is equal then is a tie. */
    public static Ranking ofChunks(String questionId, List<Scored> chunks) {
        Map<String, Double> best = new LinkedHashMap<>();
        chunks.forEach(chunk -> best.merge(chunk.documentId(), (double) (float) chunk.score(), Math::max));
        return new Ranking(
                questionId,
                best.entrySet().stream()
                        .map(entry -> new Scored(entry.getKey(), entry.getValue()))
                        .sorted(ORDER)
                        .toList());
    }
}
