package dev.ragops.runtime.search;

/**
 * The {@code retrieval} section of {@code rag.yaml} with the RagModel's overrides.
 *
 * @param candidates passages per leg before fusion
 */
public record RetrievalConfig(Mode mode, int topK, int candidates, Fusion fusion, IndexKind index, Rerank rerank) {
    public static final RetrievalConfig DEFAULT =
            new RetrievalConfig(Mode.HYBRID, 5, 50, Fusion.Convex.DEFAULT, IndexKind.AUTO, Rerank.NONE);

    public enum Mode {
        HYBRID,
        DENSE,
        LEXICAL
    }

    public enum IndexKind {
        AUTO,
        EXACT,
        HNSW,
        /** The graph by hnswlib-core instead of the own one. */
        HNSWLIB
    }

    public enum Rerank {
        NONE,
        SENTENCES
    }

    /** How the two legs become one ranking. */
    public sealed interface Fusion {
        /**
         * {@code w · dense + (1 - w) · lexical}, each leg's scores normalised first.
         *
         * @param denseWeight 0 to 1
         */
        record Convex(double denseWeight) implements Fusion {
            public static final Convex DEFAULT = new Convex(0.7);

            public Convex {
                if (!(denseWeight >= 0 && denseWeight <= 1)) {
                    throw new IllegalArgumentException(
                            "retrieval.fusion.denseWeight is " + denseWeight + ", must be 0 to 1");
                }
            }
        }

        /** Sum of {@code 1 / (60 + rank)} (Cormack, Clarke, Büttcher, SIGIR 2009). */
        record ReciprocalRank() implements Fusion {}
    }

    public RetrievalConfig {
        if (topK < 1 || topK > 1000) {
            throw new IllegalArgumentException("retrieval.topK is " + topK + ", must be 1 to 1000");
        }
        if (candidates < 1 || candidates > 10_000) {
            throw new IllegalArgumentException("retrieval.candidates is " + candidates + ", must be 1 to 10000");
        }
    }

    public RetrievalConfig withMode(Mode other) {
        return new RetrievalConfig(other, topK, candidates, fusion, index, rerank);
    }

    public RetrievalConfig withFusion(Fusion other) {
        return new RetrievalConfig(mode, topK, candidates, other, index, rerank);
    }
}
