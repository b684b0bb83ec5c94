package dev.ragops.runtime.evaluate;

/** How good the rankings of a run are, each a mean over all questions that have a relevant document. */
public record Metrics(
        int queries, double ndcgAt10, double recallAt10, double recallAt100, double mrrAt10, double map) {}
