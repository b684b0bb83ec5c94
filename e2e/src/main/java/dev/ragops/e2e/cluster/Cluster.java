package dev.ragops.e2e.cluster;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looks at one namespace of a cluster in the product's own words. */
public final class Cluster {
    private final KubernetesClient client;
    private final Command command;
    private final String namespace;

    public Cluster(KubernetesClient client, Command command, String namespace) {
        this.client = client;
        this.command = command;
        this.namespace = namespace;
    }

    public KubernetesClient client() {
        return client;
    }

    public String namespace() {
        return namespace;
    }

    /** Makes the namespace, held to the restricted pod security standard: what we run must fit. */
    public void makeNamespace() {
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .serverSideApply();
        Waiting.until(
                "the default ServiceAccount of " + namespace,
                Duration.ofSeconds(20),
                () -> client.serviceAccounts()
                                .inNamespace(namespace)
                                .withName("default")
                                .get()
                        != null,
                () -> "none");
    }

    public void deleteNamespace() {
        client.namespaces().withName(namespace).delete();
    }

    /** What {@code kubectl apply} makes of a manifest. */
    public Command.Result apply(String yaml) {
        return command.tryRun(
                yaml, Duration.ofSeconds(60), "kubectl", "apply", "--namespace", namespace, "--server-side", "-f", "-");
    }

    /** Applies a manifest that must be taken. */
    public void mustApply(String yaml) {
        Command.Result result = apply(yaml);
        if (result.code() != 0) {
            throw new IllegalStateException("kubectl apply said: " + result.output());
        }
    }

    public Optional<RagModel> model(String name) {
        return Optional.ofNullable(client.resources(RagModel.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    public Optional<RagModelStatus> modelStatus(String name) {
        return model(name).map(RagModel::getStatus);
    }

    public Optional<RagRollout> rollout(String name) {
        return Optional.ofNullable(client.resources(RagRollout.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    public Optional<RagRolloutStatus> rolloutStatus(String name) {
        return rollout(name).map(RagRollout::getStatus);
    }

    /** Pods of one revision. */
    public List<Pod> pods(String revision) {
        return client.pods()
                .inNamespace(namespace)
                .withLabel("ragops.dev/revision", revision)
                .list()
                .getItems();
    }

    /** Ready gateway pods of a model. */
    public List<Pod> gateways(String model) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel("ragops.dev/model", model)
                .withLabel("app.kubernetes.io/name", "rag-gateway")
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && Readiness.isPodReady(pod))
                .toList();
    }

    public static Optional<Condition> condition(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    /** {@code Ready=False NoRollout: …} of each condition, for a person. */
    public static String inWords(List<Condition> conditions) {
        return conditions.stream()
                .map(condition -> "%s=%s %s: %s"
                        .formatted(
                                condition.getType(),
                                condition.getStatus(),
                                condition.getReason(),
                                Objects.requireNonNullElse(condition.getMessage(), "")))
                .collect(Collectors.joining("; "));
    }

    /** What stands in the status of a model, its rollout and its pods: the second half of every error message. */
    public String inWords(String name) {
        String model = modelStatus(name)
                .map(status -> "RagModel " + inWords(status.conditions()))
                .orElse("RagModel without a status");
        String rollout = rolloutStatus(name)
                .map(status -> "; RagRollout %s %s %s"
                        .formatted(status.phase(), status.reason(), inWords(status.conditions())))
                .orElse("");
        String pods =
                client.pods().inNamespace(namespace).withLabel("ragops.dev/model", name).list().getItems().stream()
                        .map(pod -> pod.getMetadata().getName() + "="
                                + pod.getStatus().getPhase() + (Readiness.isPodReady(pod) ? " ready" : ""))
                        .collect(Collectors.joining(", "));
        return model + rollout + "; pods: " + pods;
    }
}
