package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.AbortIntent;
import dev.ragops.api.v1alpha1.ApprovalIntent;
import dev.ragops.api.v1alpha1.IntentsStatus;
import dev.ragops.api.v1alpha1.PlanStatus;
import dev.ragops.api.v1alpha1.PromoteIntent;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutSpec;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.RetryIntent;
import dev.ragops.api.v1alpha1.RevisionReference;
import dev.ragops.api.v1alpha1.VerdictStatus;
import dev.ragops.api.v1alpha1.WithdrawalStatus;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.Transitions;
import dev.ragops.operator.rollout.machine.Cause;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.RevisionId;
import dev.ragops.operator.rollout.machine.Run;
import dev.ragops.operator.rollout.machine.State;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a state as the status people and the RagModel reconciler read. */
public final class StatusWriter {
    private static final int MAX_DETAIL = 512;
    private static final int MAX_MESSAGE = 1024;

    private final RagRollout rollout;
    private final State state;
    private final Optional<RagRolloutStatus> before;

    private StatusWriter(RagRollout rollout, State state) {
        this.rollout = rollout;
        this.state = state;
        this.before = Optional.ofNullable(rollout.getStatus());
    }

    /**
     * @param modelUid of the model it speaks of, if there is one
     * @param queued the target that waits behind the present attempt
     */
    public static RagRolloutStatus status(
            RagRollout rollout, State state, Optional<String> modelUid, Optional<RevisionId> queued, Instant now) {
        return StatusSize.fitted(new StatusWriter(rollout, state).status(modelUid, queued, now));
    }

    private RagRolloutStatus status(Optional<String> modelUid, Optional<RevisionId> queued, Instant now) {
        Optional<Run> run = run();
        List<RejectedRevision> rejected =
                state.rejected().stream().map(TrafficWriter::rejected).toList();
        return new RagRolloutStatus(
                rollout.getMetadata().getGeneration(),
                phase(),
                reason(),
                cut(state.message(), MAX_MESSAGE),
                modelUid.orElse(null),
                (int) state.attempt(),
                run.map(this::plan).orElse(null),
                StepWriter.step(state.phase()),
                state.stable().map(StatusWriter::revision).orElse(null),
                candidate().map(StatusWriter::revision).orElse(null),
                state.previous().map(StatusWriter::revision).orElse(null),
                run.isPresent() ? queued.map(StatusWriter::revision).orElse(null) : null,
                state.traffic()
                        .map(traffic ->
                                TrafficWriter.traffic(traffic, rollout.getSpec().scaleDownDelay(), rejected))
                        .orElse(null),
                state.evidence().map(EvidenceWriter::status).orElseGet(this::evidenceKept),
                state.verdicts().stream()
                        .limit(40)
                        .map(v -> new VerdictStatus(
                                v.check(), v.ruling().wireName(), cut(v.detail(), MAX_DETAIL), v.samples()))
                        .toList(),
                state.history().stream()
                        .map(h -> new dev.ragops.api.v1alpha1.HistoryEntry(
                                (int) h.attempt(),
                                h.at().toString(),
                                h.revision(),
                                h.version(),
                                h.outcome().wireName(),
                                cut(h.reason(), MAX_DETAIL),
                                h.reported()))
                        .toList(),
                rejected,
                withdrawal(),
                intents(run),
                new Conditions(
                                state,
                                new Transitions(
                                        before.map(RagRolloutStatus::conditions).orElse(List.of()),
                                        rollout.getMetadata().getGeneration(),
                                        now))
                        .all());
    }

    private Optional<Run> run() {
        return state.phase() instanceof Phase.Active active ? Optional.of(active.run()) : Optional.empty();
    }

    private String phase() {
        return switch (state.phase()) {
            case Phase.Idle _ -> state.blocked().isPresent() ? "Stalled" : "Idle";
            case Phase.Starting _ -> "Starting";
            case Phase.Progressing _ -> "Progressing";
            case Phase.AwaitingApproval _ -> "AwaitingApproval";
            case Phase.Promoting _ -> "Promoting";
            case Phase.Watching _ -> "Watching";
            case Phase.RollingBack _ -> "RollingBack";
            case Phase.Ended ended -> ended.outcome().wireName();
        };
    }

