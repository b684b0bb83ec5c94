package dev.ragops.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.revision.Revisions;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static final Names NAMES = new Names("team", "support");
    private static final Defaults DEFAULTS = new Defaults("runtime:1", "gateway:1", "IfNotPresent");
    private static final Resolution.Found FOUND = new Resolution.Found("3", "run", "d".repeat(64), Map.of());

    static RagModelSpec spec(String more) {
        RagModel model = Serialization.unmarshal("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagModel
                metadata: {name: support}
                spec:
                  registry: {url: "http://mlflow:5000", credentialsSecret: {name: mlflow}}
                  model: {name: support-rag, alias: production}
                """ + more.indent(2), RagModel.class);
        return model.getSpec();
    }

    private static PodTemplateSpec template(String more) {
        RagModelSpec spec = spec(more);
        return RuntimeTemplate.render(NAMES, spec, Revisions.cut("support", spec, FOUND), DEFAULTS);
    }

    private static Map<String, String> environment(Container container) {
        return container.getEnv().stream()
                .filter(variable -> variable.getValue() != null)
                .collect(java.util.stream.Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }

    @Nested
    class A_runtime_pod {
        @Test
        void is_restricted_and_holds_no_token() {
            PodSpec pod = template("").getSpec();

            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertRestricted(pod);
        }

        @Test
        void fetches_its_bundle_by_digest_in_an_init_container_that_alone_has_the_credentials() {
            PodSpec pod = template("").getSpec();
            Container fetch = pod.getInitContainers().getFirst();
            Container serve = pod.getContainers().getFirst();

            assertThat(environment(fetch))
                    .containsEntry("RAGOPS_MODEL_URI", "models:/support-rag/3")
                    .containsEntry("RAGOPS_BUNDLE_DIGEST", "d".repeat(64))
                    .containsKey("RAGOPS_REGISTRY_CREDENTIALS");
            assertThat(fetch.getVolumeMounts())
                    .anyMatch(mount -> mount.getName().equals("registry"));
            assertThat(serve.getVolumeMounts())
                    .noneMatch(mount -> mount.getName().equals("registry"));
            assertThat(fetch.getEnv())
                    .filteredOn(variable -> variable.getName().equals("RAGOPS_REGISTRY_URL"))
                    .allMatch(variable -> variable.getValueFrom()
                            .getConfigMapKeyRef()
                            .getName()
                            .equals("support-settings"));
        }

        @Test
        void without_a_store_says_so_to_the_runtime() {
            assertThat(environment(template("").getSpec().getContainers().getFirst()))
                    .containsEntry("RAGOPS_STORE", "none");
        }

        @Test
        void with_sqlite_mounts_the_claim_that_is_made_or_given() {
            PodSpec made = template("documents: {sqlite: {volumeClaim: {storage: 1Gi}}}")
                    .getSpec();
            PodSpec given = template("documents: {sqlite: {volumeClaim: {claimName: mine}}}")
                    .getSpec();

            assertThat(environment(made.getContainers().getFirst()))
                    .containsEntry("RAGOPS_STORE", "sqlite")
                    .containsEntry("RAGOPS_STORE_NAME", "team/support");
            assertThat(claims(made)).containsExactly("support-documents");
            assertThat(claims(given)).containsExactly("mine");
        }

        @Test
        void with_postgres_mounts_the_address_as_a_file() {
            PodSpec pod = template("documents: {postgres: {secret: {name: db, key: url}}}")
                    .getSpec();

            assertThat(environment(pod.getContainers().getFirst()))
                    .containsEntry("RAGOPS_STORE", "postgres")
                    .containsEntry("RAGOPS_POSTGRES_URL_FILE", "/var/run/ragops/postgres/url");
        }

        @Test
        void with_a_bundle_cache_looks_there_first() {
            PodSpec pod =
                    template("runtime: {bundleCache: {claimName: bundles}}").getSpec();

            assertThat(environment(pod.getInitContainers().getFirst())).containsEntry("RAGOPS_BUNDLE_CACHE", "/cache");
            assertThat(claims(pod)).containsExactly("bundles");
        }

        @Test
        void is_told_its_share_of_a_node_where_there_is_a_request_but_no_limit() {
            assertThat(template("").getSpec().getContainers().getFirst().getEnv())
                    .anyMatch(variable -> variable.getName().equals("RAGOPS_CPUS"));
            assertThat(template("runtime: {resources: {requests: {cpu: 1}, limits: {cpu: 2}}}")
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .getEnv())
                    .noneMatch(variable -> variable.getName().equals("RAGOPS_CPUS"));
        }

        @Test
        void takes_of_the_pod_template_what_is_allowed_and_keeps_our_labels() {
            PodTemplateSpec pod = template("""
                    runtime:
                      image: own:2
                      podTemplate:
                        labels: {team: search, ragops.dev/model: other, app.kubernetes.io/name: other}
                        annotations: {note: x}
                        nodeSelector: {disk: ssd}
                        tolerations: [{key: a, operator: Exists}]
                        priorityClassName: high
                        topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
                        env: [{name: LEVEL, value: debug}]
                    """);

            assertThat(pod.getMetadata().getLabels())
                    .containsEntry("team", "search")
                    .containsEntry("ragops.dev/model", "support")
                    .containsEntry("app.kubernetes.io/name", "rag-runtime");
            assertThat(pod.getMetadata().getAnnotations()).containsEntry("note", "x");
            assertThat(pod.getSpec().getNodeSelector()).containsEntry("disk", "ssd");
            assertThat(pod.getSpec().getTolerations()).hasSize(1);
            assertThat(pod.getSpec().getPriorityClassName()).isEqualTo("high");
            assertThat(pod.getSpec().getTopologySpreadConstraints())
                    .singleElement()
                    .matches(c -> c.getMaxSkew() == 2);
            assertThat(pod.getSpec().getContainers().getFirst().getImage()).isEqualTo("own:2");
            assertThat(environment(pod.getSpec().getContainers().getFirst())).containsEntry("LEVEL", "debug");
        }

        private List<String> claims(PodSpec pod) {
            return pod.getVolumes().stream()
                    .filter(volume -> volume.getPersistentVolumeClaim() != null)
                    .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                    .toList();
        }
    }

    static void assertRestricted(PodSpec pod) {
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        List<Container> containers = new java.util.ArrayList<>(pod.getContainers());
        containers.addAll(pod.getInitContainers());
        assertThat(containers).allSatisfy(container -> {
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
        });
        assertThat(pod.getVolumes()).allMatch(volume -> volume.getHostPath() == null);
    }

    @Nested
    class A_record {
        private final RevisionObjects objects = new RevisionObjects(NAMES);

        @Test
        void gives_back_the_revision_its_pod_and_its_overrides_as_they_were_rendered() {
            RagModelSpec spec = spec("""
                    config:
                      retrieval: {mode: lexical, topK: 3}
                      generation: {kind: generated, generator: {url: "http://llm/v1", model: small, apiKeySecret: {name: llm, key: token}}}
                    """);
            Revision revision = Revisions.cut("support", spec, FOUND);

            RevisionObjects.Recorded recorded =
                    RevisionObjects.read(Serialization.clone(objects.record(spec, revision, DEFAULTS, 7)));

            assertThat(recorded.revision()).isEqualTo(revision);
            assertThat(recorded.template()).isEqualTo(RuntimeTemplate.render(NAMES, spec, revision, DEFAULTS));
            assertThat(recorded.config())
                    .contains("\"mode\":\"lexical\"")
                    .contains("\"apiKeyFile\":\"/var/run/ragops/generator/token\"")
                    .doesNotContain("apiKeySecret");
            assertThat(objects.config(recorded).getData()).containsEntry("config.json", recorded.config());
        }

        @Test
        void makes_a_Deployment_whose_replicas_are_left_out_where_an_autoscaler_chooses() {
            RagModelSpec spec =
                    spec("runtime: {autoscaling: {minReplicas: 2, maxReplicas: 3, targetCPUUtilization: 60}}");
            Revision revision = Revisions.cut("support", spec, FOUND);
            RevisionObjects.Recorded recorded =
                    RevisionObjects.read(Serialization.clone(objects.record(spec, revision, DEFAULTS, 1)));

            Deployment free = objects.deployment(recorded, Optional.empty());
            Deployment fixed = objects.deployment(recorded, Optional.of(4));

            assertThat(free.getSpec().getReplicas()).isNull();
            assertThat(fixed.getSpec().getReplicas()).isEqualTo(4);
            assertThat(fixed.getSpec().getTemplate().getMetadata().getLabels())
                    .containsAllEntriesOf(fixed.getSpec().getSelector().getMatchLabels());
            var scaler = objects.autoscaler(
                    revision.name(),
                    java.util.Objects.requireNonNull(
                            java.util.Objects.requireNonNull(spec.runtime()).autoscaling()),
                    5);
            assertThat(scaler.getSpec().getMinReplicas()).isEqualTo(5);
            assertThat(scaler.getSpec().getMaxReplicas()).isEqualTo(5);
            assertThat(objects.service(revision.name()).getSpec().getClusterIP())
                    .isEqualTo("None");
            assertThat(objects.disruptionBudget(revision.name()).getMetadata().getName())
                    .isEqualTo(revision.name());
        }
    }

    @Nested
    class The_gateway {
        private final ModelObjects objects =
                new ModelObjects(NAMES, spec("gateway: {replicas: 3, image: own-gateway:1}"), DEFAULTS);
        private final GatewayObjects gateways = new GatewayObjects(
                NAMES,
                Optional.ofNullable(
                        spec("gateway: {replicas: 3, image: own-gateway:1}").gateway()),
                DEFAULTS);

        private <T extends HasMetadata> T one(Class<T> type, String name) {
            return gateways.all().stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .filter(object -> object.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void is_restricted_and_may_read_its_route_and_endpoints_only() {
            Deployment deployment = gateways.deployment();

            assertRestricted(deployment.getSpec().getTemplate().getSpec());
            assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
            assertThat(deployment
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .getImage())
                    .isEqualTo("own-gateway:1");
            Role role = one(Role.class, "support-gateway");
            assertThat(role.getRules())
                    .hasSize(2)
                    .allMatch(rule -> rule.getVerbs().equals(List.of("get", "list", "watch")));
            assertThat(role.getRules().getFirst().getResourceNames()).containsExactly("support-route");
        }

        @Test
        void has_objects_that_all_carry_our_labels_and_lie_in_the_models_namespace() {
            List<HasMetadata> all = new ArrayList<>(objects.all());
            all.addAll(gateways.all());
            all.add(gateways.deployment());
            all.add(gateways.service());
            assertThat(all).hasSize(10).allSatisfy(object -> {
                assertThat(object.getMetadata().getNamespace()).isEqualTo("team");
                assertThat(object.getMetadata().getLabels())
                        .containsEntry("app.kubernetes.io/managed-by", "ragops")
                        .containsEntry("ragops.dev/model", "support");
            });
        }

        @Test
        void has_keys_and_a_claim_that_is_made_only_when_asked_for() {
            assertThat(objects.keys(Map.of("a", "b")).getData()).containsEntry("a", "Yg==");
            assertThat(objects.documentsClaim()).isEmpty();
            assertThat(new ModelObjects(
                                    NAMES,
                                    spec("documents: {sqlite: {volumeClaim: {storage: 1Gi, storageClassName: fast}}}"),
                                    DEFAULTS)
                            .documentsClaim()
                            .orElseThrow()
                            .getSpec()
                            .getStorageClassName())
                    .isEqualTo("fast");
        }
    }

    @Nested
    class Defaults_of_the_operator {
        @Test
        void come_from_its_environment() {
            Defaults told = Defaults.fromEnvironment(Map.of(
                    "RAGOPS_RUNTIME_IMAGE", "r", "RAGOPS_GATEWAY_IMAGE", "g", "RAGOPS_IMAGE_PULL_POLICY", "Never"));

            assertThat(told).isEqualTo(new Defaults("r", "g", "Never"));
        }
    }

    @Nested
    class A_revision {
        private String name(String more) {
            return Revisions.cut("support", spec(more), FOUND).name();
        }

        @Test
        void is_the_same_whatever_does_not_change_an_answer() {
            assertThat(name("gateway: {replicas: 7}"))
                    .isEqualTo(name(""))
                    .isEqualTo(name("runtime: {replicas: 9}"))
                    .isEqualTo(name("objectives: [{name: a, target: 99%}]"))
                    .isEqualTo(name("gates: [{metric: a, min: \"1\"}]"))
                    .isEqualTo(name("paused: true"))
                    .matches("support-[0-9a-f]{10}");
        }

        @Test
        void is_another_one_for_everything_that_can() {
            assertThat(List.of(
                            name(""),
                            name("runtime: {image: other}"),
                            name("runtime: {resources: {limits: {cpu: 1}}}"),
                            name("runtime: {podTemplate: {env: [{name: A, value: b}]}}"),
                            name("config: {retrieval: {topK: 3}}"),
                            name("documents: {postgres: {secret: {name: a, key: b}}}"),
                            Revisions.cut(
                                            "support",
                                            spec(""),
                                            new Resolution.Found("3", "run", "e".repeat(64), Map.of()))
                                    .name()))
                    .doesNotHaveDuplicates();
        }
    }
}
