package dev.ragops.operator.rollout.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.AnalysisSpec;
import dev.ragops.api.v1alpha1.CanarySpec;
import dev.ragops.api.v1alpha1.ClassEvidence;
import dev.ragops.api.v1alpha1.ComparisonEvidence;
import dev.ragops.api.v1alpha1.ComparisonSpec;
import dev.ragops.api.v1alpha1.EvidenceStatus;
import dev.ragops.api.v1alpha1.HeaderMatch;
import dev.ragops.api.v1alpha1.HistoryEntry;
import dev.ragops.api.v1alpha1.IntentsStatus;
import dev.ragops.api.v1alpha1.LocalSecretReference;
import dev.ragops.api.v1alpha1.MatchSpec;
import dev.ragops.api.v1alpha1.PlanStatus;
import dev.ragops.api.v1alpha1.PrometheusCheck;
import dev.ragops.api.v1alpha1.PrometheusSpec;
import dev.ragops.api.v1alpha1.RagRolloutSpec;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.RetryIntent;
import dev.ragops.api.v1alpha1.RevisionReference;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.StepSpec;
import dev.ragops.api.v1alpha1.StepStatus;
import dev.ragops.api.v1alpha1.TrackEvidence;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.api.v1alpha1.VerdictStatus;
import dev.ragops.api.v1alpha1.WatchSpec;
import dev.ragops.api.v1alpha1.WithdrawalStatus;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.State;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A status in which every field is as long as the schema lets it be, and every list as full. */
class StatusSizeTest {
    private static final String AT = "2026-01-01T00:00:00.123456789Z";
    private static final long MANY = 999_999_999_999L;

    private static String words(int length) {
        return "x".repeat(length);
    }

    private static <T> List<T> times(int count, IntFunction<T> make) {
        return IntStream.range(0, count).mapToObj(make).toList();
    }

    private static String numbered(int length, int number) {
        String digits = Integer.toString(number);
        return words(length - digits.length()) + digits;
    }

    private static String decimal() {
        return "0." + "1".repeat(30);
    }

    private static RevisionReference revision() {
        return new RevisionReference(words(63), words(20), words(64), words(64));
    }

    private static List<RejectedRevision> rejected() {
        return times(
                State.MAX_REJECTED,
                i -> new RejectedRevision(numbered(63, i), words(20), numbered(64, i), words(64), words(512), AT));
    }

    private static List<StepSpec> steps() {
        return times(20, i -> {
            List<MatchSpec> matches =
                    i == 0 ? times(8, m -> new MatchSpec(new HeaderMatch(words(64), words(128)))) : List.of();
            return new StepSpec(
                    numbered(40, i),
                    null,
                    null,
                    new CanarySpec(100, matches),
                    null,
                    null,
                    "999999999999999s",
                    10_000_000);
        });
    }

    private static AnalysisSpec analysis() {
        List<PrometheusCheck> checks =
                times(16, i -> new PrometheusCheck(numbered(40, i), words(256), decimal(), null));
        return new AnalysisSpec(
                "000000000000005s",
                times(8, i -> new ComparisonSpec(ComparisonSpec.Metric.RANK_BIASED_OVERLAP, decimal(), null)),
                1_000_000,
                new PrometheusSpec(words(512), new LocalSecretReference(words(253)), checks),
                AnalysisSpec.OnInconclusive.CONTINUE,
                AnalysisSpec.OnNoData.ROLLBACK);
    }

    private static TrackEvidence track() {
        TreeMap<String, Long> slow = new TreeMap<>();
        times(8, i -> numbered(40, i)).forEach(name -> slow.put(name, MANY));
        return new TrackEvidence(
                words(63),
                Stream.of("retrieval", "generated")
                        .map(name -> new ClassEvidence(name, MANY, MANY, MANY, MANY, MANY, slow, MANY, MANY))
                        .toList());
    }

    private static List<Condition> conditions() {
        return Stream.of("Ready", "Reconciling", "Stalled", "Suspended")
                .map(type -> new ConditionBuilder()
                        .withType(type)
                        .withStatus("Unknown")
                        .withReason(words(64))
                        .withMessage(words(1024))
                        .withObservedGeneration(MANY)
                        .withLastTransitionTime(AT)
                        .build())
                .toList();
    }

    private static RagRolloutStatus full() {
        return new RagRolloutStatus(
                MANY,
                "RollingBack",
                words(64),
                words(1024),
                words(64),
                1_000_000,
                new PlanStatus(
                        steps(),
                        analysis(),
                        new WatchSpec("999999999999999s", 100, 10_000_000),
                        RagRolloutSpec.OnNewRevision.RESTART,
                        "999999999999999s",
                        true,
                        1000,
                        AT),
                new StepStatus(19, words(40), "evaluate", "20/20", AT, MANY, AT, "PT1H", MANY),
                revision(),
                revision(),
                revision(),
                revision(),
                new TrafficStatus(
                        words(64),
                        1_000_000,
                        MANY,
                        words(63),
                        words(63),
                        words(63),
                        new SplitStatus(SplitStatus.Kind.SPLIT, "100"),
                        times(8, i -> new HeaderMatch(words(64), words(128))),
                        true,
                        1000,
                        "999999999999999s",
                        rejected()),
                new EvidenceStatus(
                        MANY,
                        AT,
                        1000,
                        1_000_000,
                        track(),
                        track(),
                        track(),
                        new ComparisonEvidence(MANY, words(16), words(16), words(16), words(24)),
                        MANY),
                times(40, i -> new VerdictStatus(numbered(64, i), "Inconclusive", words(512), MANY)),
                times(
                        State.MAX_HISTORY,
                        i -> new HistoryEntry(i, AT, words(63), words(20), "RolledBack", words(512), false)),
                rejected(),
                new WithdrawalStatus("ObjectiveBreached", words(512), true),
                new IntentsStatus(null, null, new RetryIntent(words(63)), null),
                conditions());
    }

    @Test
    void stays_below_32_KiB_and_keeps_what_a_decision_needs() {
        RagRolloutStatus full = full();
        assertThat(StatusBudget.bytes(full)).isGreaterThan(2 * StatusBudget.MAX_BYTES);

        RagRolloutStatus fitted = StatusSize.fitted(full);

        assertThat(StatusBudget.bytes(fitted)).isLessThanOrEqualTo(StatusBudget.MAX_BYTES);
        assertThat(fitted.plan()).isEqualTo(full.plan());
        assertThat(fitted.evidence()).isEqualTo(full.evidence());
        assertThat(fitted.step()).isEqualTo(full.step());
        assertThat(fitted.conditions()).hasSize(4);
        assertThat(fitted.traffic())
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes("rejected.*reason")
                .isEqualTo(full.traffic());
    }

    @Test
    void is_read_back_with_every_rejected_revision() {
        RagRolloutStatus full = full();
        State before = StatusReader.state(full).orElseThrow();

        State after = StatusReader.state(StatusSize.fitted(full)).orElseThrow();

        assertThat(after.rejected().stream().map(Rejection::revision))
                .containsExactlyElementsOf(
                        before.rejected().stream().map(Rejection::revision).toList())
                .hasSize(State.MAX_REJECTED);
        assertThat(after.phase())
                .usingRecursiveComparison()
                .ignoringFields("detail")
                .isEqualTo(before.phase());
        assertThat(after.traffic()).isEqualTo(before.traffic());
        assertThat(after.attempt()).isEqualTo(before.attempt());
    }
}