    /** While blocked, an idle rollout has no other reason; one on its way keeps the reason it will go on with. */
    private String reason() {
        return state.blocked()
                .filter(_ -> state.phase() instanceof Phase.Idle)
                .map(State.Block::reason)
                .orElse(state.reason());
    }

    private Optional<RevisionId> candidate() {
        return switch (state.phase()) {
            case Phase.Active active -> Optional.of(active.run().candidate());
            case Phase.Ended ended -> Optional.of(ended.candidate());
            case Phase.Idle _ -> Optional.empty();
        };
    }

    /** The copy made at the start; the manifest of now only for a run that starts now. */
    private PlanStatus plan(Run run) {
        return before.filter(b -> b.plan() != null && b.attempt() != null && b.attempt() == run.attempt())
                .map(RagRolloutStatus::plan)
                .orElseGet(() -> {
                    RagRolloutSpec spec = rollout.getSpec();
                    return new PlanStatus(
                            spec.steps(),
                            spec.analysis(),
                            spec.watch(),
                            spec.onNewRevision(),
                            spec.progressDeadline(),
                            spec.fallback(),
                            run.floor(),
                            run.startedAt().toString());
                });
    }

    /** After the verdict the numbers stay readable until the next attempt. */
    private dev.ragops.api.v1alpha1.@Nullable EvidenceStatus evidenceKept() {
        return switch (state.phase()) {
            case Phase.RollingBack _, Phase.Ended _, Phase.AwaitingApproval _ ->
                before.map(RagRolloutStatus::evidence).orElse(null);
            case Phase.Idle _, Phase.Starting _, Phase.Progressing _, Phase.Promoting _, Phase.Watching _ -> null;
        };
    }

    private @Nullable WithdrawalStatus withdrawal() {
        return switch (state.phase()) {
            case Phase.RollingBack p ->
                new WithdrawalStatus(p.cause().reason(), cut(p.detail(), MAX_DETAIL), p.promoted());
            case Phase.Ended p -> new WithdrawalStatus(p.cause().reason(), cut(p.detail(), MAX_DETAIL), null);
            case Phase.Idle _,
                    Phase.Starting _,
                    Phase.Progressing _,
                    Phase.AwaitingApproval _,
                    Phase.Promoting _,
                    Phase.Watching _ -> null;
        };
    }

    private @Nullable IntentsStatus intents(Optional<Run> run) {
        @Nullable
        ApprovalIntent approval = run.flatMap(r -> r.approved()
                        .map(step -> new ApprovalIntent(r.candidate().name(), (int) r.attempt(), step)))
                .orElse(null);
        @Nullable
        PromoteIntent promote = run.filter(Run::promoteAsked)
                .map(r -> new PromoteIntent(r.candidate().name(), (int) r.attempt()))
                .orElse(null);
        @Nullable RetryIntent retry = state.retried().map(RetryIntent::new).orElse(null);
        boolean aborting = state.phase() instanceof Phase.RollingBack p && p.cause() == Cause.ABORT;
        @Nullable
        AbortIntent abort = run.filter(_ -> aborting)
                .map(r -> new AbortIntent(r.candidate().name(), (int) r.attempt()))
                .orElse(null);
        return approval == null && promote == null && retry == null && abort == null
                ? null
                : new IntentsStatus(approval, abort, retry, promote);
    }

    static RevisionReference revision(RevisionId id) {
        return new RevisionReference(id.name(), orNull(id.version()), orNull(id.digest()), orNull(id.config()));
    }

    static @Nullable String orNull(String value) {
        return value.isEmpty() ? null : value;
    }

    private static String cut(String text, int most) {
        return StatusBudget.cut(text, most);
    }
}
