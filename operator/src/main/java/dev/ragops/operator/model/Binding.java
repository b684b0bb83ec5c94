package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RolloutReference;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Chooses which of several rollouts decides for a model, and stays with it: creation times have whole seconds only. */
final class Binding {
    private Binding() {}

    /** The oldest one; of those made in one second the one that was chosen before, else the first by name. */
    static Optional<RagRollout> decide(Stream<RagRollout> rollouts, Optional<RagModelStatus> before) {
        String chosen = before.map(RagModelStatus::rolloutRef)
                .map(RolloutReference::uid)
                .orElse("");
        return rollouts.filter(rollout -> rollout.getMetadata().getDeletionTimestamp() == null)
                .min(Comparator.comparing((RagRollout r) -> r.getMetadata().getCreationTimestamp())
                        .thenComparing(r -> !r.getMetadata().getUid().equals(chosen))
                        .thenComparing(r -> r.getMetadata().getName()));
    }
}
