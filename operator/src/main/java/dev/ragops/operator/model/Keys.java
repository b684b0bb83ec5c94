package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.GatewaySpec;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.operator.outside.ReadableSecrets;
import dev.ragops.operator.workload.ModelObjects;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a model's Secret: tokens that are made once, and the API keys of clients, copied from the Secret that the spec names. They are a copy because every
 * kept revision mounts them, whatever the spec said when it was made.
 */
final class Keys {
    static final String API_KEYS = "api-keys";
    /** What the runtime reads as: no key is wanted. */
    static final String OPEN = "open";
    /** A Secret that somebody removed is made anew at the latest then; no cache may show Secrets. */
    private static final Duration TRUST = Duration.ofMinutes(5);
    /** How long a key that was withdrawn may go on being copied. */
    static final Duration TRUST_WITH_API_KEYS = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final ReadableSecrets secrets;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Checked> checked = new ConcurrentHashMap<>();

    /**
     * @param source the Secret named then; empty: none
     * @param unreadable why it could not be read
     */
    private record Checked(Instant at, String source, Optional<String> unreadable) {}

    Keys(KubernetesClient client, ReadableSecrets secrets, Clock clock) {
        this.client = client;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** @return why the API keys could not be read; what was known last stands then, and at first nobody is let in */
    Optional<String> keep(RagModelSpec spec, ModelObjects objects, OwnerReference owner) throws Applier.NameConflict {
        String source = source(spec).orElse("");
        Instant now = clock.instant();
        Checked before = checked.get(owner.getUid());
        Duration trust = source.isEmpty() ? TRUST : TRUST_WITH_API_KEYS;
        if (before != null && before.source().equals(source) && before.at().isAfter(now.minus(trust))) {
            return before.unreadable();
        }
        Optional<String> unreadable = write(source, objects, owner);
        checked.put(owner.getUid(), new Checked(now, source, unreadable));
        return unreadable;
    }

    void forget(String ownerUid) {
        checked.remove(ownerUid);
    }

    static Optional<String> source(RagModelSpec spec) {
        return Optional.ofNullable(spec.gateway())
                .map(GatewaySpec::auth)
                .map(auth -> auth.apiKeysSecret().name());
    }

    private Optional<String> write(String source, ModelObjects objects, OwnerReference owner)
            throws Applier.NameConflict {
        Secret place = objects.keys(Map.of());
        Secret existing = client.resource(place).get();
        if (existing != null && !Applier.ownedBy(existing, owner.getUid())) {
            throw new Applier.NameConflict(place);
        }
        Optional<String> known = Optional.ofNullable(existing)
                .map(Secret::getData)
                .map(data -> data.get(API_KEYS))
                .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
        Optional<String> unreadable = Optional.empty();
        String wanted = OPEN;
        if (!source.isEmpty()) {
            try {
                wanted = String.join(
                        "\n",
                        secrets.read(place.getMetadata().getNamespace(), source).values());
            } catch (IllegalStateException e) {
                wanted = known.filter(keys -> !keys.equals(OPEN)).orElse("");
                unreadable = Optional.of("spec.gateway.auth.apiKeysSecret: " + e.getMessage()
                        + (wanted.isEmpty()
                                ? "; until then nobody is let in"
                                : "; until then the keys known last count"));
            }
        }
        if (existing == null) {
            Secret made = objects.keys(Map.of(
                    "runtime-token",
                    token(),
                    "runtime-token-previous",
                    token(),
                    "evidence-key",
                    token(),
                    API_KEYS,
                    wanted));
            made.getMetadata().setOwnerReferences(List.of(owner));
            client.resource(made).create();
        } else if (!known.equals(Optional.of(wanted))) {
            client.resource(existing)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            Serialization.asJson(Map.of(
                                    "data",
                                    objects.keys(Map.of(API_KEYS, wanted)).getData())));
        }
        return unreadable;
    }

    private String token() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
