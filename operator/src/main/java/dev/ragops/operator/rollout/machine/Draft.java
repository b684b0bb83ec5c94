package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.judge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The next state while one decision is being made; it never leaves this package, what leaves is a {@link Decision}. */
final class Draft {
    private final State before;
    final Instant now;
    private final long appliedSeq;

    private Phase phase;
    private String reason;
    private String message;
    private Optional<State.Block> blocked = Optional.empty();
    private long attempt;
    private Optional<RevisionId> stable;
    private Optional<RevisionId> previous;
    private Optional<Traffic> traffic;
    private Optional<Evidence> evidence;
    private List<Verdict> verdicts;
    private List<Rejection> rejected;
    private List<HistoryEntry> history;
    private Optional<String> retried;
    private final List<Happening> happenings = new ArrayList<>();
    private Duration lookAgain = Duration.ofMinutes(10);

    Draft(State before, Instant now, long appliedSeq) {
        this.before = before;
        this.now = now;
        this.appliedSeq = appliedSeq;
        phase = before.phase();
        reason = before.reason();
        message = before.message();
        attempt = before.attempt();
        stable = before.stable();
        previous = before.previous();
        traffic = before.traffic();
        evidence = before.evidence();
        verdicts = before.verdicts();
        rejected = before.rejected();
        history = before.history();
        retried = before.retried();
    }

    void be(Phase next, String why, String detail) {
        phase = next;
        reason = why;
        message = detail;
    }

    void block(State.Block why, String detail) {
        blocked = Optional.of(why);
        message = detail;
    }

    /** Asks for this, under the number it already has if nothing changes, else under one above all that were used. */
    Traffic ask(Traffic wanted) {
        Traffic numbered = traffic.filter(wanted::asksTheSameAs)
                .filter(t -> t.seq() >= appliedSeq)
                .orElseGet(() -> wanted.withSeq(
                        1 + Math.max(appliedSeq, traffic.map(Traffic::seq).orElse(0L))));
        traffic = Optional.of(numbered);
        return numbered;
    }

    Optional<Traffic> traffic() {
        return traffic;
    }

    long nextAttempt(long seenByModel) {
        attempt = 1 + Math.max(attempt, seenByModel);
        return attempt;
    }

    void stable(RevisionId revision) {
        stable = Optional.of(revision);
    }

    void stableIs(Optional<RevisionId> revision) {
        stable = revision;
    }

    Optional<RevisionId> stable() {
        return stable;
    }

    void found(Optional<Evidence> latest, List<Verdict> findings) {
        evidence = latest;
        verdicts = findings;
    }

    void forgetEvidence() {
        evidence = Optional.empty();
        verdicts = List.of();
    }

    boolean hasRejected(RevisionId revision) {
        return rejected.stream().anyMatch(r -> r.covers(revision));
    }

    void reject(RevisionId revision, String why) {
        if (!hasRejected(revision)) {
            rejected = Stream.concat(Stream.of(new Rejection(revision, why, now)), rejected.stream())
                    .limit(State.MAX_REJECTED)
                    .toList();
        }
    }

    void pardon(RevisionId revision) {
        rejected = rejected.stream().filter(r -> !r.covers(revision)).toList();
    }

    void previous(RevisionId revision) {
        previous = Optional.of(revision);
    }

    Optional<RevisionId> previous() {
        return previous;
    }

    void told(Set<Long> attempts) {
        history = history.stream()
                .map(h -> attempts.contains(h.attempt()) && !h.reported() ? h.told() : h)
                .toList();
    }

    void record(HistoryEntry entry) {
        history = Stream.concat(Stream.of(entry), history.stream())
                .limit(State.MAX_HISTORY)
                .toList();
    }

    Optional<String> retried() {
        return retried;
    }

    void retried(Optional<String> wish) {
        retried = wish;
    }

    void tell(String why, String detail) {
        happenings.add(new Happening(false, why, detail));
    }

    void warn(String why, String detail) {
        happenings.add(new Happening(true, why, detail));
    }

    void lookAgainIn(Duration wait) {
        if (wait.compareTo(lookAgain) < 0) {
            lookAgain = wait.compareTo(Duration.ofMillis(100)) < 0 ? Duration.ofMillis(100) : wait;
        }
    }

    Decision decision() {
        return new Decision(
                new State(
                        phase, reason, message, blocked, attempt, stable, previous, traffic, evidence, verdicts,
                        rejected, history, retried),
                happenings,
                lookAgain);
    }

    State before() {
        return before;
    }
}
