package dev.ragops.e2e.scenario;

import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.e2e.cluster.Cluster;
import dev.ragops.e2e.cluster.Command;
import dev.ragops.e2e.cluster.Connection;
import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Operator;
import dev.ragops.e2e.cluster.Registry;
import dev.ragops.e2e.cluster.Surroundings;
import dev.ragops.e2e.cluster.Waiting;
import dev.ragops.e2e.demo.Bundles;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** Sets a namespace up for one test class and takes it away again: operator, registered versions, manifests, waiting. */
final class Stage implements AutoCloseable {
    static final String REGISTERED = "e2e-rag";
    static final String MODEL = "support";

    private static final KubernetesClient CLIENT = Connection.open();
    private static final Surroundings SURROUNDINGS = Surroundings.of(System.getenv());
    private static final Command COMMAND = new Command(SURROUNDINGS.root());
    private static final Bundles BUNDLES = new Bundles(SURROUNDINGS, COMMAND);
    private static final Registry REGISTRY = new Registry(SURROUNDINGS.registry());
    private static final Operator OPERATOR = new Operator(CLIENT, COMMAND, SURROUNDINGS);

    /** Registered once for all classes. */
    private static final class Versions {
        static final String BASELINE = BUNDLES.register("baseline", REGISTERED);
        static final String BETTER = BUNDLES.register("better", REGISTERED);
        static final String OVERLOADED = BUNDLES.register("overloaded", REGISTERED);
    }

    private static boolean installed;

    private final Cluster cluster;
    private final String alias;

    Stage(Class<?> test) {
        String name = "e2e-" + test.getSimpleName().replace("IT", "").toLowerCase(Locale.ROOT) + "-"
                + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
        install();
        this.cluster = new Cluster(CLIENT, COMMAND, name);
        this.alias = name;
        cluster.makeNamespace();
        OPERATOR.allowSecretsIn(name);
    }

    private static synchronized void install() {
        if (!installed) {
            OPERATOR.install(1);
            installed = true;
        }
    }

    Cluster cluster() {
        return cluster;
    }

    KubernetesClient client() {
        return CLIENT;
    }

    Command command() {
        return COMMAND;
    }

    Surroundings surroundings() {
        return SURROUNDINGS;
    }

    Registry registry() {
        return REGISTRY;
    }

    Operator operator() {
        return OPERATOR;
    }

    String baseline() {
        return Versions.BASELINE;
    }

    String better() {
        return Versions.BETTER;
    }

    String overloaded() {
        return Versions.OVERLOADED;
    }

    String alias() {
        return alias;
    }

    void alias(String version) {
        REGISTRY.moveAlias(REGISTERED, alias, version);
    }

    /** A RagModel of this stage; lines are added to its spec. */
    String model(String name, String... specLines) {
        return modelOf(name, SURROUNDINGS.registryInCluster().toString(), REGISTERED, alias, specLines);
    }

    String modelOf(String name, String registryUrl, String registered, String anAlias, String... specLines) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagModel
                metadata: {name: %s}
                spec:
                  registry: {url: "%s", pollInterval: 2s}
                  model: {name: "%s", alias: "%s"}
                  runtime: {replicas: 1}
                  gateway: {replicas: 1}
                  objectives:
                    - {name: availability, target: "99%%"}
                    - {name: latency, class: retrieval, target: "90%%", threshold: 500ms}
                """.formatted(name, registryUrl, registered, anAlias));
        for (String line : specLines) {
            yaml.append("  ").append(line).append('\n');
        }
        return yaml.toString();
    }

    /** A RagRollout with quick steps; lines are added to its spec. */
    String rollout(String name, String model, String... specLines) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagRollout
                metadata: {name: %s}
                spec:
                  modelRef: {name: %s}
                  analysis: {interval: 1s, onInconclusive: Continue}
                  scaleDownDelay: 2s
                """.formatted(name, model));
        for (String line : specLines) {
            yaml.append("  ").append(line).append('\n');
        }
        return yaml.toString();
    }

    /** Makes the baseline serve. */
    void serveBaseline(String... specLines) {
        alias(baseline());
        cluster.mustApply(model(MODEL, specLines));
        awaitModel(
                MODEL,
                "Ready",
                status -> Cluster.condition(status.conditions(), "Ready")
                        .filter(condition -> "True".equals(condition.getStatus()))
                        .isPresent());
    }

    LoadPod users() {
        LoadPod users = new LoadPod(CLIENT, cluster.namespace(), "users", SURROUNDINGS.image("ragops-e2e"));
        users.start("http://%s.%s.svc/query".formatted(MODEL, cluster.namespace()), 20, BUNDLES.questions());
        return users;
    }

    RagModelStatus awaitModel(String name, String what, Predicate<RagModelStatus> wanted) {
        return Waiting.value(
                "RagModel " + name + ": " + what,
                Duration.ofSeconds(90),
                () -> cluster.modelStatus(name).filter(wanted),
                () -> cluster.inWords(name));
    }

    RagRolloutStatus awaitRollout(String name, String what, Predicate<RagRolloutStatus> wanted) {
        return Waiting.value(
                "RagRollout " + name + ": " + what,
                Duration.ofSeconds(120),
                () -> cluster.rolloutStatus(name).filter(wanted),
                () -> cluster.inWords(MODEL) + "; "
                        + cluster.rolloutStatus(name).map(Objects::toString).orElse("no status"));
    }

    /** Waits for a condition of a model that is False (or True) and says something of this. */
    Condition awaitCondition(String name, String type, String status, String... words) {
        return Waiting.value(
                "RagModel %s: %s=%s with %s".formatted(name, type, status, List.of(words)),
                Duration.ofSeconds(60),
                () -> cluster.modelStatus(name)
                        .flatMap(seen -> Cluster.condition(seen.conditions(), type))
                        .filter(condition -> status.equals(condition.getStatus()) && says(condition, words)),
                () -> cluster.inWords(name));
    }

    /** The revision users have. */
    Optional<String> stable(String name) {
        return cluster.modelStatus(name).map(RagModelStatus::route).map(RouteStatus::stable);
    }

    private static boolean says(Condition condition, String... words) {
        String text = (condition.getReason() + " " + condition.getMessage()).toLowerCase(Locale.ROOT);
        for (String word : words) {
            if (!text.contains(word.toLowerCase(Locale.ROOT))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        cluster.deleteNamespace();
    }
}
