package dev.ragops.e2e.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Installs the operator the way a user does, with the chart, and knows how to get rid of one of its pods. */
public final class Operator {
    private static final String NAMESPACE = "ragops-system";
    private static final String RELEASE = "ragops";

    private final KubernetesClient client;
    private final Command command;
    private final Surroundings surroundings;

    public Operator(KubernetesClient client, Command command, Surroundings surroundings) {
        this.client = client;
        this.command = command;
        this.surroundings = surroundings;
    }

    /** Installs or upgrades, and waits until its pods are ready. */
    public void install(int replicas) {
        List<String> helm = new ArrayList<>(List.of(
                "helm",
                "upgrade",
                "--install",
                RELEASE,
                surroundings.root().resolve("helm/ragops").toString(),
                "--namespace",
                NAMESPACE,
                "--create-namespace",
                "--wait",
                "--timeout",
                "120s",
                "--set",
                "replicas=" + replicas,
                "--set",
                "image.repository=" + surroundings.imagePrefix() + "ragops-operator",
                "--set",
                "image.tag=" + surroundings.imageTag(),
                "--set",
                "runtimeImage=" + surroundings.image("ragops-runtime"),
                "--set",
                "gatewayImage=" + surroundings.image("ragops-gateway")));
        try {
            command.run(Duration.ofSeconds(150), helm.toArray(String[]::new));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + System.lineSeparator() + lastLogLines(), e);
        }
    }

    /** Lets the operator read and write Secrets in a namespace: what its admin does, in the words of the chart's notes. */
    public void allowSecretsIn(String namespace) {
        Command.Result result = command.tryRun(
                "",
                Duration.ofSeconds(30),
                "kubectl",
                "--namespace",
                namespace,
                "create",
                "rolebinding",
                "ragops-secrets",
                "--clusterrole=ragops-secrets",
                "--serviceaccount=" + NAMESPACE + ":ragops-operator");
        if (result.code() != 0 && !result.output().contains("already exists")) {
            throw new IllegalStateException(result.output());
        }
    }

    public List<Pod> pods() {
        return client.pods()
                .inNamespace(NAMESPACE)
                .withLabels(Map.of("app.kubernetes.io/name", "ragops-operator"))
                .list()
                .getItems();
    }

    /** Kills every operator pod at once, without a chance to say goodbye. */
    public void kill() {
        for (Pod pod : pods()) {
            client.pods()
                    .inNamespace(NAMESPACE)
                    .withName(pod.getMetadata().getName())
                    .withGracePeriod(0)
                    .delete();
        }
    }

    public void awaitReady(Duration deadline) {
        Waiting.until(
                "a ready operator pod",
                deadline,
                () -> pods().stream()
                        .anyMatch(pod -> pod.getMetadata().getDeletionTimestamp() == null && Readiness.isPodReady(pod)),
                this::lastLogLines);
    }

    /** The end of the operator's log, for an error message. */
    public String lastLogLines() {
        return command.tryRun(
                        "",
                        Duration.ofSeconds(20),
                        "kubectl",
                        "--namespace",
                        NAMESPACE,
                        "logs",
                        "--tail=15",
                        "--selector",
                        "app.kubernetes.io/name=ragops-operator")
                .output();
    }
}
