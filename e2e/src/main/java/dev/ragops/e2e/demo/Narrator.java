package dev.ragops.e2e.demo;

import dev.ragops.api.v1alpha1.ClassEvidence;
import dev.ragops.api.v1alpha1.EvidenceStatus;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RevisionReference;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.TrackEvidence;
import dev.ragops.e2e.load.LoadReport;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts a rollout's status and the users' own numbers into one line. */
final class Narrator {
    private Narrator() {}

    /** What makes a line news: phase, step and split. */
    static String key(Optional<RagRolloutStatus> rollout) {
        return rollout.map(status -> status.phase() + " " + status.reason() + " "
                        + (status.step() == null ? "" : status.step().name()) + " " + split(status))
                .orElse("");
    }

    static String line(Optional<RagRolloutStatus> rollout, Optional<LoadReport> load) {
        return rollout.map(Narrator::rollout).orElse("no rollout yet")
                + load.map(Narrator::users).orElse("");
    }

    private static String rollout(RagRolloutStatus status) {
        StringBuilder line = new StringBuilder(Objects.requireNonNullElse(status.phase(), "-"));
        if (status.step() != null && status.step().name() != null) {
            line.append(" %s %s"
                    .formatted(
                            Objects.requireNonNullElse(status.step().display(), ""),
                            status.step().name()));
        }
        line.append(" | ").append(version(status.stable()));
        if (status.candidate() != null) {
            line.append(" > ").append(version(status.candidate()));
        }
        line.append(' ').append(split(status));
        String evidence = evidence(status.evidence());
        if (!evidence.isEmpty()) {
            line.append(" | ").append(evidence);
        }
        String verdicts = status.verdicts().stream()
                .map(verdict -> verdict.check() + " " + verdict.ruling())
                .collect(Collectors.joining(", "));
        if (!verdicts.isEmpty()) {
            line.append(" | ").append(verdicts);
        }
        return line.toString();
    }

    private static String version(@Nullable RevisionReference reference) {
        return reference == null ? "-" : "v" + Objects.requireNonNullElse(reference.version(), "?");
    }

    private static String split(RagRolloutStatus status) {
        SplitStatus split = status.traffic() == null ? null : status.traffic().split();
        if (split == null) {
            return "";
        }
        return switch (split.kind()) {
            case NONE -> "";
            case SHADOW -> "shadow " + split.percent() + " %";
            case SPLIT -> split.percent() + " %";
            case CONTROL -> "control " + split.percent() + " %";
        };
    }

    private static String evidence(@Nullable EvidenceStatus evidence) {
        if (evidence == null || evidence.candidate() == null) {
            return "";
        }
        String candidate = numbers(evidence.candidate());
        String stable = evidence.stable() == null ? "" : numbers(evidence.stable());
        return "p95 " + (stable.isEmpty() ? "-" : stable) + " > " + (candidate.isEmpty() ? "-" : candidate);
    }

    private static String numbers(TrackEvidence track) {
        return track.classes().stream()
                .filter(one -> one.total() != null && one.total() > 0)
                .findFirst()
                .map(Narrator::numbers)
                .orElse("");
    }

    private static String numbers(ClassEvidence one) {
        return "%s ms, %d bad of %d"
                .formatted(
                        one.p95Millis() == null ? "-" : one.p95Millis().toString(),
                        // An error is too slow as well: the larger of the two is what was bad.
                        Math.max(
                                Objects.requireNonNullElse(one.errors(), 0L),
                                one.slow().values().stream()
                                        .mapToLong(Long::longValue)
                                        .max()
                                        .orElse(0)),
                        Objects.requireNonNullElse(one.total(), 0L));
    }

    private static String users(LoadReport load) {
        return String.format(
                Locale.ROOT,
                " | users %d/s p95 %.0f ms, failed %d of %d",
                load.window().done(),
                load.window().latency().p95(),
                load.failed(),
                load.done());
    }
}
