package dev.ragops.e2e.demo;

import dev.ragops.api.v1alpha1.ObjectiveSpec;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.api.v1alpha1.TargetStatus;
import dev.ragops.e2e.cluster.Cluster;
import dev.ragops.e2e.cluster.Command;
import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Memory;
import dev.ragops.e2e.cluster.Operator;
import dev.ragops.e2e.cluster.Recorder;
import dev.ragops.e2e.cluster.Registry;
import dev.ragops.e2e.cluster.Surroundings;
import dev.ragops.e2e.cluster.Waiting;
import dev.ragops.e2e.load.LoadReport;
import dev.ragops.e2e.report.Claim;
import dev.ragops.e2e.report.Moment;
import dev.ragops.e2e.report.Timeline;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The main job, end to end: a first version serves, a better one walks through shadow, A/B and canary, a bad one is taken
 * back, and no user notices. Every chapter waits for what the product shows a user, and fails with what it showed instead.
 */
final class Story {
    static final String NAMESPACE = "ragops-demo";
    static final String MODEL = "support";
    private static final String REGISTERED = "support-rag";
    private static final String ALIAS = "production";
    private static final int RATE = 60;
    private static final int ASKED_RATE = 50;
    private static final int CALM_SECONDS = 5;

    private final Screen screen;
    private final Cluster cluster;
    private final Operator operator;
    private final Registry registry;
    private final Bundles bundles;
    private final LoadPod users;
    private final Memory memory;
    private final Surroundings surroundings;
    private final List<Claim> claims = new ArrayList<>();

    Story(Screen screen, KubernetesClient client, Surroundings surroundings) {
        Command command = new Command(surroundings.root());
        this.screen = screen;
        this.surroundings = surroundings;
        this.cluster = new Cluster(client, command, NAMESPACE);
        this.operator = new Operator(client, command, surroundings);
        this.registry = new Registry(surroundings.registry());
        this.bundles = new Bundles(surroundings, command);
        this.users = new LoadPod(client, NAMESPACE, "users", surroundings.image("ragops-e2e"));
        this.memory = new Memory(client);
    }

    List<Claim> tell() {
        try {
            play();
        } catch (RuntimeException e) {
            screen.bad(String.valueOf(e.getMessage()));
            screen.line("state: " + safely(() -> cluster.inWords(MODEL)));
            screen.line("operator's log: " + safely(operator::lastLogLines));
            claims.add(Claim.of("the story came to its end", false, "broke off", "all chapters"));
        } finally {
            users.close();
        }
        return claims;
    }

    private void play() {
        screen.chapter("Installing the operator with its Helm chart");
        cluster.makeNamespace();
        operator.install(1);
        operator.allowSecretsIn(NAMESPACE);
        screen.good("operator ready, allowed to keep keys in " + NAMESPACE);

        screen.chapter("Registering three versions of " + REGISTERED + " in MLflow");
        String baseline = bundles.register("baseline", REGISTERED);
        screen.good("v" + baseline + " baseline");
        String better = bundles.register("better", REGISTERED);
        screen.good("v" + better + " better");
        String overloaded = bundles.register("overloaded", REGISTERED);
        screen.good("v" + overloaded + " overloaded: answers well, but breaks the latency objective");
        registry.moveAlias(REGISTERED, ALIAS, baseline);

        try (Recorder recorder = new Recorder(cluster, MODEL)) {
            firstVersion(recorder, baseline);
            goodVersion(recorder, baseline, better);
            badVersion(recorder, better, overloaded);
            resident();
            afterwards(recorder.timeline());
        }
    }

