package dev.ragops.gateway.evidence;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares two answers to one question by their sources. Two passages are the same when they are of one document and overlap,
 * so that another chunking of the same text counts as the same find.
 *
 * @param overlapAtK share of the first k passages that both found
 * @param rankBiasedOverlap agreement weighted by rank, p = 0.9, extrapolated (Webber, Moffat, Zobel 2010, section 4.2, equal depth)
 * @param sameTopPassage whether both put the same passage first
 */
public record Comparison(double overlapAtK, double rankBiasedOverlap, boolean sameTopPassage) {
    private static final double PERSISTENCE = 0.9;

    /** A passage that an answer rests on. */
    record Source(String document, long start, long end) {
        boolean isSameAs(Source other) {
            return document.equals(other.document) && start < other.end && other.start < end;
        }
    }

    /** Compares two bodies; empty when one of them has no sources to compare. */
    public static Optional<Comparison> of(String answer, String mirrored, int k) {
        Optional<List<Source>> left = sources(answer, k);
        Optional<List<Source>> right = sources(mirrored, k);
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(of(left.get(), right.get()));
    }

    static Comparison of(List<Source> left, List<Source> right) {
        if (left.isEmpty() && right.isEmpty()) {
            return new Comparison(1, 1, true);
        }
        int depth = Math.max(left.size(), right.size());
        double weighted = 0;
        int common = 0;
        for (int d = 1; d <= depth; d++) {
            common = common(first(left, d), first(right, d));
            weighted += (double) common / d * Math.pow(PERSISTENCE, d);
        }
        double agreement = (double) common / depth;
        double rankBiased = agreement * Math.pow(PERSISTENCE, depth) + (1 - PERSISTENCE) / PERSISTENCE * weighted;
        boolean sameTop = !left.isEmpty() && !right.isEmpty() && left.getFirst().isSameAs(right.getFirst());
        return new Comparison(agreement, rankBiased, sameTop);
    }

    private static List<Source> first(List<Source> all, int depth) {
        return all.subList(0, Math.min(depth, all.size()));
    }

    /** Each passage is matched once. */
    private static int common(List<Source> left, List<Source> right) {
        List<Source> open = new ArrayList<>(right);
        int common = 0;
        for (Source source : left) {
            for (int i = 0; i < open.size(); i++) {
                if (source.isSameAs(open.get(i))) {
                    open.remove(i);
                    common++;
                    break;
                }
            }
        }
        return common;
    }

    private static Optional<List<Source>> sources(String body, int k) {
        try {
            JsonArray array = new JsonObject(body).getJsonArray("sources");
            if (array == null) {
                return Optional.empty();
            }
            List<Source> sources = new ArrayList<>();
            for (int i = 0; i < Math.min(k, array.size()); i++) {
                JsonObject one = array.getJsonObject(i);
                long start = one.getLong("start", 0L);
                sources.add(new Source(
                        one.getString("documentId", ""), start, Math.max(start + 1, one.getLong("end", start + 1))));
            }
            return Optional.of(sources);
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
