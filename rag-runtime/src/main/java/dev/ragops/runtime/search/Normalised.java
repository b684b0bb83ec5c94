package dev.ragops.runtime.search;

/** Brings the scores of one leg to 0..1, so that legs can be weighed against each other. Pure. */
final class Normalised {
    private Normalised() {}

    /**
     * From the least a score can be to the best of this question (the theoretical-minimum form of Bruch, Gai, Ingber,
     * TOIS 2023): unlike min-max a lone bad candidate does not become a 0 or a 1.
     */
    static double fromFloor(double score, double floor, double best) {
        return best <= floor ? 0 : Math.max(0, (score - floor) / (best - floor));
    }
}
