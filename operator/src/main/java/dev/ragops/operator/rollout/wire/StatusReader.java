package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.IntentsStatus;
import dev.ragops.api.v1alpha1.PlanStatus;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.RevisionReference;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.StepStatus;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.api.v1alpha1.VerdictStatus;
import dev.ragops.api.v1alpha1.WithdrawalStatus;
import dev.ragops.operator.rollout.judge.Ruling;
import dev.ragops.operator.rollout.judge.Verdict;
import dev.ragops.operator.rollout.machine.Cause;
import dev.ragops.operator.rollout.machine.Clocked;
import dev.ragops.operator.rollout.machine.HistoryEntry;
import dev.ragops.operator.rollout.machine.Outcome;
import dev.ragops.operator.rollout.machine.Patience;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.RevisionId;
import dev.ragops.operator.rollout.machine.Run;
import dev.ragops.operator.rollout.machine.Split;
import dev.ragops.operator.rollout.machine.State;
import dev.ragops.operator.rollout.machine.Traffic;
import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.Share;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a status back into the state it was written from. One that a person has wiped or broken reads as none, and the rollout starts over from what
 * the model remembers.
 */
public final class StatusReader {
    private final RagRolloutStatus status;

    private StatusReader(RagRolloutStatus status) {
        this.status = status;
    }

