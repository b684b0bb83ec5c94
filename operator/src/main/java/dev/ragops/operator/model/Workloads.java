package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.AutoscalingSpec;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RuntimeSpec;
import dev.ragops.operator.workload.Names;
import dev.ragops.operator.workload.RevisionObjects;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;

/** Brings the pods of revisions up and down, from what their records say. */
final class Workloads {
    /** Holds the number of pods while it passes from us to an autoscaler. */
    private static final String HANDOVER = "ragops-handover";

    private final KubernetesClient client;
    private final Applier applier;

    Workloads(KubernetesClient client, Applier applier) {
        this.client = client;
        this.applier = applier;
    }

    void run(
            RagModelSpec spec,
            Cluster cluster,
            RevisionObjects revisions,
            ControllerRevision record,
            int replicas,
            int floor,
            OwnerReference owner)
            throws Applier.NameConflict {
        RevisionObjects.Recorded recorded = RevisionObjects.read(record);
        String name = recorded.revision().name();
        Optional<AutoscalingSpec> autoscaling =
                Optional.ofNullable(spec.runtime()).map(RuntimeSpec::autoscaling);
        Optional<Deployment> present = cluster.deployment(name);
        applier.apply(revisions.config(recorded), owner);
        applier.apply(revisions.service(name), owner, cluster.service(name));
        applier.apply(revisions.disruptionBudget(name), owner);
        if (autoscaling.isEmpty()) {
            applier.apply(revisions.deployment(recorded, Optional.of(replicas)), owner, present);
            applier.absent(revisions.namedAutoscaler(name), owner.getUid());
            return;
        }
        present.filter(Workloads::holdsReplicas).ifPresent(this::handOver);
        applier.apply(revisions.deployment(recorded, Optional.empty()), owner, present);
        applier.apply(revisions.autoscaler(name, autoscaling.get(), floor), owner);
    }

    /** Whether the last we applied still says how many pods there are: left out now, the API server would make it one. */
    private static boolean holdsReplicas(Deployment deployment) {
        return deployment.getMetadata().getManagedFields().stream()
                .filter(entry -> Names.MANAGER.equals(entry.getManager()) && "Apply".equals(entry.getOperation()))
                .filter(entry -> entry.getFieldsV1() != null)
                .anyMatch(entry -> entry.getFieldsV1().getAdditionalProperties().get("f:spec") instanceof Map<?, ?> spec
                        && spec.containsKey("f:replicas"));
    }

    private void handOver(Deployment deployment) {
        Deployment count = new io.fabric8.kubernetes.api.model.apps.DeploymentBuilder()
                .withNewMetadata()
                .withName(deployment.getMetadata().getName())
                .withNamespace(deployment.getMetadata().getNamespace())
                .endMetadata()
                .withNewSpec()
                .withReplicas(deployment.getSpec().getReplicas())
                .endSpec()
                .build();
        client.resource(count).fieldManager(HANDOVER).forceConflicts().serverSideApply();
    }

    void retire(RevisionObjects revisions, ControllerRevision record, OwnerReference owner) {
        RevisionObjects.Recorded recorded = RevisionObjects.read(record);
        String name = recorded.revision().name();
        applier.absent(revisions.namedAutoscaler(name), owner.getUid());
        applier.absent(revisions.deployment(recorded, Optional.empty()), owner.getUid());
        applier.absent(revisions.disruptionBudget(name), owner.getUid());
        applier.absent(revisions.service(name), owner.getUid());
        applier.absent(revisions.config(recorded), owner.getUid());
    }
}