    private void firstVersion(Recorder recorder, String version) {
        screen.chapter("kubectl apply: a RagModel, and a RagRollout beside it");
        long begin = System.nanoTime();
        cluster.mustApply(manifest("ragmodel.yaml"));
        cluster.mustApply(manifest("ragrollout.yaml"));
        await(
                "v" + version + " serves",
                Duration.ofSeconds(90),
                () -> cluster.modelStatus(MODEL)
                        .filter(status -> conditionIs(status, "Ready", "True"))
                        .isPresent());
        recorder.watchGateways();
        users.start("http://" + MODEL + "." + NAMESPACE + ".svc/query", RATE, bundles.questions());
        LoadReport first =
                awaitReport("the first answer", report -> report.versions().containsKey(version));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        screen.good("v%s answers users after %.1f s".formatted(version, took.toMillis() / 1000.0));
        claims.add(Claim.of(
                "RagModel applied: pods serve, the gateway answers",
                first.versions().containsKey(version),
                String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0),
                "an answer of v" + version));
        awaitCalm();
    }

    /** A rollout compares with what users have: while all pods of a slow machine are still compiling, that says nothing. */
    private void awaitCalm() {
        Deque<LoadReport> seen = new ArrayDeque<>();
        long promised = promisedLatency().toMillis();
        await("answers within " + promised + " ms for " + CALM_SECONDS + " seconds", Duration.ofSeconds(60), () -> {
            users.latest()
                    .filter(report -> seen.isEmpty()
                            || report.elapsedMillis() > seen.getLast().elapsedMillis())
                    .ifPresent(seen::add);
            if (seen.size() > CALM_SECONDS) {
                seen.remove();
            }
            return seen.size() == CALM_SECONDS
                    && seen.stream()
                            .allMatch(report -> report.window().latency().p95() <= promised);
        });
    }

    private void goodVersion(Recorder recorder, String before, String version) {
        screen.chapter("Moving the alias '%s' to v%s, the better one".formatted(ALIAS, version));
        moveAlias(recorder, version);
        String revision = awaitTarget(version);
        RagRolloutStatus done = awaitRollout("v" + version + " promoted", Duration.ofSeconds(150), status -> {
            failIfOver(status, revision);
            return status.stable() != null && revision.equals(status.stable().revision()) && stableIs(revision);
        });
        screen.good("v%s is stable: %s".formatted(version, Objects.requireNonNullElse(done.message(), "")));
        LoadReport report = awaitReport(
                "only answers of v" + version,
                now -> !now.window().versions().containsKey(before)
                        && now.window().versions().getOrDefault(version, 0L) > 0);

        Timeline timeline = recorder.timeline();
        claims.add(Claim.within(
                "alias moved, candidate pod started (pollInterval + 5 s)",
                timeline.aliasToPod(version, revision),
                pollInterval().plusSeconds(5)));
        List<String> kinds = timeline.stepKinds(revision);
        claims.add(Claim.of(
                "the better version walked every step",
                kinds.containsAll(List.of("shadow", "ab", "canary")),
                String.join(", ", kinds),
                "shadow, ab, canary"));
        claims.add(Claim.of(
                "and was promoted: all users have it",
                report.window().versions().keySet().equals(Set.of(version)),
                "v" + String.join(", v", report.window().versions().keySet()),
                "v" + version));
        awaitOutcome(version, "promoted");
    }

    private void badVersion(Recorder recorder, String stable, String version) {
        screen.chapter("Moving the alias '%s' to v%s, the one that breaks an objective".formatted(ALIAS, version));
        moveAlias(recorder, version);
        String revision = awaitTarget(version);
        RagRolloutStatus done = awaitRollout(
                "v" + version + " rolled back",
                Duration.ofSeconds(150),
                status -> status.rejected().stream()
                                .map(RejectedRevision::revision)
                                .anyMatch(revision::equals)
                        && "RolledBack".equals(status.phase()));
        screen.good("taken back: " + Objects.requireNonNullElse(done.message(), ""));
        LoadReport report = awaitReport(
                "only answers of v" + stable,
                now -> now.window().versions().keySet().equals(Set.of(stable)));
        Duration asked = analysisInterval().plusSeconds(2);
        // The last look of every gateway is due within a second.
        awaitMoment(
                recorder,
                timeline -> timeline.breachToZero(revision, analysisInterval()).isPresent());
        claims.add(Claim.within(
                "breach seen, candidate at zero (one interval + 2 s)",
                recorder.timeline().breachToZero(revision, analysisInterval()),
                asked));
        claims.add(Claim.of(
                "the bad version was taken back: users have v" + stable,
                report.window().versions().keySet().equals(Set.of(stable)),
                "v" + String.join(", v", report.window().versions().keySet()),
                "v" + stable));
        awaitOutcome(version, "rolled-back");
    }

    private void afterwards(Timeline timeline) {
        screen.chapter("Counting");
        claims.add(Claim.within(
                "a change of the route is effective on every gateway (slowest of " + timeline.routeChanges() + ")",
                timeline.slowestRouteChange(),
                Duration.ofSeconds(2)));
        LoadReport last = users.finish();
        claims.add(Claim.of(
                "failed user requests, start to end",
                last.failed() == 0 && last.done() > 0 && last.done() == last.sent(),
                "%d of %d".formatted(last.failed(), last.done()),
                "0"));
        if (last.failed() > 0) {
            last.lastFailures().forEach(failure -> screen.bad("a user saw: " + failure));
        }
        claims.add(Claim.of(
                "offered and answered all the while",
                last.rate() >= ASKED_RATE,
                String.format(
                        Locale.ROOT,
                        "%.1f/s, p95 %.0f ms",
                        last.rate(),
                        last.latency().p95()),
                ">= " + ASKED_RATE + "/s"));
        claims.add(Claim.within("the whole run", Optional.of(screen.elapsed()), Duration.ofMinutes(5)));
    }

    private void resident() {
        Pod leader = operator.pods().stream()
                .filter(Readiness::isPodReady)
                .findFirst()
                .orElseThrow();
        claims.add(Claim.resident("resident: operator", memory.resident(leader, 8080, "/q/metrics"), 256));
        claims.add(Claim.resident("resident: gateway", most(cluster.gateways(MODEL), 9090), 128));
        String stable = cluster.modelStatus(MODEL)
                .map(RagModelStatus::route)
                .map(RouteStatus::stable)
                .orElse("");
        claims.add(Claim.resident("resident: runtime", most(cluster.pods(stable), 8080), 400));
    }

    private Optional<Long> most(List<Pod> pods, int port) {
        return pods.stream()
                .map(pod -> memory.resident(pod, port, "/metrics"))
                .flatMap(Optional::stream)
                .max(Long::compare);
    }

    /** A version that was taken back will not be promoted any more: nothing to wait for. */
    private static void failIfOver(RagRolloutStatus status, String revision) {
        if (status.rejected().stream().map(RejectedRevision::revision).anyMatch(revision::equals)) {
            throw new IllegalStateException("the better version was taken back: " + status.message());
        }
    }

    private void moveAlias(Recorder recorder, String version) {
        recorder.add(new Moment.AliasMoved(System.currentTimeMillis(), version));
        registry.moveAlias(REGISTERED, ALIAS, version);
    }

    /** The revision that a version became. */
    private String awaitTarget(String version) {
        return Waiting.value(
                "v" + version + " as target",
                Duration.ofSeconds(60),
                () -> cluster.modelStatus(MODEL)
                        .map(RagModelStatus::target)
                        .filter(target -> version.equals(target.version()))
                        .map(TargetStatus::revision),
                () -> cluster.inWords(MODEL));
    }

    private boolean stableIs(String revision) {
        return cluster.modelStatus(MODEL)
                .map(RagModelStatus::route)
                .filter(route -> revision.equals(route.stable()) && Boolean.TRUE.equals(route.verified()))
                .isPresent();
    }

    private void awaitOutcome(String version, String outcome) {
        String key = "ragops.%s.%s.outcome".formatted(NAMESPACE, MODEL);
        Optional<String> seen;
        try {
            seen = Optional.of(Waiting.value(
                    "the tag " + key,
                    Duration.ofSeconds(20),
                    () -> Optional.ofNullable(registry.tags(REGISTERED, version).get(key))
                            .filter(outcome::equals),
                    () -> String.valueOf(registry.tags(REGISTERED, version))));
        } catch (Waiting.NotSeen e) {
            screen.bad(String.valueOf(e.getMessage()));
            seen = Optional.empty();
        }
        claims.add(Claim.of("MLflow says so on v" + version, seen.isPresent(), seen.orElse("no such tag"), outcome));
    }

    private RagRolloutStatus awaitRollout(String what, Duration deadline, Predicate<RagRolloutStatus> wanted) {
        return Waiting.value(
                what,
                deadline,
                () -> {
                    Optional<RagRolloutStatus> status = cluster.rolloutStatus(MODEL);
                    screen.live(Narrator.key(status), Narrator.line(status, users.latest()));
                    return status.filter(wanted);
                },
                () -> cluster.inWords(MODEL));
    }

    private LoadReport awaitReport(String what, Predicate<LoadReport> wanted) {
        return Waiting.value(
                what,
                Duration.ofSeconds(30),
                () -> users.latest().filter(wanted),
                () -> String.valueOf(users.latest()));
    }

    private void await(String what, Duration deadline, BooleanSupplier condition) {
        Waiting.until(
                what,
                deadline,
                () -> {
                    Optional<RagRolloutStatus> status = cluster.rolloutStatus(MODEL);
                    screen.live(
                            cluster.modelStatus(MODEL)
                                    .map(model -> Cluster.inWords(model.conditions()))
                                    .orElse(""),
                            Narrator.line(status, users.latest()));
                    return condition.getAsBoolean();
                },
                () -> cluster.inWords(MODEL));
    }

    private static void awaitMoment(Recorder recorder, Predicate<Timeline> wanted) {
        try {
            Waiting.until(
                    "every gateway's word", Duration.ofSeconds(8), () -> wanted.test(recorder.timeline()), () -> "");
        } catch (Waiting.NotSeen e) {
            // The claim made of it says "not seen".
        }
    }

    private static boolean conditionIs(RagModelStatus status, String type, String value) {
        return Cluster.condition(status.conditions(), type)
                .filter(condition -> value.equals(condition.getStatus()))
                .isPresent();
    }

    private Duration pollInterval() {
        return cluster.model(MODEL)
                .map(RagModel::getSpec)
                .map(spec -> spec.registry().pollInterval())
                .map(Story::duration)
                .orElse(Duration.ofSeconds(30));
    }

    private Duration promisedLatency() {
        return cluster.model(MODEL).stream()
                .flatMap(model -> model.getSpec().objectives().stream())
                .map(ObjectiveSpec::threshold)
                .filter(Objects::nonNull)
                .map(Story::duration)
                .min(Comparator.naturalOrder())
                .orElseThrow(() -> new IllegalStateException("the sample promises no latency"));
    }

    private Duration analysisInterval() {
        return cluster.rollout(MODEL)
                .map(rollout -> rollout.getSpec().analysis())
                .map(analysis -> analysis.interval())
                .map(Story::duration)
                .orElse(Duration.ofSeconds(5));
    }

    /** The API's durations: {@code 1h30m}, {@code 500ms}. */
    static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }

    private String manifest(String file) {
        Path path = surroundings.root().resolve("samples/demo").resolve(file);
        try {
            return Files.readString(path)
                    .replace(
                            "http://mlflow.mlflow.svc:5000",
                            surroundings.registryInCluster().toString());
        } catch (IOException e) {
            throw new UncheckedIOException("no sample " + path, e);
        }
    }

    private static String safely(Supplier<String> text) {
        try {
            return text.get();
        } catch (RuntimeException e) {
            return "unknown: " + e.getMessage();
        }
    }
}
