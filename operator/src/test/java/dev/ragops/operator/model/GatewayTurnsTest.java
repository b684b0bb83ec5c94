package dev.ragops.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GatewayTurnsTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final GatewayTurns turns = new GatewayTurns(((InstantSource) now::get).withZone(ZoneOffset.UTC));

    private static Optional<Deployment> gateway(String content, int updated) {
        return Optional.of(new DeploymentBuilder()
                .withNewMetadata()
                .withGeneration(2L)
                .addToAnnotations(GatewayTurns.CONTENT, content)
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(2L)
                .withReplicas(2)
                .withUpdatedReplicas(updated)
                .withAvailableReplicas(2)
                .endStatus()
                .build());
    }

    private long begun() {
        return IntStream.range(0, 20)
                .filter(i -> turns.may("model-" + i, gateway("old", 2), "new"))
                .count();
    }

    @Test
    void a_few_roll_at_a_time_and_the_next_begins_when_one_is_done() {
        assertThat(begun()).isEqualTo(5);
        assertThat(turns.may("model-7", gateway("old", 2), "new")).isFalse();

        assertThat(turns.may("model-0", gateway("new", 1), "new")).isTrue();
        assertThat(turns.may("model-7", gateway("old", 2), "new")).isFalse();
        assertThat(turns.may("model-0", gateway("new", 2), "new")).isTrue();
        assertThat(turns.may("model-7", gateway("old", 2), "new")).isTrue();
    }

    @Test
    void a_new_one_and_one_that_is_as_it_should_be_need_not_wait() {
        assertThat(begun()).isEqualTo(5);
        assertThat(turns.may("first", Optional.empty(), "new")).isTrue();
        assertThat(turns.may("settled", gateway("new", 2), "new")).isTrue();
    }

    @Test
    void one_that_cannot_roll_or_is_gone_makes_room() {
        assertThat(begun()).isEqualTo(5);
        turns.forget("model-0");
        assertThat(turns.may("model-7", gateway("old", 2), "new")).isTrue();
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(6)));
        assertThat(turns.may("model-8", gateway("old", 2), "new")).isTrue();
    }
}
