package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.HistoryEntry;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.VerdictStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Keeps a status below 32 KiB: what is only for readers goes first, what a decision needs never goes. */
final class StatusSize {
    static final int MAX_BYTES = 32 * 1024;
    private static final int SHORT_HISTORY = 3;

    private StatusSize() {}

    static RagRolloutStatus fitted(RagRolloutStatus full) {
        if (bytes(full) <= MAX_BYTES) {
            return full;
        }
        List<VerdictStatus> terse = full.verdicts().stream()
                .map(v -> new VerdictStatus(v.check(), v.ruling(), "", v.samples()))
                .toList();
        List<HistoryEntry> recent = full.history().stream()
                .limit(SHORT_HISTORY)
                .map(h ->
                        new HistoryEntry(h.attempt(), h.at(), h.revision(), h.version(), h.outcome(), "", h.reported()))
                .toList();
        return new RagRolloutStatus(
                full.observedGeneration(),
                full.phase(),
                full.reason(),
                full.message(),
                full.modelUid(),
                full.attempt(),
                full.plan(),
                full.step(),
                full.stable(),
                full.candidate(),
                full.previous(),
                full.queued(),
                full.traffic(),
                full.evidence(),
                terse,
                recent,
                full.rejected(),
                full.withdrawal(),
                full.intents(),
                full.conditions());
    }

    static int bytes(RagRolloutStatus status) {
        return Serialization.asJson(status).getBytes(StandardCharsets.UTF_8).length;
    }
}
