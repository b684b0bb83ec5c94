package dev.ragops.operator.model;

import static dev.ragops.operator.model.ModelWorld.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RevisionStatus;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revision;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the status of a model says. */
class StatusesTest {
    private final ModelWorld world = new ModelWorld();

    private RagModelStatus status() {
        return Statuses.status(world.observation(), world.decide(), null, 4);
    }

    private Condition condition(String type) {
        return status().conditions().stream()
                .filter(c -> c.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private void applies(long generation, List<String> lagging) {
        world.applied = Optional.of(
                new RouteProbe.Applied(generation, 2, lagging, world.now, Optional.of(world.now), Map.of()));
    }

    @Test
    void of_a_serving_model_is_ready_and_names_who_serves() {
        String stable = world.serving();
        applies(world.file.orElseThrow().route().generation(), List.of());

        RagModelStatus status = status();

        assertThat(condition("Ready").getStatus()).isEqualTo("True");
        assertThat(condition("RouteApplied").getStatus()).isEqualTo("True");
        assertThat(status.revisions()).singleElement().satisfies(r -> {
            assertThat(r.track()).isEqualTo(RevisionStatus.Track.STABLE);
            assertThat(r.state()).isEqualTo(RevisionStatus.State.READY);
        });
        assertThat(Objects.requireNonNull(status.route()).stable()).isEqualTo(stable);
        assertThat(Objects.requireNonNull(status.route()).verified()).isTrue();
        assertThat(status.selector()).isEqualTo("ragops.dev/revision=" + stable);
        assertThat(status.observedGeneration()).isEqualTo(4);
        assertThat(condition("Reconciling").getReason()).isEqualTo("Realised");
    }

    @Test
    void names_gateways_that_lag() {
        world.serving();
        applies(world.file.orElseThrow().route().generation(), List.of("gateway-b"));

        assertThat(condition("RouteApplied").getReason()).isEqualTo("Lagging");
        assertThat(condition("RouteApplied").getMessage()).contains("gateway-b");
        assertThat(condition("Ready").getReason()).isEqualTo("RouteNotApplied");
    }

    @Test
    void says_that_a_new_version_waits_for_a_rollout() {
        world.serving();
        world.resolves("2");
        world.step();
        world.step();

        assertThat(condition("Reconciling").getReason()).isEqualTo("NoRollout");
        world.asks(1, world.nameOf("1"), null, null, SplitStatus.Kind.NONE, "0");
        assertThat(condition("Reconciling").getReason()).isEqualTo("HandedOver");
    }

    @Test
    void repeats_what_the_registry_said() {
        world.registry = Optional.of(new RegistryPoller.Snapshot(
                new Resolution.Failed("AliasNotFound", "no alias production", true), world.now));

        assertThat(condition("Resolved").getReason()).isEqualTo("AliasNotFound");
        assertThat(condition("Ready").getReason()).isEqualTo("NoStable");
        world.registry = Optional.empty();
        assertThat(condition("Resolved").getStatus()).isEqualTo("Unknown");
    }

    @Test
    void does_not_know_any_more_what_the_registry_said_too_long_ago_and_serves_on() {
        world.serving();
        applies(world.file.orElseThrow().route().generation(), List.of());
        Plan before = world.decide();
        Instant heard = world.now;
        world.now = heard.plusSeconds(90);
        assertThat(condition("Resolved").getStatus()).isEqualTo("True");

        world.now = heard.plusSeconds(91);

        assertThat(condition("Resolved").getStatus()).isEqualTo("Unknown");
        assertThat(condition("Resolved").getReason()).isEqualTo("Stale");
        assertThat(condition("Resolved").getMessage()).contains(heard.toString(), "version 1 of", "what runs goes on");
        assertThat(condition("Ready").getStatus()).isEqualTo("True");
        assertThat(world.decide()).isEqualTo(before);
        RagModelStatus said = status();
        world.now = heard.plusSeconds(500);
        assertThat(Statuses.status(world.observation(), world.decide(), said, 4))
                .as("nothing new to write")
                .isEqualTo(said);

        world.resolves("1");
        assertThat(condition("Resolved").getStatus()).isEqualTo("True");
    }

    @Test
    void is_stalled_when_only_a_person_can_help() {
        world.hindrance = Optional.of(new Hindrance("NameConflict", "Service support exists"));
        assertThat(condition("Stalled").getReason()).isEqualTo("NameConflict");
        assertThat(condition("Ready").getStatus()).isEqualTo("False");

        world.hindrance = Optional.empty();
        world.resolves("1");
        world.step();
        world.replace(
                world.nameOf("1"),
                r -> new Revisioned(r.revision(), 1, true, 1, 0, false, "rag.yaml is missing", true));
        assertThat(condition("Stalled").getReason()).isEqualTo("InvalidBundle");
        assertThat(status().revisions()).singleElement().matches(r -> r.state() == RevisionStatus.State.INVALID);
    }

    @Test
    void says_why_pods_do_not_come_up_and_whether_they_index() {
        world.resolves("1");
        world.step();
        world.step();
        world.replace(
                world.nameOf("1"),
                r -> new Revisioned(r.revision(), 1, true, 1, 0, false, "not scheduled: no room", false));
        assertThat(condition("Reconciling").getMessage()).isEqualTo("not scheduled: no room");
        assertThat(status().revisions()).singleElement().matches(r -> r.state() == RevisionStatus.State.FAILED);

        world.replace(world.nameOf("1"), r -> new Revisioned(r.revision(), 1, true, 1, 0, true, "", false));
        assertThat(status().revisions()).singleElement().matches(r -> r.state() == RevisionStatus.State.INDEXING);
    }

    @Test
    void knows_beforehand_whether_going_back_needs_the_registry() {
        world.serving();
        assertThat(condition("RollbackReady").getReason()).isEqualTo("NeedsRegistry");
        world.spec = spec("runtime: {bundleCache: {claimName: x}}");
        assertThat(condition("RollbackReady").getReason()).isEqualTo("BundleCache");
    }

    @Test
    void of_a_gate_that_failed_says_which() {
        world.spec = spec("gates: [{metric: ndcg_at_10, min: \"0.65\"}]");
        world.resolves("1");

        assertThat(condition("GatesPassed").getReason()).isEqualTo("GateFailed");
    }

    @Test
    void stays_below_32_KiB_however_many_revisions_fail_with_however_many_words() {
        world.serving();
        String words = "x".repeat(2000);
        for (int i = 0; i < 70; i++) {
            String hash = String.format("%010x", i);
            world.revisions.add(new Revisioned(
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
        world.hindrance = Optional.of(new Hindrance("NameConflict", words));
        applies(
                world.file.orElseThrow().route().generation(),
                IntStream.range(0, 100)
                        .mapToObj(i -> "m".repeat(50) + "-gateway-" + i)
                        .toList());

        RagModelStatus status = status();

        assertThat(StatusBudget.bytes(status)).isBetween(16 * 1024, StatusBudget.MAX_BYTES);
        assertThat(status.revisions())
                .hasSize(64)
                .allSatisfy(r -> assertThat(r.lastFailure()).startsWith("xxx").endsWith("…"));
        assertThat(status.conditions()).hasSize(7);
    }

    @Test
    void keeps_the_time_of_a_condition_while_its_status_stays() {
        world.serving();
        RagModelStatus first = status();
        Instant began = world.now;
        world.now = world.now.plusSeconds(80);

        RagModelStatus later = Statuses.status(world.observation(), world.decide(), first, 4);

        assertThat(later.conditions())
                .allMatch(c -> Instant.parse(c.getLastTransitionTime()).equals(began));
        assertThat(later).isEqualTo(first);
    }

    @Test
    void tells_what_changed_as_events() {
        world.serving();
        RagModelStatus before = status();
        world.resolves("2");
        world.step();
        RagModelStatus after = Statuses.status(world.observation(), world.decide(), before, 4);

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
