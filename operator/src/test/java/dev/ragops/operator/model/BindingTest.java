package dev.ragops.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRollout;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BindingTest {
    private static final String EARLY = "2026-01-01T00:00:00Z";
    private static final String LATE = "2026-01-01T00:00:01Z";

    @Nested
    class Of_several_rollouts {
        @Test
        void the_oldest_decides() {
            assertThat(decide("", rollout("a", LATE), rollout("b", EARLY))).contains("b");
        }

        @Test
        void made_in_one_second_the_one_chosen_before_goes_on_deciding() {
            assertThat(decide("uid-b", rollout("a", EARLY), rollout("b", EARLY)))
                    .contains("b");
            assertThat(decide("uid-a", rollout("a", EARLY), rollout("b", EARLY)))
                    .contains("a");
            assertThat(decide("", rollout("b", EARLY), rollout("a", EARLY))).contains("a");
        }

        @Test
        void a_younger_one_chosen_before_gives_way() {
            assertThat(decide("uid-a", rollout("a", LATE), rollout("b", EARLY))).contains("b");
        }

        @Test
        void one_that_is_being_deleted_decides_no_more() {
            RagRollout going = rollout("a", EARLY);
            going.getMetadata().setDeletionTimestamp(LATE);
            assertThat(decide("uid-a", going, rollout("b", LATE))).contains("b");
            assertThat(decide("uid-a", going)).isEmpty();
        }
    }

    private static Optional<String> decide(String chosen, RagRollout... rollouts) {
        Optional<RagModelStatus> before = chosen.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(
                        Serialization.unmarshal("status: {rolloutRef: {name: x, uid: " + chosen + "}}", RagModel.class)
                                .getStatus());
        return Binding.decide(Stream.of(rollouts), before)
                .map(rollout -> rollout.getMetadata().getName());
    }

    private static RagRollout rollout(String name, String created) {
        return Serialization.unmarshal(
                "metadata: {name: %s, uid: uid-%s, creationTimestamp: \"%s\"}".formatted(name, name, created),
                RagRollout.class);
    }
}
