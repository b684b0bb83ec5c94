package dev.ragops.operator.model;

import static dev.ragops.operator.model.ModelWorld.revision;
import static dev.ragops.operator.model.ModelWorld.route;
import static dev.ragops.operator.model.ModelWorld.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.RouteFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What should be, from what is, without a cluster. */
class DeciderTest {
    private final ModelWorld world = new ModelWorld();

    @Nested
    class The_first_revision {
        @Test
        void is_recorded_then_started_and_takes_over_when_it_is_ready() {
            world.resolves("1");
            assertThat(world.step().record()).map(Revision::version).contains("1");
            assertThat(world.step().workloads()).containsOnlyKeys(world.nameOf("1"));
            assertThat(revision(route(world.step()).stable())).isEmpty();

            world.ready(world.nameOf("1"), 1);

            assertThat(revision(route(world.step()).stable())).isEqualTo(world.nameOf("1"));
        }

        @Test
        void waits_for_a_registry_that_has_not_answered() {
            Plan plan = world.step();

            assertThat(plan.target()).isEmpty();
            assertThat(plan.workloads()).isEmpty();
        }

        @Test
        void with_an_invalid_bundle_gets_no_more_pods() {
            world.resolves("1");
            world.step();
            world.replace(
                    world.nameOf("1"),
                    r -> new Revisioned(r.revision(), 1, false, 0, 0, false, "rag.yaml is missing", true));

            assertThat(world.step().workloads()).isEmpty();
        }
    }

    @Nested
    class A_new_version {
        @Test
        void waits_without_pods_while_there_is_no_rollout() {
            String stable = world.serving();
            world.resolves("2");
            world.step();

            Plan plan = world.step();

            assertThat(plan.target()).map(Revision::version).contains("2");
            assertThat(plan.workloads()).containsOnlyKeys(stable);
            assertThat(revision(route(plan).stable())).isEqualTo(stable);
        }

        @Test
        void takes_over_by_itself_in_direct_mode_once_all_its_pods_are_ready() {
            world.spec = spec("promotion: Direct\nruntime: {replicas: 2}");
            String stable = world.serving();
            world.resolves("2");
            world.step();
            assertThat(world.step().workloads()).containsOnlyKeys(stable, world.nameOf("2"));
            world.ready(world.nameOf("2"), 1);
            assertThat(revision(route(world.step()).stable())).isEqualTo(stable);

            world.ready(world.nameOf("2"), 2);

            assertThat(revision(route(world.step()).stable())).isEqualTo(world.nameOf("2"));
        }

        @Test
        void that_fails_a_gate_or_lacks_its_metric_never_becomes_target() {
            world.spec = spec("gates: [{metric: ndcg_at_10, min: \"0.65\"}]");
            world.resolves("1", Map.of("ndcg_at_10", 0.7));
            world.step();
            world.resolves("2", Map.of("ndcg_at_10", 0.6));
            assertThat(world.decide().gate())
                    .singleElement()
                    .asString()
                    .contains("0.6")
                    .contains("at least 0.65");
            assertThat(world.decide().target()).map(Revision::version).contains("1");

            world.resolves("3");
            assertThat(world.decide().gate()).containsExactly("the version has no metric ndcg_at_10");
            world.resolves("4", Map.of("ndcg_at_10", Double.NaN));
            assertThat(world.decide().gate()).containsExactly("ndcg_at_10 is not a number");
        }

        @Test
        void does_not_become_target_while_the_model_is_frozen() {
            world.serving();
            world.spec = spec("paused: true");
            world.resolves("2");

            Plan plan = world.decide();

            assertThat(plan.target()).map(Revision::version).contains("1");
            assertThat(plan.frozen()).isEqualTo("spec.paused");
        }

        @Test
        void is_not_started_at_all_by_a_frozen_model_that_serves_nothing_yet() {
            world.spec = spec("paused: true");
            world.resolves("1");
            world.step();
            world.step();

            assertThat(world.decide().workloads()).isEmpty();
            assertThat(Statuses.status(world.observation(), world.decide(), null, 1)
                            .conditions())
                    .filteredOn(c -> c.getType().equals("Ready"))
                    .singleElement()
                    .satisfies(c -> assertThat(c.getMessage()).contains("spec.paused"));
        }

        @Test
        void may_always_be_the_one_that_serves_already() {
            world.serving();
            world.resolves("2");
            world.step();
            world.resolves("1");
            world.spec = spec("paused: true");
            assertThat(world.decide().target()).map(Revision::version).contains("1");

            world.spec = spec("gates: [{metric: ndcg_at_10, min: \"0.9\"}]");
            Plan plan = world.decide();
            assertThat(plan.target()).map(Revision::version).contains("1");
            assertThat(plan.gate()).isNotEmpty();
        }

        @Test
        void keeps_its_target_while_the_registry_is_down() {
            world.serving();
            world.registry = Optional.of(
                    new RegistryPoller.Snapshot(new Resolution.Failed("RegistryUnreachable", "down", true), world.now));

            assertThat(world.decide().target()).map(Revision::version).contains("1");
        }
    }

    @Nested
    class Pods_that_no_track_needs {
        @Test
        void stay_for_the_delay_and_then_go() {
            String stable = world.serving();
            world.resolves("2");
            world.step();
            world.step();
            String candidate = world.nameOf("2");
            world.asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
            world.step();
            world.asks(6, stable, null, null, SplitStatus.Kind.NONE, "0");
            Plan first = world.step();
            assertThat(first.retired()).isEmpty();
            assertThat(first.file().orElseThrow().memory().unusedSince()).containsOnlyKeys(candidate);

            world.now = world.now.plus(Duration.ofSeconds(11));

            assertThat(world.step().retired()).containsExactly(candidate);
            assertThat(world.step().file().orElseThrow().memory().unusedSince()).isEmpty();
        }

        @Test
        void leave_records_up_to_the_limit_of_the_history() {
            world.spec = spec("revisionHistoryLimit: 1\npromotion: Direct");
            world.serving();
            for (String version : List.of("2", "3", "4")) {
                world.resolves(version);
                world.step();
                world.step();
                world.ready(world.nameOf(version), 1);
                world.step();
                world.now = world.now.plus(Duration.ofMinutes(1));
                world.step();
                world.step();
            }
            assertThat(world.revisions).extracting(r -> r.revision().version()).containsExactly("3", "4");
        }
    }

    @Nested
    class A_decision {
        @Test
        void on_an_unchanged_world_is_the_same() {
            world.serving();
            world.step();

            Plan once = world.step();
            world.now = world.now.plus(Duration.ofMinutes(5));

            assertThat(world.decide()).isEqualTo(once);
        }

        @Test
        void survives_being_written_down() {
            world.serving();
            RouteFile written = world.file.orElseThrow();

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
}
