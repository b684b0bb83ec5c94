package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RevisionReference;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.api.v1alpha1.StepStatus;
import dev.ragops.e2e.cluster.Cluster;
import dev.ragops.e2e.cluster.Command;
import dev.ragops.e2e.cluster.Connection;
import dev.ragops.e2e.cluster.Forge;
import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Operator;
import dev.ragops.e2e.cluster.Registry;
import dev.ragops.e2e.cluster.Surroundings;
import dev.ragops.e2e.cluster.Waiting;
import dev.ragops.e2e.demo.Bundles;
import dev.ragops.e2e.load.LoadReport;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** Sets a namespace up for one test class and takes it away again: operator, registered versions, manifests, waiting. */
final class Stage implements AutoCloseable {
    static final String REGISTERED = "e2e-rag";
    static final String MODEL = "support";

    /** Long: how quick the product is, the demo measures. */
    private static final Duration PATIENCE = Duration.ofSeconds(180);

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

    /** Begins a version that is not what it says. */
    Forge forge() {
        baseline();
        return new Forge(REGISTRY, REGISTERED);
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

    /** Twenty questions a second, until the pod is told to end. */
    LoadPod users() {
        return users(20);
    }

    LoadPod users(int ratePerSecond) {
        LoadPod users = new LoadPod(CLIENT, cluster.namespace(), "users", SURROUNDINGS.image("ragops-e2e"));
        users.start("http://%s.%s.svc/query".formatted(MODEL, cluster.namespace()), ratePerSecond, BUNDLES.questions());
        return users;
    }

    RagModelStatus awaitModel(String name, String what, Predicate<RagModelStatus> wanted) {
        return Waiting.value(
                "RagModel " + name + ": " + what,
                PATIENCE,
                () -> cluster.modelStatus(name).filter(wanted),
                () -> cluster.inWords(name));
    }

    RagRolloutStatus awaitRollout(String name, String what, Predicate<RagRolloutStatus> wanted) {
        return Waiting.value(
                "RagRollout " + name + ": " + what,
                PATIENCE,
                () -> cluster.rolloutStatus(name).filter(wanted),
                () -> cluster.inWords(MODEL) + "; "
                        + cluster.rolloutStatus(name).map(Objects::toString).orElse("no status"));
    }

    /**
     * Is what stands in a rollout's status of the revision on trial.
     *
     * @param step name of the step, empty between steps
     */
    record Trial(String revision, String version, int attempt, String step, RagRolloutStatus status) {
        static Optional<Trial> of(RagRolloutStatus status) {
            RevisionReference candidate = status.candidate();
            if (candidate == null || candidate.revision() == null || candidate.version() == null) {
                return Optional.empty();
            }
            StepStatus step = status.step();
            return Optional.of(new Trial(
                    candidate.revision(),
                    candidate.version(),
                    Objects.requireNonNullElse(status.attempt(), 0),
                    step == null || step.name() == null ? "" : step.name(),
                    status));
        }
    }

    /** Waits until the rollout named like the model waits for a person in this step. */
    Trial awaitPause(String step) {
        return awaitTrial(
                "waits in step " + step,
                trial -> "AwaitingApproval".equals(trial.status().phase()) && step.equals(trial.step()));
    }

    /** Waits until a candidate of the rollout named like the model is like this. */
    Trial awaitTrial(String what, Predicate<Trial> wanted) {
        RagRolloutStatus status =
                awaitRollout(MODEL, what, seen -> Trial.of(seen).filter(wanted).isPresent());
        return Trial.of(status).orElseThrow();
    }

    /** Waits until the rollout named like the model is in this phase. */
    RagRolloutStatus awaitPhase(String phase) {
        return awaitRollout(MODEL, phase, status -> phase.equals(status.phase()));
    }

    /** Whether the status speaks of the spec as it is now. */
    boolean isSeen(RagRolloutStatus status) {
        return cluster.rollout(MODEL)
                .map(rollout -> rollout.getMetadata().getGeneration())
                .equals(Optional.ofNullable(status.observedGeneration()));
    }

    /** Generation of the route that is in force on every gateway, 0 if none is. */
    long appliedGeneration() {
        return cluster.modelStatus(MODEL)
                .map(RagModelStatus::route)
                .filter(route -> Boolean.TRUE.equals(route.verified()))
                .map(RouteStatus::generation)
                .orElse(0L);
    }

    /** What a person says with kubectl: an approval, an abort, a retry, a promotion. */
    void intend(String json) {
        patch("ragrollout", "--field-manager=ragops-cli", "{\"spec\": " + json + "}");
    }

    /** Changes the spec of the model as its owner would. */
    void change(String json) {
        patch("ragmodel", "--field-manager=kubectl", "{\"spec\": " + json + "}");
    }

    private void patch(String kind, String manager, String json) {
        kubectl("patch", kind, MODEL, "--type=merge", manager, "--patch", json);
    }

    /** Runs kubectl in this stage's namespace; it must succeed. */
    String kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--namespace", cluster.namespace()));
        command.addAll(List.of(arguments));
        return COMMAND.run(Duration.ofSeconds(60), command.toArray(String[]::new));
    }

    /** Asserts of users that ended: every request was answered. */
    static void assertNobodyNoticed(LoadPod users) {
        LoadReport report = users.finish();
        assertThat(report.failed()).as("%s", report.lastFailures()).isZero();
        assertThat(report.done()).isEqualTo(report.sent()).isPositive();
    }

    /** Waits until users get answers of this version and of no other. */
    void awaitOnly(LoadPod users, String version) {
        Waiting.until(
                "only answers of v" + version,
                Duration.ofSeconds(60),
                () -> users.latest()
                        .filter(report -> report.window().versions().keySet().equals(Set.of(version)))
                        .isPresent(),
                () -> users.latest() + "; " + cluster.inWords(MODEL));
    }

    /** Waits for a condition of a model that is False (or True) and says something of this. */
    Condition awaitCondition(String name, String type, String status, String... words) {
        return Waiting.value(
                "RagModel %s: %s=%s with %s".formatted(name, type, status, List.of(words)),
                PATIENCE,
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
