package dev.ragops.operator.model;

import static dev.ragops.operator.model.ModelWorld.revision;
import static dev.ragops.operator.model.ModelWorld.route;
import static dev.ragops.operator.model.ModelWorld.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.RolloutReference;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.route.Route;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Traffic that a rollout asks for: every case of the handshake between model and rollout, without a cluster. */
class HandshakeTest {
    private final ModelWorld world = new ModelWorld();

    private String stable = "";
    private String candidate = "";

    private void candidateIsKnown() {
        stable = world.serving();
        world.resolves("2");
        world.step();
        world.step();
        candidate = world.nameOf("2");
    }

    @Test
    void is_realised_and_echoed_with_its_number() {
        candidateIsKnown();
        world.asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "10");

        Plan plan = world.step();

        assertThat(revision(route(plan).candidate())).isEqualTo(candidate);
        assertThat(route(plan).split()).isEqualTo(new Route.Split("split", "10"));
        assertThat(route(plan).matches()).hasSize(1);
        assertThat(route(plan).appliedSeq()).isEqualTo(5);
        assertThat(plan.workloads()).containsEntry(candidate, 2).containsEntry(stable, 2);
    }

    @Test
    void raises_the_generation_only_when_something_that_matters_changes() {
        candidateIsKnown();
        world.asks(5, stable, candidate, null, SplitStatus.Kind.SHADOW, "100");
        long first = route(world.step()).generation();
        world.asks(6, stable, candidate, null, SplitStatus.Kind.SHADOW, "100");
        assertThat(route(world.step()).generation()).isEqualTo(first);
        world.asks(7, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
        assertThat(route(world.step()).generation()).isEqualTo(first + 1);
    }

    @Test
    void keeps_the_generation_when_only_the_gateways_own_settings_change() {
        candidateIsKnown();
        world.asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "10");
        Route before = route(world.step());
        world.spec = spec("gateway: {requestTimeout: 3s, stickiness: {cookie: who}}");

        Route after = route(world.step());

        assertThat(after.requestTimeoutMillis()).isEqualTo(3000);
        assertThat(after.stickiness().cookie()).isEqualTo("who");
        assertThat(after.generation()).isEqualTo(before.generation());
    }

    @Test
    void may_keep_a_condemned_stable_while_the_pods_to_go_back_to_come_up() {
        candidateIsKnown();
        world.asks(5, candidate, null, null, SplitStatus.Kind.NONE, "0");
        world.ready(candidate, 1);
        world.step();
        world.traffic = Optional.of(new TrafficStatus(
                ModelWorld.UID,
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

        Plan plan = world.decide();

        assertThat(revision(route(plan).control())).isEqualTo(stable);
        assertThat(plan.workloads()).containsKeys(stable, candidate);
    }

    @Test
    void for_another_model_or_with_an_older_number_is_ignored() {
        candidateIsKnown();
        world.asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "10");
        world.step();
        world.asks(4, stable, null, null, SplitStatus.Kind.NONE, "0");
        assertThat(revision(route(world.decide()).candidate())).isEqualTo(candidate);

        world.traffic = Optional.of(
                new TrafficStatus("foreign", 9, 99L, stable, null, null, null, List.of(), true, 0, null, List.of()));
        assertThat(revision(route(world.decide()).candidate())).isEqualTo(candidate);
    }

    @Test
    void with_an_unknown_a_rejected_or_an_unready_revision_is_ignored() {
        candidateIsKnown();
        world.asks(5, stable, "support-unknown", null, SplitStatus.Kind.SPLIT, "10");
        assertThat(revision(route(world.decide()).candidate())).isEmpty();

        world.bound = Optional.of(new RolloutReference("support", "u"));
        world.traffic = Optional.of(new TrafficStatus(
                ModelWorld.UID,
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
        assertThat(revision(route(world.decide()).candidate())).isEmpty();

        world.asks(7, candidate, null, stable, SplitStatus.Kind.CONTROL, "5");
        assertThat(revision(route(world.decide()).stable())).isEqualTo(stable);
    }

    @Test
    void promotes_a_ready_candidate_and_keeps_the_former_stable_warm() {
        candidateIsKnown();
        world.asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
        world.step();
        world.ready(candidate, 2);
        world.asks(6, candidate, null, stable, SplitStatus.Kind.CONTROL, "5");

        Plan plan = world.step();

        assertThat(revision(route(plan).stable())).isEqualTo(candidate);
        assertThat(revision(route(plan).control())).isEqualTo(stable);
        assertThat(plan.workloads()).containsOnlyKeys(candidate, stable);
    }

    @Test
    void leaves_users_on_stable_when_the_rollout_is_removed_midway() {
        candidateIsKnown();
        world.asks(5, stable, candidate, null, SplitStatus.Kind.SPLIT, "50");
        world.step();
        world.bound = Optional.empty();
        world.traffic = Optional.empty();

        Plan plan = world.step();

        assertThat(revision(route(plan).stable())).isEqualTo(stable);
        assertThat(route(plan).candidate()).isNull();
        assertThat(route(plan).split()).isEqualTo(Route.Split.NONE);
    }

    @Test
    void starts_no_pods_while_the_model_is_frozen() {
        candidateIsKnown();
        world.spec = spec("paused: true");
        world.asks(5, stable, candidate, null, SplitStatus.Kind.NONE, "0");

        assertThat(world.decide().workloads()).containsOnlyKeys(stable);
    }
}
