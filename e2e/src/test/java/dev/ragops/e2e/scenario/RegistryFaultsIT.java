package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.Waiting;
import dev.ragops.e2e.faults.Fault;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the registry says or fails to say, the condition names it, and nothing gets a pod. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryFaultsIT {
    private static final Map<Fault, List<String>> WORDS = Map.of(
            Fault.HOST_CHECK, List.of("403", "host"),
            Fault.UNAUTHORIZED, List.of("401"),
            Fault.FORBIDDEN, List.of("403"),
            Fault.BROKEN, List.of("500"),
            Fault.STRANGER, List.of("MLflow"),
            Fault.NOT_FOUND, List.of("not MLflow"),
            Fault.HANG, List.of("did not answer within"));

    private final Stage stage = new Stage(RegistryFaultsIT.class);

    @BeforeAll
    void registriesThatMisbehave() {
        stage.baseline();
        stage.cluster().mustApply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: faults, labels: {app: faults}}
                spec:
                  automountServiceAccountToken: false
                  securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
                  containers:
                    - name: faults
                      image: %s
                      imagePullPolicy: IfNotPresent
                      command: [/jre/bin/java, -XX:+UseSerialGC, -cp, "/app/ragops-e2e.jar", dev.ragops.e2e.faults.Main]
                      readinessProbe: {httpGet: {path: /stranger, port: 8080}, periodSeconds: 1}
                      resources: {limits: {memory: 128Mi}}
                      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
                      volumeMounts: [{name: tmp, mountPath: /tmp}]
                  volumes: [{name: tmp, emptyDir: {}}]
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: faults}
                spec: {selector: {app: faults}, ports: [{port: 8080}]}
                """.formatted(stage.surroundings().image("ragops-e2e")));
        Waiting.until(
                "the faulty registries",
                Duration.ofSeconds(60),
                () -> Readiness.isPodReady(stage.client()
                        .pods()
                        .inNamespace(stage.cluster().namespace())
                        .withName("faults")
                        .get()),
                () -> "not ready");
    }

    @AfterAll
    void leave() {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRegistryThatMisbehavesIsNamed(Fault fault) {
        String name = fault.path();
        stage.cluster()
                .mustApply(stage.modelOf(
                        name,
                        "http://faults.%s.svc:8080/%s".formatted(stage.cluster().namespace(), fault.path()),
                        Stage.REGISTERED,
                        stage.alias()));

        stage.awaitCondition(
                name, "Resolved", "False", WORDS.getOrDefault(fault, List.of()).toArray(String[]::new));
        assertNoPods(name);
    }

    @Test
    void aRegistryThatIsStoppedIsNamed() {
        // Port 9 of the same pod: nobody listens there.
        stage.cluster().mustApply(stage.modelOf("stopped", "http://127.0.0.1:9", Stage.REGISTERED, stage.alias()));

        stage.awaitCondition("stopped", "Resolved", "False", "127.0.0.1:9");
        assertNoPods("stopped");
    }

    @Test
    void anUnknownModelIsNamed() {
        stage.cluster()
                .mustApply(stage.modelOf(
                        "no-model",
                        stage.surroundings().registryInCluster().toString(),
                        "no-such-model",
                        "production"));

        stage.awaitCondition("no-model", "Resolved", "False", "no-such-model");
        assertNoPods("no-model");
    }

    @Test
    void anUnknownAliasIsNamed() {
        stage.cluster()
                .mustApply(stage.modelOf(
                        "no-alias",
                        stage.surroundings().registryInCluster().toString(),
                        Stage.REGISTERED,
                        "no-such-alias"));

        stage.awaitCondition("no-alias", "Resolved", "False", "no-such-alias");
        assertNoPods("no-alias");
    }

    @Test
    void anUnknownVersionIsNamed() {
        stage.cluster()
                .mustApply(stage.modelOf(
                                "no-version",
                                stage.surroundings().registryInCluster().toString(),
                                Stage.REGISTERED,
                                "unused")
                        .replace("alias: \"unused\"", "version: \"987654\""));

        stage.awaitCondition("no-version", "Resolved", "False", "987654");
        assertNoPods("no-version");
    }

    private void assertNoPods(String model) {
        assertThat(stage.client()
                        .pods()
                        .inNamespace(stage.cluster().namespace())
                        .withLabel("ragops.dev/model", model)
                        .withLabel("app.kubernetes.io/name", "rag-runtime")
                        .list()
                        .getItems())
                .isEmpty();
    }
}
