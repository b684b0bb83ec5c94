package dev.ragops.operator.workload;

import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.VolumeClaimSpec;
import dev.ragops.operator.route.RouteFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Builds what a RagModel has once, whatever its revisions, and gateways and runtimes of all of them share. */
public final class ModelObjects {
    private final Names names;
    private final RagModelSpec spec;
    private final Defaults defaults;

    public ModelObjects(Names names, RagModelSpec spec, Defaults defaults) {
        this.names = names;
        this.spec = spec;
        this.defaults = defaults;
    }

    /** What no cache shows; route and keys have rules of their own. */
    public List<HasMetadata> all() {
        return List.of(settings(), Pods.account(names, names.runtime(), Names.RUNTIME), runtimePolicy());
    }

    private ConfigMap settings() {
        return new ConfigMapBuilder()
                .withMetadata(names.metadata(names.settings(), Names.RUNTIME))
                .withData(Map.of("registry-url", spec.registry().url()))
                .build();
    }

    /** Runtimes answer gateways of their model and the operator; metrics and health have no secrets, and are on the same port behind a token. */
    private NetworkPolicy runtimePolicy() {
        return new NetworkPolicyBuilder()
                .withMetadata(names.metadata(names.runtime(), Names.RUNTIME))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Names.selector(Names.RUNTIME, names.model()))
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .addNewIngress()
                .addNewFrom()
                .withNewPodSelector()
                .withMatchLabels(Names.selector(Names.GATEWAY, names.model()))
                .endPodSelector()
                .endFrom()
                .addNewFrom()
                .withNewNamespaceSelector()
                .withMatchLabels(Map.of("ragops.dev/monitoring", "true"))
                .endNamespaceSelector()
                .endFrom()
                .addAllToFrom(operator())
                .addNewPort()
                .withPort(new IntOrString(RuntimeTemplate.PORT))
                .endPort()
                .endIngress()
                .endSpec()
                .build();
    }

    /** The operator asks runtimes what they run and how far they are. */
    private List<NetworkPolicyPeer> operator() {
        return defaults.operatorNamespace().isEmpty()
                ? List.of()
                : List.of(new NetworkPolicyPeerBuilder()
                        .withNewNamespaceSelector()
                        .withMatchLabels(Map.of("kubernetes.io/metadata.name", defaults.operatorNamespace()))
                        .endNamespaceSelector()
                        .withNewPodSelector()
                        .withMatchLabels(Map.of(Names.NAME_LABEL, "ragops-operator"))
                        .endPodSelector()
                        .build());
    }

    /** Made once with fresh secrets; {@code values} are raw. */
    public Secret keys(Map<String, String> values) {
        Map<String, String> data = new TreeMap<>();
        values.forEach((field, value) ->
                data.put(field, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return new SecretBuilder()
                .withMetadata(names.metadata(names.keys(), Names.GATEWAY))
                .withType("Opaque")
                .withData(data)
                .build();
    }

    public ConfigMap route(RouteFile file) {
        return new ConfigMapBuilder()
                .withMetadata(names.metadata(names.route(), Names.GATEWAY))
                .withData(file.data())
                .build();
    }

    /** The claim of a SQLite store, where the model asks for one to be made. Never owned: documents outlive their model. */
    public Optional<PersistentVolumeClaim> documentsClaim() {
        return Optional.ofNullable(spec.documents())
                .map(documents -> documents.sqlite())
                .map(sqlite -> sqlite.volumeClaim())
                .filter(claim -> claim.claimName() == null && claim.storage() != null)
                .map(this::claim);
    }

    private PersistentVolumeClaim claim(VolumeClaimSpec claim) {
        return new PersistentVolumeClaimBuilder()
                .withMetadata(names.metadata(names.documents(), Names.RUNTIME))
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(claim.storageClassName())
                .withNewResources()
                .addToRequests("storage", claim.storage())
                .endResources()
                .endSpec()
                .build();
    }
}
