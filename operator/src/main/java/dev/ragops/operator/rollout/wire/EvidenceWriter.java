package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.ClassEvidence;
import dev.ragops.api.v1alpha1.ComparisonEvidence;
import dev.ragops.api.v1alpha1.EvidenceStatus;
import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes sums for people, and reads them back as the floor a restarted collector goes on from. */
public final class EvidenceWriter {
    /** Means of up to a million pairs are read back to the pair. */
    private static final int DECIMALS = 8;

    private EvidenceWriter() {}

    static EvidenceStatus status(Evidence evidence) {
        Tally tally = evidence.tally();
        return new EvidenceStatus(
                evidence.generation(),
                evidence.at().toString(),
                evidence.processes().size(),
                (int) evidence.lostIntervals(),
                track(tally.stable()),
                track(tally.candidate()),
                track(tally.control()),
                comparison(tally.pairs()),
                tally.fallbacks());
    }

    /** The sums of an earlier process of the operator. Latency buckets are not kept, so quantiles begin anew. */
    public static Tally tally(EvidenceStatus status) {
        return new Tally(
                track(status.stable()),
                track(status.candidate()),
                track(status.control()),
                0,
                0,
                number(status.fallbacks()),
                0,
                pairs(status.comparison()));
    }

    private static dev.ragops.api.v1alpha1.@Nullable TrackEvidence track(TrackEvidence track) {
        if (track.classes().isEmpty()) {
            return null;
        }
        List<ClassEvidence> classes = new TreeMap<>(track.classes())
                .entrySet().stream()
                        .limit(4)
                        .map(e -> answers(e.getKey(), e.getValue()))
                        .toList();
        return new dev.ragops.api.v1alpha1.TrackEvidence(null, classes);
    }

    private static ClassEvidence answers(String name, Counters counters) {
        return new ClassEvidence(
                name,
                counters.total(),
                counters.errors(),
                counters.shed(),
                counters.clientErrors(),
                counters.excluded(),
                new TreeMap<>(counters.slow()),
                quantile(counters.latency(), 0.5),
                quantile(counters.latency(), 0.95));
    }

    private static @Nullable Long quantile(Histogram histogram, double quantile) {
        return histogram.quantile(quantile).isEmpty()
                ? null
                : Math.round(histogram.quantile(quantile).getAsDouble());
    }

    private static TrackEvidence track(dev.ragops.api.v1alpha1.@Nullable TrackEvidence track) {
        if (track == null) {
            return TrackEvidence.NONE;
        }
        Map<String, Counters> classes = new TreeMap<>();
        for (ClassEvidence c : track.classes()) {
            classes.put(
                    c.name(),
                    new Counters(
                            number(c.total()),
                            number(c.errors()),
                            number(c.shed()),
                            number(c.clientErrors()),
                            number(c.excluded()),
                            c.slow(),
                            Histogram.EMPTY));
        }
        return new TrackEvidence(classes);
    }

    private static @Nullable ComparisonEvidence comparison(Pairs pairs) {
        if (pairs.count() == 0) {
            return null;
        }
        return new ComparisonEvidence(
                pairs.count(),
                mean(pairs.overlapAtK(), pairs.count()),
                mean(pairs.rankBiasedOverlap(), pairs.count()),
                mean(pairs.sameTopPassage(), pairs.count()),
                mean(pairs.latencyDifferenceMillis(), pairs.count()));
    }

    private static Pairs pairs(@Nullable ComparisonEvidence comparison) {
        if (comparison == null || comparison.pairs() == null) {
            return Pairs.NONE;
        }
        long count = comparison.pairs();
        return new Pairs(
                count,
                sum(comparison.overlapAtK(), count),
                sum(comparison.rankBiasedOverlap(), count),
                Math.round(sum(comparison.sameTopPassage(), count)),
                sum(comparison.latencyDifferenceMillis(), count),
                0);
    }

    private static String mean(double sum, long count) {
        BigDecimal mean = BigDecimal.valueOf(sum / count)
                .setScale(DECIMALS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros();
        return mean.toPlainString();
    }

    private static double sum(@Nullable String mean, long count) {
        return mean == null ? 0 : Double.parseDouble(mean) * count;
    }

    private static long number(@Nullable Long value) {
        return value == null ? 0 : value;
    }
}