    public static Optional<State> state(@Nullable RagRolloutStatus status) {
        if (status == null || status.phase() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new StatusReader(status).state());
        } catch (Incomplete | DateTimeException | IllegalArgumentException | ArithmeticException broken) {
            return Optional.empty();
        }
    }

    private State state() {
        return new State(
                phase(),
                text(status.reason()),
                text(status.message()),
                Optional.empty(),
                attempt(),
                Optional.ofNullable(status.stable()).map(StatusReader::revision),
                Optional.ofNullable(status.previous()).map(StatusReader::revision),
                Optional.ofNullable(status.traffic()).map(StatusReader::traffic),
                Optional.empty(),
                status.verdicts().stream().map(StatusReader::verdict).toList(),
                rejected().stream().map(StatusReader::rejection).toList(),
                status.history().stream().map(StatusReader::history).toList(),
                Optional.ofNullable(status.intents()).map(IntentsStatus::retry).map(r -> r.revision()));
    }

    /** A status that grew too large has them once only. */
    private List<RejectedRevision> rejected() {
        return status.rejected().isEmpty() && status.traffic() != null
                ? status.traffic().rejected()
                : status.rejected();
    }

    private Phase phase() {
        return switch (text(status.phase())) {
            case "Idle", "Stalled" -> new Phase.Idle(rest());
            case "Starting" -> new Phase.Starting(run(), patience());
            case "Progressing" -> new Phase.Progressing(run(), index(), clock(), patience());
            case "AwaitingApproval" ->
                new Phase.AwaitingApproval(run(), index(), clock(), why().orElseThrow(Incomplete::new));
            case "Promoting" -> new Phase.Promoting(run(), patience());
            case "Watching" ->
                new Phase.Watching(
                        run(),
                        clock().orElseThrow(Incomplete::new),
                        required(status.step()).index() == null ? Optional.empty() : why());
            case "RollingBack" -> {
                WithdrawalStatus withdrawal = required(status.withdrawal());
                yield new Phase.RollingBack(
                        run(), cause(), text(withdrawal.detail()), Boolean.TRUE.equals(withdrawal.promoted()));
            }
            case "Succeeded", "RolledBack", "Aborted", "Stopped" ->
                new Phase.Ended(
                        attempt(),
                        revision(required(status.candidate())),
                        outcome(text(status.phase())),
                        cause(),
                        text(required(status.withdrawal()).detail()));
            default -> throw new Incomplete();
        };
    }

    private Phase.Rest rest() {
        return Arrays.stream(Phase.Rest.values())
                .filter(r -> r.reason().equals(status.reason()))
                .findFirst()
                .orElse(Phase.Rest.NO_TARGET);
    }

    private Run run() {
        PlanStatus plan = required(status.plan());
        RevisionId candidate = revision(required(status.candidate()));
        boolean promoted = status.stable() != null
                && candidate.name().equals(status.stable().revision());
        RevisionId stable = revision(required(promoted ? status.previous() : status.stable()));
        Optional<IntentsStatus> intents = Optional.ofNullable(status.intents());
        return new Run(
                attempt(),
                candidate,
                stable,
                SpecReader.plan(plan),
                plan.replicas() == null ? 1 : plan.replicas(),
                Instant.parse(required(plan.startedAt())),
                intents.map(IntentsStatus::approval).map(a -> a.step()),
                intents.map(IntentsStatus::promote).isPresent());
    }

    private long attempt() {
        return status.attempt() == null ? 0 : status.attempt();
    }

    private int index() {
        Integer index = required(status.step()).index();
        if (index == null
                || index < 0
                || index >= required(status.plan()).steps().size()) {
            throw new Incomplete();
        }
        return index;
    }

    private Optional<Clocked> clock() {
        StepStatus step = required(status.step());
        return step.since() == null
                ? Optional.empty()
                : Optional.of(new Clocked(Instant.parse(step.since()), required(step.generation())));
    }

    private Patience patience() {
        StepStatus step = required(status.step());
        return new Patience(
                step.elapsed() == null ? Duration.ZERO : Duration.parse(step.elapsed()),
                Optional.ofNullable(step.progressAt()).map(Instant::parse),
                step.mark() == null ? 0 : step.mark());
    }

    private Optional<Phase.Why> why() {
        return Arrays.stream(Phase.Why.values())
                .filter(w -> w.reason().equals(status.reason()))
                .findFirst();
    }

    private Cause cause() {
        String name = text(required(status.withdrawal()).cause());
        return Arrays.stream(Cause.values())
                .filter(c -> c.reason().equals(name))
                .findFirst()
                .orElseThrow(Incomplete::new);
    }

    private static Outcome outcome(String name) {
        return Arrays.stream(Outcome.values())
                .filter(o -> o.wireName().equals(name))
                .findFirst()
                .orElseThrow(Incomplete::new);
    }

    private static RevisionId revision(RevisionReference reference) {
        return new RevisionId(
                required(reference.revision()),
                text(reference.version()),
                text(reference.digest()),
                text(reference.configDigest()));
    }

    private static Traffic traffic(TrafficStatus traffic) {
        return new Traffic(
                required(traffic.modelUid()),
                traffic.attempt() == null ? 0 : traffic.attempt(),
                required(traffic.seq()),
                required(traffic.stable()),
                Optional.ofNullable(traffic.candidate()),
                Optional.ofNullable(traffic.control()),
                split(required(traffic.split()), traffic),
                Boolean.TRUE.equals(traffic.fallback()),
                traffic.floor() == null ? 0 : traffic.floor());
    }

    private static Split split(SplitStatus split, TrafficStatus traffic) {
        Share share = Share.ofPercent(new BigDecimal(split.percent()));
        return switch (split.kind()) {
            case NONE -> new Split.None();
            case SHADOW -> new Split.Shadow(share);
            case SPLIT -> new Split.Served(share, matches(traffic));
            case CONTROL -> new Split.Control(share);
        };
    }

    private static List<HeaderMatch> matches(TrafficStatus traffic) {
        return traffic.matches().stream()
                .map(m -> new HeaderMatch(m.name(), m.value()))
                .toList();
    }

    private static Verdict verdict(VerdictStatus verdict) {
        Ruling ruling = Arrays.stream(Ruling.values())
                .filter(r -> r.wireName().equals(verdict.ruling()))
                .findFirst()
                .orElseThrow(Incomplete::new);
        return new Verdict(
                verdict.check(), ruling, text(verdict.detail()), verdict.samples() == null ? 0 : verdict.samples());
    }

    public static Rejection rejection(RejectedRevision rejected) {
        return new Rejection(
                new RevisionId(
                        rejected.revision(),
                        text(rejected.version()),
                        text(rejected.digest()),
                        text(rejected.configDigest())),
                text(rejected.reason()),
                rejected.at() == null ? Instant.EPOCH : Instant.parse(rejected.at()));
    }

    private static HistoryEntry history(dev.ragops.api.v1alpha1.HistoryEntry entry) {
        return new HistoryEntry(
                entry.attempt() == null ? 0 : entry.attempt(),
                text(entry.revision()),
                text(entry.version()),
                outcome(text(entry.outcome())),
                text(entry.reason()),
                Instant.parse(required(entry.at())),
                Boolean.TRUE.equals(entry.reported()));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new Incomplete();
        }
        return value;
    }

    /** A status that no decision wrote. */
    private static final class Incomplete extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
