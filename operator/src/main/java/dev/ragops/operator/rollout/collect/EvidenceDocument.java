package dev.ragops.operator.rollout.collect;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The body of {@code /-/evidence}, as {@code docs/contracts.md} has it; fields it does not know are left aside. */
@JsonIgnoreProperties(ignoreUnknown = true)
record EvidenceDocument(
        @Nullable String process,
        @Nullable String pod,
        long generation,
        @Nullable Tracks tracks,
        @Nullable Users users,
        long fallbacks,
        long unsticky,
        @Nullable Comparison comparison,
        @Nullable Ejected ejected) {

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Tracks(
            @Nullable Track stable,
            @Nullable Track candidate,
            @Nullable Track control) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Track(@Nullable String revision, @Nullable Map<String, Answers> classes) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Answers(
            long total,
            long errors,
            long shed,
            long clientErrors,
            long excluded,
            @Nullable Map<String, Long> slow,
            @Nullable Latency latencyMillis) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Latency(@Nullable List<Double> bounds, @Nullable List<Long> counts) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Users(long total, long errors) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Comparison(
            long pairs,
            double overlapAtK,
            double rankBiasedOverlap,
            double sameTopPassage,
            double latencyDifferenceMillis,
            long shed) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Ejected(
            @Nullable String revision,
            long generation,
            @Nullable String reason) {}

    Tally tally() {
        Tracks all = tracks == null ? new Tracks(null, null, null) : tracks;
        Users seen = users == null ? new Users(0, 0) : users;
        return new Tally(
                track(all.stable()),
                track(all.candidate()),
                track(all.control()),
                seen.total(),
                seen.errors(),
                fallbacks,
                unsticky,
                comparison == null
                        ? Pairs.NONE
                        : new Pairs(
                                comparison.pairs(),
                                comparison.overlapAtK(),
                                comparison.rankBiasedOverlap(),
                                Math.round(comparison.sameTopPassage()),
                                comparison.latencyDifferenceMillis(),
                                comparison.shed()));
    }

    Optional<Ejection> ejection() {
        return ejected == null || ejected.revision() == null
                ? Optional.empty()
                : Optional.of(new Ejection(
                        ejected.revision(),
                        ejected.generation(),
                        ejected.reason() == null ? "no reason given" : ejected.reason()));
    }

    private static TrackEvidence track(@Nullable Track track) {
        Map<String, Counters> classes = new TreeMap<>();
        if (track != null && track.classes() != null) {
            track.classes().forEach((name, a) -> classes.put(name, counters(a)));
        }
        return new TrackEvidence(classes);
    }

    private static Counters counters(Answers a) {
        return new Counters(
                a.total(),
                a.errors(),
                a.shed(),
                a.clientErrors(),
                a.excluded(),
                a.slow() == null ? Map.of() : a.slow(),
                histogram(a.latencyMillis()));
    }

    private static Histogram histogram(@Nullable Latency latency) {
        if (latency == null
                || latency.bounds() == null
                || latency.counts() == null
                || latency.counts().size() != latency.bounds().size() + 1) {
            return Histogram.EMPTY;
        }
        return new Histogram(latency.bounds(), latency.counts());
    }
}
