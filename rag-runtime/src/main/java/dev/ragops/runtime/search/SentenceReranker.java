package dev.ragops.runtime.search;

import dev.ragops.runtime.chunk.Sentences;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.index.Cosine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Looks at candidates again sentence by sentence: a passage is as good as its best sentence and its first ranking
 * together. Precise on short facts and expensive: every sentence is embedded while the question waits.
 */
final class SentenceReranker {
    /** Half the first ranking: a sentence alone has lost its context. */
    private static final double SENTENCE_WEIGHT = 0.5;

    private final Embedder embedder;

    SentenceReranker(Embedder embedder) {
        this.embedder = embedder;
    }

    List<SearchHit> rerank(View view, float[] question, List<Fuser.Candidate> candidates) {
        List<String> sentences = new ArrayList<>();
        List<Integer> owner = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            String text = view.passages().get(candidates.get(i).ordinal()).text();
            for (Sentences.Span span : Sentences.split(text)) {
                sentences.add(text.substring(span.start(), span.end()));
                owner.add(i);
            }
        }
        double[] best = new double[candidates.size()];
        Arrays.fill(best, -1);
        List<float[]> vectors = embedder.embedPassages(sentences);
        for (int s = 0; s < vectors.size(); s++) {
            int i = owner.get(s);
            best[i] = Math.max(best[i], Cosine.of(question, vectors.get(s)));
        }
        List<SearchHit> hits = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            Fuser.Candidate c = candidates.get(i);
            double score = (1 - SENTENCE_WEIGHT) * c.score() + SENTENCE_WEIGHT * best[i];
            hits.add(Searcher.hit(view, c, score, OptionalDouble.of(best[i])));
        }
        return hits;
    }
}
