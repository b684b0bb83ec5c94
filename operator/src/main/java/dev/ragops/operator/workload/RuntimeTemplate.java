package dev.ragops.operator.workload;

import static dev.ragops.operator.workload.Pods.env;
import static dev.ragops.operator.workload.Pods.mount;
import static dev.ragops.operator.workload.Pods.readOnly;

import dev.ragops.api.v1alpha1.DocumentsSpec;
import dev.ragops.api.v1alpha1.GeneratorSpec;
import dev.ragops.api.v1alpha1.PodTemplateSpec;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RuntimeSpec;
import dev.ragops.operator.revision.Revision;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Renders the pod of a revision, once: what comes out is kept in the revision's record, so that no upgrade of the operator changes a revision that exists. What may
 * change behind its back (the registry's address, Secrets) is only referred to.
 */
public final class RuntimeTemplate {
    static final int PORT = 8080;
    private static final String BUNDLE = "/bundle";
    private static final String CACHE = "/cache";
    private static final String KEYS = "/var/run/ragops/keys";
    private static final String REGISTRY = "/var/run/ragops/registry";
    private static final String POSTGRES = "/var/run/ragops/postgres";
    private static final String GENERATOR = "/var/run/ragops/generator";
    private static final String CONFIG = "/etc/ragops";

    private final Names names;
    private final RagModelSpec spec;
    private final Revision revision;
    private final Defaults defaults;
    private final RuntimeSpec runtime;
    private final List<Volume> volumes = new ArrayList<>();
    private final List<VolumeMount> serveMounts = new ArrayList<>();
    private final List<VolumeMount> fetchMounts = new ArrayList<>();
    private final List<EnvVar> serveEnv = new ArrayList<>();
    private final List<EnvVar> fetchEnv = new ArrayList<>();

    private RuntimeTemplate(Names names, RagModelSpec spec, Revision revision, Defaults defaults) {
        this.names = names;
        this.spec = spec;
        this.revision = revision;
        this.defaults = defaults;
        this.runtime = Optional.ofNullable(spec.runtime()).orElse(new RuntimeSpec(null, null, null, null, null, null));
    }

    public static io.fabric8.kubernetes.api.model.PodTemplateSpec render(
            Names names, RagModelSpec spec, Revision revision, Defaults defaults) {
        return new RuntimeTemplate(names, spec, revision, defaults).render();
    }

    private io.fabric8.kubernetes.api.model.PodTemplateSpec render() {
        common();
        registry();
        documents();
        generator();
        ResourceRequirements resources =
                Optional.ofNullable(runtime.resources()).orElse(Defaults.RUNTIME_RESOURCES);
        cpus(resources);
        String image = Optional.ofNullable(runtime.image()).orElse(defaults.runtimeImage());
        Optional<PodTemplateSpec> more = Optional.ofNullable(runtime.podTemplate());
        more.ifPresent(template ->
                template.env().forEach(variable -> serveEnv.add(env(variable.name(), variable.value()))));

        PodSpecBuilder pod = new PodSpecBuilder()
                .withServiceAccountName(names.runtime())
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(40L)
                .withSecurityContext(Pods.podSecurity())
                .withVolumes(volumes)
                .withTopologySpreadConstraints(spread(more))
                .withInitContainers(new ContainerBuilder()
                        .withName("fetch")
                        .withImage(image)
                        .withImagePullPolicy(defaults.pullPolicy())
                        .withArgs("fetch")
                        .withEnv(fetchEnv)
                        .withResources(resources)
                        .withSecurityContext(Pods.security())
                        .withTerminationMessagePolicy("FallbackToLogsOnError")
                        .withVolumeMounts(fetchMounts)
                        .build())
                .withContainers(new ContainerBuilder()
                        .withName("runtime")
                        .withImage(image)
                        .withImagePullPolicy(defaults.pullPolicy())
                        .withArgs("serve")
                        .withEnv(serveEnv)
                        .addNewPort()
                        .withName("http")
                        .withContainerPort(PORT)
                        .endPort()
                        .withResources(resources)
                        .withSecurityContext(Pods.security())
                        .withTerminationMessagePolicy("FallbackToLogsOnError")
                        .withLifecycle(Pods.lifecycle())
                        .withStartupProbe(Pods.probe("/health/startup", PORT, 1, 120))
                        .withReadinessProbe(Pods.probe("/health/ready", PORT, 1, 3))
                        .withLivenessProbe(Pods.probe("/health/live", PORT, 10, 6))
                        .withVolumeMounts(serveMounts)
                        .build());
        more.ifPresent(template -> {
            if (!template.nodeSelector().isEmpty()) {
                pod.withNodeSelector(new TreeMap<>(template.nodeSelector()));
            }
            pod.withTolerations(template.tolerations())
                    .withAffinity(template.affinity())
                    .withPriorityClassName(template.priorityClassName());
        });
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels(more))
                .withAnnotations(annotations(more))
                .endMetadata()
                .withSpec(pod.build())
                .build();
    }

    private Map<String, String> labels(Optional<PodTemplateSpec> more) {
        Map<String, String> labels = new TreeMap<>();
        more.ifPresent(template -> template.labels().forEach((key, value) -> {
            if (!key.startsWith("ragops.dev/") && !key.startsWith("app.kubernetes.io/")) {
                labels.put(key, value);
            }
        }));
        labels.putAll(names.labels(Names.RUNTIME, revision.name()));
        return labels;
    }

    private static Map<String, String> annotations(Optional<PodTemplateSpec> more) {
        Map<String, String> annotations = new TreeMap<>();
        annotations.put("prometheus.io/scrape", "true");
        annotations.put("prometheus.io/port", Integer.toString(PORT));
        annotations.put("kubectl.kubernetes.io/default-container", "runtime");
        more.ifPresent(template -> annotations.putAll(template.annotations()));
        return annotations;
    }

    private List<TopologySpreadConstraint> spread(Optional<PodTemplateSpec> more) {
        List<TopologySpreadConstraint> given =
                more.map(PodTemplateSpec::topologySpreadConstraints).orElse(List.of());
        if (!given.isEmpty()) {
            return given;
        }
        return List.of(new TopologySpreadConstraintBuilder()
                .withMaxSkew(1)
                .withTopologyKey("kubernetes.io/hostname")
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(Map.of(Names.REVISION_LABEL, revision.name()))
                .endLabelSelector()
                .build());
    }

    private void common() {
        volumes.add(Pods.scratch("bundle", "3Gi"));
        volumes.add(Pods.scratch("tmp", "256Mi"));
        volumes.add(Pods.secret(
                "keys", names.keys(), false, List.of("runtime-token", "runtime-token-previous", "api-keys")));
        volumes.add(Pods.config("config", revision.name(), "config.json"));
        serveMounts.add(readOnly("bundle", BUNDLE));
        serveMounts.add(mount("tmp", "/tmp"));
        serveMounts.add(readOnly("keys", KEYS));
        serveMounts.add(readOnly("config", CONFIG));
        serveEnv.add(env("RAGOPS_BUNDLE", BUNDLE));
        serveEnv.add(env("RAGOPS_CONFIG", CONFIG + "/config.json"));
        serveEnv.add(env("RAGOPS_TOKEN_FILES", KEYS + "/runtime-token," + KEYS + "/runtime-token-previous"));
        serveEnv.add(env("RAGOPS_API_KEYS", KEYS + "/api-keys"));
        serveEnv.add(env("RAGOPS_REVISION", revision.name()));
        serveEnv.add(env("RAGOPS_VERSION", revision.version()));
        // ONNX Runtime's Linux library reports home unless told not to.
        serveEnv.add(env("ORT_DISABLE_TELEMETRY", "1"));
    }

    private void registry() {
        fetchMounts.add(mount("bundle", BUNDLE));
        fetchMounts.add(mount("tmp", "/tmp"));
        fetchEnv.add(Pods.envFromConfig("RAGOPS_REGISTRY_URL", names.settings(), "registry-url"));
        fetchEnv.add(env("RAGOPS_MODEL_URI", "models:/" + spec.model().name() + "/" + revision.version()));
        fetchEnv.add(env("RAGOPS_BUNDLE_DIGEST", revision.digest()));
        fetchEnv.add(env("RAGOPS_BUNDLE", BUNDLE));
        Optional.ofNullable(spec.registry().credentialsSecret()).ifPresent(secret -> {
            volumes.add(Pods.secret("registry", secret.name(), false, List.of()));
            fetchMounts.add(readOnly("registry", REGISTRY));
            fetchEnv.add(env("RAGOPS_REGISTRY_CREDENTIALS", REGISTRY));
        });
        Optional.ofNullable(runtime.bundleCache()).ifPresent(cache -> {
            volumes.add(Pods.claim("cache", cache.claimName()));
            fetchMounts.add(mount("cache", CACHE));
            fetchEnv.add(env("RAGOPS_BUNDLE_CACHE", CACHE));
        });
    }

    private void documents() {
        DocumentsSpec documents = spec.documents();
        if (documents == null) {
            serveEnv.add(env("RAGOPS_STORE", "none"));
            return;
        }
        serveEnv.add(env("RAGOPS_STORE_NAME", names.namespace() + "/" + names.model()));
        if (documents.sqlite() != null) {
            String claim = Optional.ofNullable(documents.sqlite().volumeClaim().claimName())
                    .orElse(names.documents());
            volumes.add(Pods.claim("documents", claim));
            serveMounts.add(mount("documents", "/data"));
            serveEnv.add(env("RAGOPS_STORE", "sqlite"));
            serveEnv.add(env("RAGOPS_DATA", "/data"));
        } else if (documents.postgres() != null) {
            var secret = documents.postgres().secret();
            volumes.add(Pods.secret("postgres", secret.name(), false, List.of(secret.key())));
            serveMounts.add(readOnly("postgres", POSTGRES));
            serveEnv.add(env("RAGOPS_STORE", "postgres"));
            serveEnv.add(env("RAGOPS_POSTGRES_URL_FILE", POSTGRES + "/" + secret.key()));
        }
    }

    private void generator() {
        Optional.ofNullable(spec.config())
                .map(config -> config.generation())
                .map(generation -> generation.generator())
                .map(GeneratorSpec::apiKeySecret)
                .ifPresent(secret -> {
                    volumes.add(Pods.secret("generator", secret.name(), false, List.of(secret.key())));
                    serveMounts.add(readOnly("generator", GENERATOR));
                });
    }

    /** A JVM sees a limit by itself; where there is only a request, it would size itself for the whole node. */
    private void cpus(ResourceRequirements resources) {
        boolean limited = resources.getLimits() != null && resources.getLimits().containsKey("cpu");
        Optional<Quantity> request =
                Optional.ofNullable(resources.getRequests()).map(requests -> requests.get("cpu"));
        if (!limited && request.isPresent()) {
            serveEnv.add(new EnvVarBuilder()
                    .withName("RAGOPS_CPUS")
                    .withNewValueFrom()
                    .withResourceFieldRef(new ResourceFieldSelector("runtime", new Quantity("1"), "requests.cpu"))
                    .endValueFrom()
                    .build());
        }
    }

    static String generatorKeyFile(String key) {
        return GENERATOR + "/" + key;
    }
}
