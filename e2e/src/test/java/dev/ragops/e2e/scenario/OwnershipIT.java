package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RolloutReference;
import dev.ragops.e2e.cluster.Cluster;
import io.fabric8.kubernetes.api.model.Service;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is not the operator's is never touched, and of two that claim one thing the older has it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnershipIT {
    private final Stage stage = new Stage(OwnershipIT.class);

    @AfterAll
    void leave() {
        stage.close();
    }

    @Test
    void aServiceOfTheSameNameThatIsNotOursStaysAsItIs() {
        stage.alias(stage.baseline());
        stage.cluster().mustApply("""
                apiVersion: v1
                kind: Service
                metadata: {name: taken}
                spec: {selector: {app: somebody-else}, ports: [{port: 80}]}
                """);
        Service before = service("taken");

        stage.cluster().mustApply(stage.model("taken"));

        stage.awaitCondition("taken", "Stalled", "True", "NameConflict", "taken");
        assertThat(service("taken").getMetadata().getResourceVersion())
                .isEqualTo(before.getMetadata().getResourceVersion());
    }

    @Test
    void ofTwoRolloutsForOneModelTheOlderDecides() {
        stage.alias(stage.baseline());
        stage.cluster().mustApply(stage.model("twice"));
        stage.cluster().mustApply(stage.rollout("first", "twice", "steps: [{name: ten, canary: {weight: 10}}]"));
        stage.awaitModel(
                "twice",
                "bound to the first",
                status -> status.rolloutRef() != null
                        && "first".equals(status.rolloutRef().name()));

        stage.cluster().mustApply(stage.rollout("second", "twice", "steps: [{name: all, canary: {weight: 100}}]"));

        stage.awaitRollout(
                "second",
                "Stalled",
                status -> Cluster.condition(status.conditions(), "Stalled")
                        .filter(condition -> "True".equals(condition.getStatus())
                                && "AnotherRolloutDecides".equals(condition.getReason())
                                && condition.getMessage().contains("RagRollout first decides"))
                        .isPresent());
        assertThat(stage.cluster()
                        .modelStatus("twice")
                        .map(RagModelStatus::rolloutRef)
                        .map(RolloutReference::name))
                .contains("first");
    }

    @Test
    void aRolloutWithoutItsModelSaysWhichIsMissing() {
        stage.cluster().mustApply(stage.rollout("orphan", "nobody", "steps: [{name: ten, canary: {weight: 10}}]"));

        stage.awaitRollout(
                "orphan",
                "Stalled",
                status -> Cluster.condition(status.conditions(), "Stalled")
                        .filter(condition -> "True".equals(condition.getStatus())
                                && condition.getMessage().contains("nobody"))
                        .isPresent());
    }

    private Service service(String name) {
        return stage.client()
                .services()
                .inNamespace(stage.cluster().namespace())
                .withName(name)
                .require();
    }
}
