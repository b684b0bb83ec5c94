package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.HistoryEntry;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.api.v1alpha1.VerdictStatus;
import dev.ragops.api.v1alpha1.WithdrawalStatus;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.rollout.judge.Ruling;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what a rollout's status gives up where it grows too large: words for readers, the oldest and the least first. The plan, the numbers, what is asked of the
 * model and which revisions are rejected stay.
 */
final class StatusSize {
    private static final int SHORT_HISTORY = 3;
    private static final int SHORT = 200;
    /** Room for a cause and a number. */
    private static final int VERY_SHORT = 80;

    private static final int FEW_VERDICTS = 8;

    private StatusSize() {}

    static RagRolloutStatus fitted(RagRolloutStatus full) {
        return StatusBudget.fitted(full, List.of(StatusSize::terse, StatusSize::briefly, StatusSize::barely));
    }

    private static RagRolloutStatus terse(RagRolloutStatus full) {
        return with(
                full,
                full.verdicts().stream()
                        .map(v -> new VerdictStatus(v.check(), v.ruling(), "", v.samples()))
                        .toList(),
                full.history().stream()
                        .limit(SHORT_HISTORY)
                        .map(h -> new HistoryEntry(
                                h.attempt(),
                                h.at(),
                                h.revision(),
                                h.version(),
                                h.outcome(),
                                cut(h.reason(), VERY_SHORT),
                                h.reported()))
                        .toList(),
                full.rejected(),
                Integer.MAX_VALUE);
    }

    private static RagRolloutStatus briefly(RagRolloutStatus terse) {
        return with(terse, terse.verdicts(), terse.history(), rejected(terse.rejected(), VERY_SHORT), SHORT);
    }

    private static RagRolloutStatus barely(RagRolloutStatus brief) {
        return with(
                brief,
                brief.verdicts().stream()
                        .filter(v -> !v.ruling().equals(Ruling.PASS.wireName()))
                        .limit(FEW_VERDICTS)
                        .toList(),
                brief.history(),
                // What the model is asked has them too.
                brief.traffic() == null ? rejected(brief.rejected(), 0) : List.of(),
                VERY_SHORT);
    }

    /** @param words at most in each message */
    private static RagRolloutStatus with(
            RagRolloutStatus full,
            List<VerdictStatus> verdicts,
            List<HistoryEntry> history,
            List<RejectedRevision> rejected,
            int words) {
        return new RagRolloutStatus(
                full.observedGeneration(),
                full.phase(),
                full.reason(),
                cut(full.message(), words),
                full.modelUid(),
                full.attempt(),
                full.plan(),
                full.step(),
                full.stable(),
                full.candidate(),
                full.previous(),
                full.queued(),
                traffic(full.traffic(), words),
                full.evidence(),
                verdicts,
                history,
                rejected,
                withdrawal(full.withdrawal(), words),
                full.intents(),
                full.conditions().stream().map(c -> condition(c, words)).toList());
    }

    private static @Nullable TrafficStatus traffic(@Nullable TrafficStatus full, int words) {
        return full == null
                ? null
                : new TrafficStatus(
                        full.modelUid(),
                        full.attempt(),
                        full.seq(),
                        full.stable(),
                        full.candidate(),
                        full.control(),
                        full.split(),
                        full.matches(),
                        full.fallback(),
                        full.floor(),
                        full.scaleDownDelay(),
                        words > SHORT ? full.rejected() : rejected(full.rejected(), words < SHORT ? 0 : VERY_SHORT));
    }

    private static List<RejectedRevision> rejected(List<RejectedRevision> full, int words) {
        return full.stream()
                .map(r -> new RejectedRevision(
                        r.revision(), r.version(), r.digest(), r.configDigest(), cut(r.reason(), words), r.at()))
                .toList();
    }

    private static @Nullable WithdrawalStatus withdrawal(@Nullable WithdrawalStatus full, int words) {
        return full == null ? null : new WithdrawalStatus(full.cause(), cut(full.detail(), words), full.promoted());
    }

    private static Condition condition(Condition full, int words) {
        return new ConditionBuilder(full)
                .withMessage(StatusBudget.cut(full.getMessage(), words))
                .build();
    }

    private static @Nullable String cut(@Nullable String text, int most) {
        return text == null || most == 0 ? null : StatusBudget.cut(text, most);
    }
}
