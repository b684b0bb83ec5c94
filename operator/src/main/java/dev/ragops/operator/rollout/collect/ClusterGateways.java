package dev.ragops.operator.rollout.collect;

import dev.ragops.operator.gateway.EvidenceKeys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds gateways by ownership, never by a label anyone can set: the model owns the Service, the Service its EndpointSlices. */
public final class ClusterGateways implements GatewayEvidence.Gateways {
    private static final int ADMIN_PORT = 9090;

    private final KubernetesClient client;

    public ClusterGateways(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public List<GatewayEvidence.Gateway> ready(Subject subject) {
        @Nullable
        Service service = client.services()
                .inNamespace(subject.namespace())
                .withName(subject.model())
                .get();
        if (service == null || !ownedBy(service, subject.modelUid())) {
            return List.of();
        }
        return client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(subject.namespace())
                .withLabel("kubernetes.io/service-name", subject.model())
                .list()
                .getItems()
                .stream()
                .filter(slice -> ownedBy(slice, service.getMetadata().getUid()))
                .flatMap(slice -> Stream.ofNullable(slice.getEndpoints()).flatMap(List::stream))
                .filter(ClusterGateways::isReady)
                .map(endpoint -> new GatewayEvidence.Gateway(name(endpoint), address(endpoint)))
                .toList();
    }

    @Override
    public EvidenceKeys evidenceKeys(Subject subject) {
        @Nullable
        Secret keys = client.secrets()
                .inNamespace(subject.namespace())
                .withName(subject.model() + "-keys")
                .get();
        return Optional.ofNullable(keys)
                .filter(secret -> ownedBy(secret, subject.modelUid()))
                .flatMap(EvidenceKeys::of)
                .orElseThrow(() -> new IllegalStateException(
                        "Secret " + subject.model() + "-keys has no evidence-key of this model"));
    }

    private static boolean ownedBy(HasMetadata object, String uid) {
        return object.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController()) && uid.equals(owner.getUid()));
    }

    private static boolean isReady(Endpoint endpoint) {
        return endpoint.getConditions() == null
                || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
    }

    private static String name(Endpoint endpoint) {
        return endpoint.getTargetRef() == null
                ? endpoint.getAddresses().getFirst()
                : endpoint.getTargetRef().getName();
    }

    private static String address(Endpoint endpoint) {
        String address = endpoint.getAddresses().getFirst();
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + ADMIN_PORT;
    }
}
