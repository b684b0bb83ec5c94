package dev.ragops.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.HeaderMatch;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.RevisionStatus;
import dev.ragops.api.v1alpha1.RolloutReference;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.revision.Revisions;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What should be, from what is: every case of the handshake between model and rollout, without a cluster. */
class DeciderTest {
    private static final String UID = "uid-1";
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private RagModelSpec spec = spec("");
    private Optional<RegistryPoller.Snapshot> registry = Optional.empty();
    private Optional<RouteFile> file = Optional.empty();
    private final List<Revisioned> revisions = new ArrayList<>();
    private Optional<RolloutReference> bound = Optional.empty();
    private Optional<TrafficStatus> traffic = Optional.empty();
    private Optional<RouteProbe.Applied> applied = Optional.empty();
    private Optional<Hindrance> hindrance = Optional.empty();

    private static RagModelSpec spec(String more) {
        return Serialization.unmarshal("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagModel
                metadata: {name: support}
                spec:
                  registry: {url: "http://mlflow:5000"}
                  model: {name: support-rag, alias: production}
                """ + more.indent(2), RagModel.class).getSpec();
    }

    private Observation observation() {
        return new Observation(
                now, "team", "support", UID, spec, registry, file, revisions, bound, traffic, applied, hindrance);
    }

    private Plan decide() {
        return Decider.decide(observation());
    }

    /** Decides, and lets the world be as decided. */
    private Plan step() {
        Plan plan = decide();
        plan.record()
                .ifPresent(revision ->
                        revisions.add(new Revisioned(revision, revisions.size() + 1, false, 0, 0, false, "", false)));
        file = plan.file();
        plan.workloads()
                .forEach((name, replicas) -> replace(
                        name,
                        r -> new Revisioned(
                                r.revision(),
                                r.number(),
                                true,
                                replicas,
                                r.readyReplicas(),
                                r.indexing(),
                                r.failure(),
                                r.invalid())));
        plan.retired()
                .forEach(name ->
                        replace(name, r -> new Revisioned(r.revision(), r.number(), false, 0, 0, false, "", false)));
        revisions.removeIf(r -> plan.forgotten().contains(r.revision().name()));
        return plan;
    }

    private void replace(String name, java.util.function.UnaryOperator<Revisioned> change) {
        revisions.replaceAll(r -> r.revision().name().equals(name) ? change.apply(r) : r);
    }

    private void ready(String name, int pods) {
        replace(name, r -> new Revisioned(r.revision(), r.number(), true, r.desiredReplicas(), pods, true, "", false));
    }

    private void resolves(String version) {
        resolves(version, Map.of());
    }

    private void resolves(String version, Map<String, Double> metrics) {
        registry = Optional.of(new RegistryPoller.Snapshot(
                new Resolution.Found(version, "run-" + version, version.repeat(64), metrics), now));
    }

    private String nameOf(String version) {
        return Revisions.cut(
                        "support", spec, new Resolution.Found(version, "run-" + version, version.repeat(64), Map.of()))
                .name();
    }

    /** Version 1 serves, its route is applied. */
    private String serving() {
        resolves("1");
        step();
        step();
        String name = nameOf("1");
        ready(name, 1);
        step();
        return name;
    }

    private void asks(
            long seq,
            String stable,
            @Nullable String candidate,
            @Nullable String control,
            SplitStatus.Kind kind,
            String percent) {
        bound = Optional.of(new RolloutReference("support", "rollout-uid"));
        traffic = Optional.of(new TrafficStatus(
                UID,
                1,
                seq,
                stable,
                candidate,
                control,
                new SplitStatus(kind, percent),
                List.of(new HeaderMatch("x-beta", "true")),
                true,
                2,
                "10s",
                List.of()));
    }

    private static Route route(Plan plan) {
        return plan.file().orElseThrow().route();
    }

    private static String revision(Route.@Nullable Track track) {
        return track == null ? "" : track.revision();
    }

    @Nested
    class The_first_revision {
        @Test
        void is_recorded_then_started_and_takes_over_when_it_is_ready() {
            resolves("1");
            assertThat(step().record()).map(Revision::version).contains("1");
            assertThat(step().workloads()).containsOnlyKeys(nameOf("1"));
            assertThat(revision(route(step()).stable())).isEmpty();

            ready(nameOf("1"), 1);

            assertThat(revision(route(step()).stable())).isEqualTo(nameOf("1"));
        }

        @Test
        void waits_for_a_registry_that_has_not_answered() {
            Plan plan = step();

            assertThat(plan.target()).isEmpty();
            assertThat(plan.workloads()).isEmpty();
        }

        @Test
        void with_an_invalid_bundle_gets_no_more_pods() {
            resolves("1");
            step();
            replace(nameOf("1"), r -> new Revisioned(r.revision(), 1, false, 0, 0, false, "rag.yaml is missing", true));

            assertThat(step().workloads()).isEmpty();
        }
    }

    @Nested
    class A_new_version {
        @Test
        void waits_without_pods_while_there_is_no_rollout() {
            String stable = serving();
            resolves("2");
            step();

            Plan plan = step();

            assertThat(plan.target()).map(Revision::version).contains("2");
            assertThat(plan.workloads()).containsOnlyKeys(stable);
            assertThat(revision(route(plan).stable())).isEqualTo(stable);
        }

        @Test
        void takes_over_by_itself_in_direct_mode_once_all_its_pods_are_ready() {
            spec = spec("promotion: Direct\nruntime: {replicas: 2}");
            String stable = serving();
            resolves("2");
            step();
            assertThat(step().workloads()).containsOnlyKeys(stable, nameOf("2"));
            ready(nameOf("2"), 1);
            assertThat(revision(route(step()).stable())).isEqualTo(stable);

            ready(nameOf("2"), 2);

            assertThat(revision(route(step()).stable())).isEqualTo(nameOf("2"));
        }

        @Test
        void that_fails_a_gate_or_lacks_its_metric_never_becomes_target() {
            spec = spec("gates: [{metric: ndcg_at_10, min: \"0.65\"}]");
            resolves("1", Map.of("ndcg_at_10", 0.7));
            step();
            resolves("2", Map.of("ndcg_at_10", 0.6));
            assertThat(decide().gate())
                    .singleElement()
                    .asString()
                    .contains("0.6")
                    .contains("at least 0.65");
            assertThat(decide().target()).map(Revision::version).contains("1");

            resolves("3");
            assertThat(decide().gate()).containsExactly("the version has no metric ndcg_at_10");
            resolves("4", Map.of("ndcg_at_10", Double.NaN));
            assertThat(decide().gate()).containsExactly("ndcg_at_10 is not a number");
        }

        @Test
        void does_not_become_target_while_the_model_is_frozen() {
            serving();
            spec = spec("paused: true");
            resolves("2");

            Plan plan = decide();

            assertThat(plan.target()).map(Revision::version).contains("1");
            assertThat(plan.frozen()).isEqualTo("spec.paused");
        }

        @Test
        void is_not_started_at_all_by_a_frozen_model_that_serves_nothing_yet() {
            spec = spec("paused: true");
            resolves("1");
            step();
            step();

            assertThat(decide().workloads()).isEmpty();
            assertThat(Statuses.status(observation(), decide(), null, 1).conditions())
                    .filteredOn(c -> c.getType().equals("Ready"))
                    .singleElement()
                    .satisfies(c -> assertThat(c.getMessage()).contains("spec.paused"));
        }

        @Test
        void may_always_be_the_one_that_serves_already() {
            serving();
            resolves("2");
            step();
            resolves("1");
            spec = spec("paused: true");
            assertThat(decide().target()).map(Revision::version).contains("1");

            spec = spec("gates: [{metric: ndcg_at_10, min: \"0.9\"}]");
            Plan plan = decide();
            assertThat(plan.target()).map(Revision::version).contains("1");
            assertThat(plan.gate()).isNotEmpty();
        }

        @Test
        void keeps_its_target_while_the_registry_is_down() {
            serving();
            registry = Optional.of(
                    new RegistryPoller.Snapshot(new Resolution.Failed("RegistryUnreachable", "down", true), now));

            assertThat(decide().target()).map(Revision::version).contains("1");
        }
    }

    @Nested
    class Traffic_that_a_rollout_asks_for {
        private String stable = "";
        private String candidate = "";

        private void candidateIsKnown() {
            stable = serving();
            resolves("2");
            step();
            step();
            candidate = nameOf("2");
        }

        @Test
        void is_realised_and_echoed_with_its_number() {
            candidateIsKnown();
            asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "10");

            Plan plan = step();

            assertThat(revision(route(plan).candidate())).isEqualTo(candidate);
            assertThat(route(plan).split()).isEqualTo(new Route.Split("split", "10"));
            assertThat(route(plan).matches()).hasSize(1);
            assertThat(route(plan).appliedSeq()).isEqualTo(5);
            assertThat(plan.workloads()).containsEntry(candidate, 2).containsEntry(stable, 2);
        }

        @Test
        void raises_the_generation_only_when_something_that_matters_changes() {
            candidateIsKnown();
            asks(5, stable, candidate, null, SplitStatus.Kind.SHADOW, "100");
            long first = route(step()).generation();
            asks(6, stable, candidate, null, SplitStatus.Kind.SHADOW, "100");
            assertThat(route(step()).generation()).isEqualTo(first);
            asks(7, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
            assertThat(route(step()).generation()).isEqualTo(first + 1);
        }

        @Test
        void keeps_the_generation_when_only_the_gateways_own_settings_change() {
            candidateIsKnown();
            asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "10");
            Route before = route(step());
            spec = spec("gateway: {requestTimeout: 3s, stickiness: {cookie: who}}");

            Route after = route(step());

            assertThat(after.requestTimeoutMillis()).isEqualTo(3000);
            assertThat(after.stickiness().cookie()).isEqualTo("who");
            assertThat(after.generation()).isEqualTo(before.generation());
        }

        @Test
        void may_keep_a_condemned_stable_while_the_pods_to_go_back_to_come_up() {
            candidateIsKnown();
            asks(5, candidate, null, null, SplitStatus.Kind.NONE, "0");
            ready(candidate, 1);
            step();
            traffic = Optional.of(new TrafficStatus(
                    UID,
                    1,
                    6L,
                    candidate,
                    null,
                    stable,
                    new SplitStatus(SplitStatus.Kind.NONE, "0"),
                    List.of(),
                    true,
                    1,
                    null,
                    List.of(new RejectedRevision(candidate, "2", "", "", "bad", ""))));

            Plan plan = decide();

            assertThat(revision(route(plan).control())).isEqualTo(stable);
            assertThat(plan.workloads()).containsKeys(stable, candidate);
        }

        @Test
        void for_another_model_or_with_an_older_number_is_ignored() {
            candidateIsKnown();
            asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "10");
            step();
            asks(4, stable, null, null, SplitStatus.Kind.NONE, "0");
            assertThat(revision(route(decide()).candidate())).isEqualTo(candidate);

            traffic = Optional.of(new TrafficStatus(
                    "foreign", 9, 99L, stable, null, null, null, List.of(), true, 0, null, List.of()));
            assertThat(revision(route(decide()).candidate())).isEqualTo(candidate);
        }

        @Test
        void with_an_unknown_a_rejected_or_an_unready_revision_is_ignored() {
            candidateIsKnown();
            asks(5, stable, "support-unknown", null, SplitStatus.Kind.SPLIT, "10");
            assertThat(revision(route(decide()).candidate())).isEmpty();

            bound = Optional.of(new RolloutReference("support", "u"));
            traffic = Optional.of(new TrafficStatus(
                    UID,
                    1,
                    6L,
                    stable,
                    candidate,
                    null,
                    new SplitStatus(SplitStatus.Kind.SPLIT, "10"),
                    List.of(),
                    true,
                    0,
                    null,
                    List.of(new RejectedRevision(candidate, "2", "", "", "bad", ""))));
            assertThat(revision(route(decide()).candidate())).isEmpty();

            asks(7, candidate, null, stable, SplitStatus.Kind.CONTROL, "5");
            assertThat(revision(route(decide()).stable())).isEqualTo(stable);
        }

        @Test
        void promotes_a_ready_candidate_and_keeps_the_former_stable_warm() {
            candidateIsKnown();
            asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
            step();
            ready(candidate, 2);
            asks(6, candidate, null, stable, SplitStatus.Kind.CONTROL, "5");

            Plan plan = step();

            assertThat(revision(route(plan).stable())).isEqualTo(candidate);
            assertThat(revision(route(plan).control())).isEqualTo(stable);
            assertThat(plan.workloads()).containsOnlyKeys(candidate, stable);
        }

        @Test
        void leaves_users_on_stable_when_the_rollout_is_removed_midway() {
            candidateIsKnown();
            asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
            step();
            bound = Optional.empty();
            traffic = Optional.empty();

            Plan plan = step();

            assertThat(revision(route(plan).stable())).isEqualTo(stable);
            assertThat(route(plan).candidate()).isNull();
            assertThat(route(plan).split()).isEqualTo(Route.Split.NONE);
        }

        @Test
        void starts_no_pods_while_the_model_is_frozen() {
            candidateIsKnown();
            spec = spec("paused: true");
            asks(5, stable, candidate, null, SplitStatus.Kind.NONE, "0");

            assertThat(decide().workloads()).containsOnlyKeys(stable);
        }
    }

    @Nested
    class Pods_that_no_track_needs {
        @Test
        void stay_for_the_delay_and_then_go() {
            String stable = serving();
            resolves("2");
            step();
            step();
            String candidate = nameOf("2");
            asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
            step();
            asks(6, stable, null, null, SplitStatus.Kind.NONE, "0");
            Plan first = step();
            assertThat(first.retired()).isEmpty();
            assertThat(first.file().orElseThrow().memory().unusedSince()).containsOnlyKeys(candidate);

            now = now.plus(Duration.ofSeconds(11));

            assertThat(step().retired()).containsExactly(candidate);
            assertThat(step().file().orElseThrow().memory().unusedSince()).isEmpty();
        }

        @Test
        void leave_records_up_to_the_limit_of_the_history() {
            spec = spec("revisionHistoryLimit: 1\npromotion: Direct");
            serving();
            for (String version : List.of("2", "3", "4")) {
                resolves(version);
                step();
                step();
                ready(nameOf(version), 1);
                step();
                now = now.plus(Duration.ofMinutes(1));
                step();
                step();
            }
            assertThat(revisions).extracting(r -> r.revision().version()).containsExactly("3", "4");
        }
    }

    @Nested
    class A_decision {
        @Test
        void on_an_unchanged_world_is_the_same() {
            serving();
            step();

            Plan once = step();
            now = now.plus(Duration.ofMinutes(5));

            assertThat(decide()).isEqualTo(once);
        }

        @Test
        void survives_being_written_down() {
            serving();
            RouteFile written = file.orElseThrow();

            assertThat(RouteFile.parse(written.data())).contains(written);
        }

        @Test
        void keeps_as_many_pods_as_the_autoscaler_must_or_the_spec_says() {
            assertThat(Decider.replicas(spec("runtime: {replicas: 4}"))).isEqualTo(4);
            assertThat(Decider.replicas(spec("runtime: {autoscaling: {minReplicas: 3, maxReplicas: 5}}")))
                    .isEqualTo(3);
            assertThat(Decider.replicas(spec("runtime: {image: x}"))).isEqualTo(1);
        }
    }

    @Nested
    class The_status {
        private RagModelStatus status() {
            return Statuses.status(observation(), decide(), null, 4);
        }

        private Condition condition(String type) {
            return status().conditions().stream()
                    .filter(c -> c.getType().equals(type))
                    .findFirst()
                    .orElseThrow();
        }

        private void applies(long generation, List<String> lagging) {
            applied = Optional.of(new RouteProbe.Applied(generation, 2, lagging, now, Optional.of(now), Map.of()));
        }

        @Test
        void of_a_serving_model_is_ready_and_names_who_serves() {
            String stable = serving();
            applies(file.orElseThrow().route().generation(), List.of());

            RagModelStatus status = status();

            assertThat(condition("Ready").getStatus()).isEqualTo("True");
            assertThat(condition("RouteApplied").getStatus()).isEqualTo("True");
            assertThat(status.revisions()).singleElement().satisfies(r -> {
                assertThat(r.track()).isEqualTo(RevisionStatus.Track.STABLE);
                assertThat(r.state()).isEqualTo(RevisionStatus.State.READY);
            });
            assertThat(java.util.Objects.requireNonNull(status.route()).stable())
                    .isEqualTo(stable);
            assertThat(java.util.Objects.requireNonNull(status.route()).verified())
                    .isTrue();
            assertThat(status.selector()).isEqualTo("ragops.dev/revision=" + stable);
            assertThat(status.observedGeneration()).isEqualTo(4);
            assertThat(condition("Reconciling").getReason()).isEqualTo("Realised");
        }

        @Test
        void names_gateways_that_lag() {
            serving();
            applies(file.orElseThrow().route().generation(), List.of("gateway-b"));

            assertThat(condition("RouteApplied").getReason()).isEqualTo("Lagging");
            assertThat(condition("RouteApplied").getMessage()).contains("gateway-b");
            assertThat(condition("Ready").getReason()).isEqualTo("RouteNotApplied");
        }

        @Test
        void says_that_a_new_version_waits_for_a_rollout() {
            serving();
            resolves("2");
            step();
            step();

            assertThat(condition("Reconciling").getReason()).isEqualTo("NoRollout");
            asks(1, nameOf("1"), null, null, SplitStatus.Kind.NONE, "0");
            assertThat(condition("Reconciling").getReason()).isEqualTo("HandedOver");
        }

        @Test
        void repeats_what_the_registry_said() {
            registry = Optional.of(new RegistryPoller.Snapshot(
                    new Resolution.Failed("AliasNotFound", "no alias production", true), now));

            assertThat(condition("Resolved").getReason()).isEqualTo("AliasNotFound");
            assertThat(condition("Ready").getReason()).isEqualTo("NoStable");
            registry = Optional.empty();
            assertThat(condition("Resolved").getStatus()).isEqualTo("Unknown");
        }

        @Test
        void does_not_know_any_more_what_the_registry_said_too_long_ago_and_serves_on() {
            serving();
            applies(file.orElseThrow().route().generation(), List.of());
            Plan before = decide();
            Instant heard = now;
            now = heard.plusSeconds(90);
            assertThat(condition("Resolved").getStatus()).isEqualTo("True");

            now = heard.plusSeconds(91);

            assertThat(condition("Resolved").getStatus()).isEqualTo("Unknown");
            assertThat(condition("Resolved").getReason()).isEqualTo("Stale");
            assertThat(condition("Resolved").getMessage())
                    .contains(heard.toString(), "version 1 of", "what runs goes on");
            assertThat(condition("Ready").getStatus()).isEqualTo("True");
            assertThat(decide()).isEqualTo(before);
            RagModelStatus said = status();
            now = heard.plusSeconds(500);
            assertThat(Statuses.status(observation(), decide(), said, 4))
                    .as("nothing new to write")
                    .isEqualTo(said);

            resolves("1");
            assertThat(condition("Resolved").getStatus()).isEqualTo("True");
        }

        @Test
        void is_stalled_when_only_a_person_can_help() {
            hindrance = Optional.of(new Hindrance("NameConflict", "Service support exists"));
            assertThat(condition("Stalled").getReason()).isEqualTo("NameConflict");
            assertThat(condition("Ready").getStatus()).isEqualTo("False");

            hindrance = Optional.empty();
            resolves("1");
            step();
            replace(nameOf("1"), r -> new Revisioned(r.revision(), 1, true, 1, 0, false, "rag.yaml is missing", true));
            assertThat(condition("Stalled").getReason()).isEqualTo("InvalidBundle");
            assertThat(status().revisions()).singleElement().matches(r -> r.state() == RevisionStatus.State.INVALID);
        }

        @Test
        void says_why_pods_do_not_come_up_and_whether_they_index() {
            resolves("1");
            step();
            step();
            replace(
                    nameOf("1"),
                    r -> new Revisioned(r.revision(), 1, true, 1, 0, false, "not scheduled: no room", false));
            assertThat(condition("Reconciling").getMessage()).isEqualTo("not scheduled: no room");
            assertThat(status().revisions()).singleElement().matches(r -> r.state() == RevisionStatus.State.FAILED);

            replace(nameOf("1"), r -> new Revisioned(r.revision(), 1, true, 1, 0, true, "", false));
            assertThat(status().revisions()).singleElement().matches(r -> r.state() == RevisionStatus.State.INDEXING);
        }

        @Test
        void knows_beforehand_whether_going_back_needs_the_registry() {
            serving();
            assertThat(condition("RollbackReady").getReason()).isEqualTo("NeedsRegistry");
            spec = spec("runtime: {bundleCache: {claimName: x}}");
            assertThat(condition("RollbackReady").getReason()).isEqualTo("BundleCache");
        }

        @Test
        void of_a_gate_that_failed_says_which() {
            spec = spec("gates: [{metric: ndcg_at_10, min: \"0.65\"}]");
            resolves("1");

            assertThat(condition("GatesPassed").getReason()).isEqualTo("GateFailed");
        }

        @Test
        void stays_below_32_KiB_however_many_revisions_fail_with_however_many_words() {
            serving();
            String words = "x".repeat(2000);
            for (int i = 0; i < 70; i++) {
                String hash = String.format("%010x", i);
                revisions.add(new Revisioned(
                        new Revision(
                                "m".repeat(40) + "-" + hash,
                                "9".repeat(20),
                                "d".repeat(64),
                                "r".repeat(64),
                                "c".repeat(64)),
                        i,
                        true,
                        1000,
                        999,
                        true,
                        words,
                        false));
            }
            hindrance = Optional.of(new Hindrance("NameConflict", words));
            applies(
                    file.orElseThrow().route().generation(),
                    IntStream.range(0, 100)
                            .mapToObj(i -> "m".repeat(50) + "-gateway-" + i)
                            .toList());

            RagModelStatus status = status();

            assertThat(StatusBudget.bytes(status)).isBetween(16 * 1024, StatusBudget.MAX_BYTES);
            assertThat(status.revisions())
                    .hasSize(64)
                    .allSatisfy(
                            r -> assertThat(r.lastFailure()).startsWith("xxx").endsWith("…"));
            assertThat(status.conditions()).hasSize(7);
        }

        @Test
        void keeps_the_time_of_a_condition_while_its_status_stays() {
            serving();
            RagModelStatus first = status();
            Instant began = now;
            now = now.plusSeconds(80);

            RagModelStatus later = Statuses.status(observation(), decide(), first, 4);

            assertThat(later.conditions())
                    .allMatch(c -> Instant.parse(c.getLastTransitionTime()).equals(began));
            assertThat(later).isEqualTo(first);
        }

        @Test
        void tells_what_changed_as_events() {
            serving();
            RagModelStatus before = status();
            resolves("2");
            step();
            RagModelStatus after = Statuses.status(observation(), decide(), before, 4);

            assertThat(ModelEvents.happenings(null, before))
                    .extracting(ModelEvents.Happening::reason)
                    .contains("TargetChanged", "StableChanged");
            assertThat(ModelEvents.happenings(before, after))
                    .extracting(ModelEvents.Happening::reason)
                    .contains("TargetChanged")
                    .doesNotContain("StableChanged");
            assertThat(ModelEvents.happenings(after, after)).isEmpty();
        }
    }
}
