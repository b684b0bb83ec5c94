package dev.ragops.operator.rollout.collect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    static Tally candidate(long total, long errors) {
        return new Tally(
                TrackEvidence.NONE,
                new TrackEvidence(Map.of(
                        "retrieval",
                        new Counters(
                                total,
                                errors,
                                0,
                                0,
                                0,
                                Map.of("latency", errors),
                                new Histogram(List.of(10.0, 100.0), List.of(total - errors, errors, 0L))))),
                TrackEvidence.NONE,
                total,
                0,
                0,
                0,
                Pairs.NONE);
    }

    private static GatewayAnswer counted(String process, long total, long errors) {
        return new GatewayAnswer.Counted(process + "-pod", process, candidate(total, errors), Optional.empty());
    }

    private static long total(Ledger ledger) {
        return ledger.evidence().map(e -> e.tally().candidate().total()).orElse(-1L);
    }

    @Test
    void sums_what_each_process_has_counted() {
        Ledger ledger =
                Ledger.of(7).with(List.of(counted("a", 10, 1), counted("b", 5, 0)), Optional.empty(), false, NOW);
        ledger = ledger.with(List.of(counted("a", 30, 2), counted("b", 6, 0)), Optional.empty(), false, NOW);
        assertThat(total(ledger)).isEqualTo(36);
        Evidence evidence = ledger.evidence().orElseThrow();
        assertThat(evidence.tally().candidate().of("retrieval").errors()).isEqualTo(2);
        assertThat(evidence.tally().candidate().of("").latency().total()).isEqualTo(36);
        assertThat(evidence.lostIntervals()).isZero();
        assertThat(evidence.processes()).containsExactly("a", "b");
    }

    @Test
    void keeps_what_a_process_had_when_it_goes_and_says_that_something_is_lost() {
        Ledger ledger =
                Ledger.of(7).with(List.of(counted("a", 10, 1), counted("b", 5, 0)), Optional.empty(), false, NOW);
        ledger = ledger.with(List.of(counted("b", 9, 0)), Optional.empty(), false, NOW);
        assertThat(total(ledger)).isEqualTo(19);
        assertThat(ledger.lostIntervals()).isEqualTo(1);
        ledger = ledger.with(List.of(counted("b", 9, 0), counted("c", 1, 0)), Optional.empty(), false, NOW);
        assertThat(total(ledger)).isEqualTo(20);
        assertThat(ledger.lostIntervals()).isEqualTo(1);
    }

    @Test
    void is_as_old_as_the_last_time_most_gateways_answered() {
        Ledger ledger = Ledger.of(7).with(List.of(counted("a", 10, 0)), Optional.empty(), false, NOW);
        Instant later = NOW.plusSeconds(60);
        GatewayAnswer silent = new GatewayAnswer.Unreachable("b", "time-out");
        ledger = ledger.with(List.of(silent, counted("a", 20, 0)), Optional.empty(), false, later);
        assertThat(ledger.evidence().orElseThrow().at()).isEqualTo(NOW);
        assertThat(total(ledger)).isEqualTo(20);
        ledger = ledger.with(List.of(), Optional.empty(), false, later);
        assertThat(ledger.evidence().orElseThrow().freshAt(later, Duration.ofSeconds(5)))
                .isFalse();
        ledger = ledger.with(
                List.of(new GatewayAnswer.Unaware("b"), counted("a", 20, 0)), Optional.empty(), false, later);
        assertThat(ledger.evidence().orElseThrow().freshAt(later, Duration.ofSeconds(5)))
                .isTrue();
    }

    @Test
    void goes_on_from_what_an_earlier_operator_wrote() {
        Optional<Tally> written = Optional.of(candidate(100, 7));
        Ledger alive = Ledger.of(7).with(List.of(counted("a", 120, 8)), written, false, NOW);
        assertThat(total(alive)).isEqualTo(120);
        assertThat(alive.lostIntervals()).isZero();
        Ledger gone = Ledger.of(7).with(List.of(counted("new", 3, 0)), written, false, NOW);
        assertThat(total(gone)).isEqualTo(100);
        assertThat(gone.lostIntervals()).isEqualTo(1);
        gone = gone.with(List.of(counted("new", 13, 0)), written, false, NOW);
        assertThat(total(gone)).isEqualTo(110);
        assertThat(gone.evidence()
                        .orElseThrow()
                        .tally()
                        .candidate()
                        .of("retrieval")
                        .errors())
                .isEqualTo(7);
    }

    private static GatewayAnswer compared(long pairs) {
        return new GatewayAnswer.Counted(
                "a",
                "a",
                Tally.NONE.plus(new Tally(
                        TrackEvidence.NONE,
                        TrackEvidence.NONE,
                        TrackEvidence.NONE,
                        0,
                        0,
                        0,
                        0,
                        new Pairs(pairs, pairs, pairs, pairs, 0, 0))),
                Optional.empty());
    }

    private static long pairs(Ledger ledger) {
        return ledger.evidence().orElseThrow().tally().pairs().count();
    }

    @Test
    void does_not_count_pairs_that_were_compared_while_the_tracks_answered_from_different_documents() {
        Ledger ledger = Ledger.of(7).with(List.of(compared(100)), Optional.empty(), false, NOW);
        ledger = ledger.with(List.of(compared(150)), Optional.empty(), true, NOW);
        assertThat(pairs(ledger)).isEqualTo(100);
        ledger = ledger.with(List.of(compared(170)), Optional.empty(), false, NOW);
        assertThat(pairs(ledger)).isEqualTo(120);

        // Another process of the operator goes on from what was written, not from what the gateways have.
        Optional<Tally> written = Optional.of(ledger.evidence().orElseThrow().tally());
        Ledger next = Ledger.of(7).with(List.of(compared(180)), written, false, NOW);
        assertThat(pairs(next)).isEqualTo(120);
        assertThat(pairs(next.with(List.of(compared(190)), written, false, NOW)))
                .isEqualTo(130);
    }

    @Test
    void keeps_an_ejection_one_gateway_reports() {
        Ejection ejection = new Ejection("support-2", 7, "fallbacks");
        Ledger ledger = Ledger.of(7)
                .with(
                        List.of(
                                new GatewayAnswer.Counted("a", "a", Tally.NONE, Optional.of(ejection)),
                                counted("b", 1, 0)),
                        Optional.empty(),
                        false,
                        NOW);
        assertThat(ledger.ejection()).contains(ejection);
        Ledger earlier = Ledger.of(8)
                .with(
                        List.of(new GatewayAnswer.Counted("a", "a", Tally.NONE, Optional.of(ejection))),
                        Optional.empty(),
                        false,
                        NOW);
        assertThat(earlier.ejection()).isEmpty();
    }

    @Test
    void says_nothing_before_anyone_answered() {
        assertThat(Ledger.of(1).evidence()).isEmpty();
    }

    @Test
    void takes_quantiles_from_the_sum() {
        Histogram histogram = new Histogram(List.of(10.0, 20.0, 40.0), List.of(50L, 50L, 0L, 0L));
        assertThat(histogram.quantile(0.5)).hasValue(10.0);
        assertThat(histogram.quantile(0.75)).hasValue(15.0);
        assertThat(new Histogram(List.of(10.0), List.of(0L, 5L)).quantile(0.5)).hasValue(10.0);
        assertThat(Histogram.EMPTY.quantile(0.5)).isEmpty();
        Histogram other = new Histogram(List.of(1.0), List.of(1L, 0L));
        assertThat(histogram.plus(other)).isEqualTo(histogram);
        assertThat(other.plus(histogram)).isEqualTo(histogram);
    }
}
