package dev.ragops.runtime.search;

import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.index.Cosine;
import dev.ragops.runtime.index.OrdinalFilter;
import dev.ragops.runtime.index.ScoredOrdinals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** Answers questions over a view: embed, both legs, fuse, re-rank. Thread-safe; works on the calling thread. */
public final class Searcher {
    private static final Comparator<SearchHit> BEST_FIRST = Comparator.comparingDouble(SearchHit::score)
            .reversed()
            .thenComparing(hit -> hit.passage().documentId())
            .thenComparingInt(hit -> hit.passage().chunk());

    private final Embedder embedder;
    private final RetrievalConfig config;

    public Searcher(Embedder embedder, RetrievalConfig config) {
        this.embedder = embedder;
        this.config = config;
    }

    public RetrievalConfig config() {
        return config;
    }

    /**
     * The hits, best first, ties by document id and chunk.
     *
     * @throws IllegalStateException when the view was built by another embedder
     */
    public SearchResult search(View view, SearchRequest request) {
        if (!view.fingerprint().equals(embedder.fingerprint())) {
            throw new IllegalStateException("the view holds vectors of embedder " + view.fingerprint()
                    + ", questions are embedded by " + embedder.fingerprint());
        }
        RetrievalConfig.Mode mode = request.mode().orElse(config.mode());
        boolean reranks = config.rerank() == RetrievalConfig.Rerank.SENTENCES;
        OrdinalFilter accept = view.passages().matching(request.collection(), request.filter());
        if (accept.cardinality() == 0) {
            return new SearchResult(List.of(), view.sequence(), 0, 0);
        }
        long start = System.nanoTime();
        float[] question = mode == RetrievalConfig.Mode.LEXICAL && !reranks
                ? new float[0]
                : Cosine.unit(embedder.embedQuery(request.question()));
        long embedded = System.nanoTime();
        List<Fuser.Candidate> candidates = candidates(view, request, mode, accept, question);
        List<SearchHit> hits = reranks
                ? new SentenceReranker(embedder).rerank(view, question, limited(candidates, config.candidates()))
                : contenders(candidates, request.topK()).stream()
                        .map(c -> hit(view, c, c.score(), OptionalDouble.empty()))
                        .toList();
        List<SearchHit> best = hits.stream()
                .filter(hit -> request.minScore().isEmpty()
                        || hit.score() >= request.minScore().getAsDouble())
                .sorted(BEST_FIRST)
                .limit(request.topK())
                .toList();
        return new SearchResult(best, view.sequence(), embedded - start, System.nanoTime() - embedded);
    }

    private List<Fuser.Candidate> candidates(
            View view, SearchRequest request, RetrievalConfig.Mode mode, OrdinalFilter accept, float[] question) {
        int depth = Math.max(config.candidates(), request.topK());
        return switch (mode) {
            case DENSE -> Fuser.dense(view.dense().search(question, depth, accept));
            case LEXICAL -> Fuser.lexical(view.lexical().search(request.question(), depth, accept));
            case HYBRID -> {
                ScoredOrdinals dense = view.dense().search(question, depth, accept);
                ScoredOrdinals lexical = view.lexical().search(request.question(), deeper(depth), accept);
                int fused = config.candidates();
                List<Fuser.Candidate> best = fused(view, question, dense.first(fused), lexical.first(deeper(fused)));
                yield depth == fused ? best : Fuser.followed(best, fused(view, question, dense, lexical));
            }
        };
    }

    /**
     * A sum wants both scores of a passage. What the vectors bring mostly stands among so many of the words' hits, and would
     * count as without a word in common else; the other way the cosine is computed.
     */
    private int deeper(int depth) {
        return config.fusion() instanceof RetrievalConfig.Fusion.Convex ? 4 * depth : depth;
    }

    private List<Fuser.Candidate> fused(View view, float[] question, ScoredOrdinals dense, ScoredOrdinals lexical) {
        return switch (config.fusion()) {
            case RetrievalConfig.Fusion.Convex convex ->
                Fuser.convex(
                        completed(view, question, Fuser.union(dense, lexical)),
                        convex.denseWeight(),
                        config.candidates());
            case RetrievalConfig.Fusion.ReciprocalRank() -> Fuser.reciprocalRank(dense, lexical);
        };
    }

    /** Candidates that only the lexical leg brought get their cosine too: it costs one product, and 0 would be wrong. */
    private static List<Fuser.Candidate> completed(View view, float[] question, List<Fuser.Candidate> union) {
        List<Fuser.Candidate> completed = new ArrayList<>(union.size());
        for (Fuser.Candidate c : union) {
            completed.add(
                    Double.isNaN(c.dense())
                            ? new Fuser.Candidate(
                                    c.ordinal(), 0, view.dense().score(question, c.ordinal()), c.lexical())
                            : c);
        }
        return completed;
    }

    /** Those that may be among the best {@code topK} of candidates in order: of equal scores, documents decide later. */
    private static List<Fuser.Candidate> contenders(List<Fuser.Candidate> candidates, int topK) {
        int end = Math.min(topK, candidates.size());
        while (end > 0
                && end < candidates.size()
                && candidates.get(end).score() == candidates.get(end - 1).score()) {
            end++;
        }
        return candidates.subList(0, end);
    }

    private static List<Fuser.Candidate> limited(List<Fuser.Candidate> candidates, int limit) {
        return candidates.subList(0, Math.min(limit, candidates.size()));
    }

    static SearchHit hit(View view, Fuser.Candidate c, double score, OptionalDouble rerank) {
        return new SearchHit(view.passages().get(c.ordinal()), score, part(c.dense()), part(c.lexical()), rerank);
    }

    private static OptionalDouble part(double score) {
        return Double.isNaN(score) ? OptionalDouble.empty() : OptionalDouble.of(score);
    }
}
