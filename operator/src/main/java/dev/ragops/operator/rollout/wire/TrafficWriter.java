package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.HeaderMatch;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.RevisionId;
import dev.ragops.operator.rollout.machine.Split;
import dev.ragops.operator.rollout.machine.Traffic;
import dev.ragops.operator.rollout.plan.Share;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what the RagModel is asked to realise: the one part of a rollout's status that somebody acts on. */
final class TrafficWriter {
    private static final int MAX_REASON = 512;

    private TrafficWriter() {}

    /** @param rejected revisions that may not serve */
    static TrafficStatus traffic(Traffic traffic, @Nullable String scaleDownDelay, List<RejectedRevision> rejected) {
        SplitStatus split = switch (traffic.split()) {
            case Split.None _ -> split(SplitStatus.Kind.NONE, Share.NONE);
            case Split.Shadow shadow -> split(SplitStatus.Kind.SHADOW, shadow.share());
            case Split.Served served -> split(SplitStatus.Kind.SPLIT, served.share());
            case Split.Control(Share share) -> split(SplitStatus.Kind.CONTROL, share);
        };
        return new TrafficStatus(
                traffic.modelUid(),
                (int) traffic.attempt(),
                traffic.seq(),
                traffic.stable(),
                traffic.candidate().orElse(null),
                traffic.control().orElse(null),
                split,
                matches(traffic.split()).stream()
                        .map(m -> new HeaderMatch(m.name(), m.value()))
                        .toList(),
                traffic.fallback(),
                traffic.floor(),
                scaleDownDelay,
                rejected);
    }

    private static List<dev.ragops.operator.rollout.plan.HeaderMatch> matches(Split split) {
        return switch (split) {
            case Split.Served served -> served.matches();
            case Split.None _, Split.Shadow _, Split.Control _ -> List.of();
        };
    }

    private static SplitStatus split(SplitStatus.Kind kind, Share share) {
        return new SplitStatus(kind, share.percent().toPlainString());
    }

    static RejectedRevision rejected(Rejection rejection) {
        RevisionId id = rejection.revision();
        return new RejectedRevision(
                id.name(),
                StatusWriter.orNull(id.version()),
                StatusWriter.orNull(id.digest()),
                StatusWriter.orNull(id.config()),
                StatusBudget.cut(rejection.reason(), MAX_REASON),
                rejection.at().toString());
    }
}
