package dev.ragops.operator.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.api.v1alpha1.AutoscalingSpec;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.revision.Revisions;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds the objects of one revision. */
public final class RevisionObjects {
    private static final String RECORD_KEY = "revision";
    private static final String TEMPLATE_KEY = "template";
    private static final String CONFIG_KEY = "config";
    private static final ObjectMapper JSON = Serialization.jsonMapper();

    private final Names names;

    public RevisionObjects(Names names) {
        this.names = names;
    }

    /** A revision as recorded: what identifies it, and its pod and overrides as rendered when it was cut. */
    public record Recorded(Revision revision, PodTemplateSpec template, String config) {
        /** What a runtime reports as its {@code configDigest} when it reads {@link #config()}. */
        public String configFileDigest() {
            return Revisions.sha256(config);
        }
    }

    /** The record, which is written once and never changed. */
    public ControllerRevision record(RagModelSpec spec, Revision revision, Defaults defaults, long number) {
        var data = JSON.createObjectNode();
        data.set(RECORD_KEY, JSON.valueToTree(revision));
        data.set(TEMPLATE_KEY, JSON.valueToTree(RuntimeTemplate.render(names, spec, revision, defaults)));
        data.put(CONFIG_KEY, ConfigJson.of(spec.config()));
        return new ControllerRevisionBuilder()
                .withMetadata(names.metadata(revision.name(), Names.RUNTIME, revision.name()))
                .withRevision(number)
                .withData(data)
                .build();
    }

    public static Recorded read(ControllerRevision record) {
        var data = JSON.valueToTree(record.getData());
        return new Recorded(
                JSON.convertValue(data.path(RECORD_KEY), Revision.class),
                JSON.convertValue(data.path(TEMPLATE_KEY), PodTemplateSpec.class),
                data.path(CONFIG_KEY).asText("{}"));
    }

    public ConfigMap config(Recorded recorded) {
        return new ConfigMapBuilder()
                .withMetadata(names.metadata(
                        recorded.revision().name(),
                        Names.RUNTIME,
                        recorded.revision().name()))
                .withData(Map.of("config.json", recorded.config()))
                .build();
    }

    /** @param replicas empty where an autoscaler chooses */
    public Deployment deployment(Recorded recorded, Optional<Integer> replicas) {
        String revision = recorded.revision().name();
        return new DeploymentBuilder()
                .withMetadata(names.metadata(revision, Names.RUNTIME, revision))
                .withNewSpec()
                .withReplicas(replicas.orElse(null))
                .withProgressDeadlineSeconds(600)
                .withStrategy(Pods.oneByOne())
                .withNewSelector()
                .withMatchLabels(Map.of(Names.NAME_LABEL, Names.RUNTIME, Names.REVISION_LABEL, revision))
                .endSelector()
                .withTemplate(recorded.template())
                .endSpec()
                .build();
    }

    public Service service(String revision) {
        return new ServiceBuilder()
                .withMetadata(names.metadata(revision, Names.RUNTIME, revision))
                .withNewSpec()
                .withClusterIP("None")
                .withSelector(Map.of(Names.NAME_LABEL, Names.RUNTIME, Names.REVISION_LABEL, revision))
                .addNewPort()
                .withName("http")
                .withPort(RuntimeTemplate.PORT)
                .withTargetPort(new IntOrString("http"))
                .endPort()
                .endSpec()
                .build();
    }

    public PodDisruptionBudget disruptionBudget(String revision) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(names.metadata(revision, Names.RUNTIME, revision))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withNewSelector()
                .withMatchLabels(Map.of(Names.NAME_LABEL, Names.RUNTIME, Names.REVISION_LABEL, revision))
                .endSelector()
                .endSpec()
                .build();
    }

    /** By name only, to be taken away. */
    public HorizontalPodAutoscaler namedAutoscaler(String revision) {
        return new HorizontalPodAutoscalerBuilder()
                .withNewMetadata()
                .withName(revision)
                .withNamespace(names.namespace())
                .endMetadata()
                .build();
    }

    /** @param floor replicas that a running rollout keeps */
    public HorizontalPodAutoscaler autoscaler(String revision, AutoscalingSpec spec, int floor) {
        int min = Math.max(spec.minReplicas(), floor);
        return new HorizontalPodAutoscalerBuilder()
                .withMetadata(names.metadata(revision, Names.RUNTIME, revision))
                .withNewSpec()
                .withNewScaleTargetRef("apps/v1", "Deployment", revision)
                .withMinReplicas(min)
                .withMaxReplicas(Math.max(min, spec.maxReplicas()))
                .addNewMetric()
                .withType("Resource")
                .withNewResource()
                .withName("cpu")
                .withNewTarget()
                .withType("Utilization")
                .withAverageUtilization(percent(spec.targetCPUUtilization()))
                .endTarget()
                .endResource()
                .endMetric()
                .endSpec()
                .build();
    }

    private static int percent(@Nullable Integer value) {
        return value == null ? 70 : value;
    }
}
