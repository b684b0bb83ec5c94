package dev.ragops.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.operator.outside.ReadableSecrets;
import dev.ragops.operator.rollout.collect.ClusterGateways;
import dev.ragops.operator.rollout.collect.GatewayEvidence;
import dev.ragops.operator.rollout.collect.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@SuppressWarnings("NullAway.Init") // the extension sets the client
class ClusterReadersTest {
    KubernetesClient client;

    private static final Subject SUBJECT = new Subject(
            "default",
            "r",
            "support",
            "model-uid",
            1,
            Duration.ofSeconds(1),
            Optional.empty(),
            false,
            Optional.empty());

    private void create(String yaml) {
        client.load(new java.io.ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .create();
    }

    private void service(String owner) {
        create("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: support
                  namespace: default
                  ownerReferences: [{apiVersion: ragops.dev/v1alpha1, kind: RagModel, name: support, uid: %s, controller: true}]
                spec: {ports: [{port: 80}]}
                """.formatted(owner));
        String uid = client.services()
                .inNamespace("default")
                .withName("support")
                .get()
                .getMetadata()
                .getUid();
        create("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: support-1
                  namespace: default
                  labels: {kubernetes.io/service-name: support}
                  ownerReferences: [{apiVersion: v1, kind: Service, name: support, uid: %s, controller: true}]
                addressType: IPv4
                endpoints:
                  - {addresses: [10.0.0.1], conditions: {ready: true}, targetRef: {kind: Pod, name: gw-1}}
                  - {addresses: [10.0.0.2], conditions: {ready: false}, targetRef: {kind: Pod, name: gw-2}}
                  - {addresses: ["fd00::1"]}
                """.formatted(uid));
        create("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: stranger, namespace: default, labels: {kubernetes.io/service-name: support}}
                addressType: IPv4
                endpoints: [{addresses: [10.6.6.6], conditions: {ready: true}}]
                """);
    }

    @Test
    void gateways_are_found_by_ownership() {
        service("model-uid");
        assertThat(new ClusterGateways(client).ready(SUBJECT))
                .containsExactly(
                        new GatewayEvidence.Gateway("gw-1", "10.0.0.1:9090"),
                        new GatewayEvidence.Gateway("fd00::1", "[fd00::1]:9090"));
    }

    @Test
    void a_service_of_the_same_name_that_is_not_ours_is_left_alone() {
        service("someone-else");
        assertThat(new ClusterGateways(client).ready(SUBJECT)).isEmpty();
    }

    @Test
    void without_a_service_there_are_no_gateways() {
        assertThat(new ClusterGateways(client).ready(SUBJECT)).isEmpty();
    }

    @Test
    void the_evidence_key_comes_from_the_models_own_secret_only() {
        ClusterGateways gateways = new ClusterGateways(client);
        assertThatThrownBy(() -> gateways.evidenceKeys(SUBJECT)).hasMessageContaining("support-keys");
        create("""
                apiVersion: v1
                kind: Secret
                metadata:
                  name: support-keys
                  namespace: default
                  ownerReferences: [{apiVersion: ragops.dev/v1alpha1, kind: RagModel, name: support, uid: model-uid, controller: true}]
                data: {evidence-key: a2V5}
                """);
        assertThat(gateways.evidenceKeys(SUBJECT).current()).asString().isEqualTo("key");
    }

    @Test
    void a_secret_is_read_only_if_it_is_labelled_for_it() {
        ReadableSecrets secrets = new ReadableSecrets(client);
        assertThatThrownBy(() -> secrets.read("default", "mlflow")).hasMessageContaining("no Secret mlflow");
        create("""
                apiVersion: v1
                kind: Secret
                metadata: {name: private, namespace: default}
                data: {token: eA==}
                """);
        assertThatThrownBy(() -> secrets.read("default", "private")).hasMessageContaining("ragops.dev/readable=true");
        create("""
                apiVersion: v1
                kind: Secret
                metadata: {name: mlflow, namespace: default, labels: {ragops.dev/readable: "true"}}
                data: {token: eA==}
                """);
        assertThat(secrets.read("default", "mlflow")).containsEntry("token", "x");
    }

    @Test
    void the_models_memory_says_what_was_rejected() {
        RouteMemory memory = new RouteMemory(client);
        assertThat(memory.rejected("default", "support")).isEmpty();
        create("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: support-route, namespace: default}
                data:
                  memory.json: |
                    {"rejected": [{"revision": "support-b", "version": "2", "digest": "d", "configDigest": "c", "reason": "slow",
                     "at": "2026-01-01T00:00:00Z"}, {"revision": "support-c"}]}
                """);
        assertThat(memory.rejected("default", "support"))
                .extracting(r -> r.revision().name())
                .containsExactly("support-b", "support-c");
        assertThatThrownBy(() -> RouteMemory.parse("{")).hasMessageContaining("not JSON");
    }
}
