package dev.ragops.operator.model;

import dev.ragops.operator.workload.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Brings objects to what they should be: whole, by server-side apply, and only when they differ from what was applied. An object that is not ours is left alone. */
final class Applier {
    /** What somebody changed behind our back, where no cache shows it, is put right at the latest then. */
    private static final Duration TRUST = Duration.ofMinutes(5);

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, Done> done = new ConcurrentHashMap<>();

    /** @param generation the object had when it was applied; others raise it with every change of its spec */
    private record Done(String content, @Nullable Long generation, Instant at) {}

    /** An object of one of our names belongs to somebody else. */
    static final class NameConflict extends Exception {
        private static final long serialVersionUID = 1L;

        NameConflict(HasMetadata object) {
            super(object.getKind() + " " + object.getMetadata().getName()
                    + " exists and is not of this RagModel; remove or rename it, or give the RagModel another name");
        }
    }

    Applier(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** For kinds that no cache shows. */
    void apply(HasMetadata desired, OwnerReference owner) throws NameConflict {
        apply(desired, owner, true, null);
    }

    /** @param cached as a cache shows it; what is gone or was changed by others is put right at once */
    void apply(HasMetadata desired, OwnerReference owner, Optional<? extends HasMetadata> cached) throws NameConflict {
        Long generation =
                cached.map(object -> object.getMetadata().getGeneration()).orElse(null);
        apply(desired, owner, cached.isPresent(), generation);
    }

    private void apply(HasMetadata desired, OwnerReference owner, boolean present, @Nullable Long generation)
            throws NameConflict {
        desired.getMetadata().setOwnerReferences(List.of(owner));
        String content = Serialization.asJson(desired);
        String key = key(owner.getUid(), desired);
        Done before = done.get(key);
        Instant now = clock.instant();
        if (present
                && before != null
                && before.content().equals(content)
                && (generation == null || generation.equals(before.generation()))
                && before.at().plus(TRUST).isAfter(now)) {
            return;
        }
        HasMetadata existing = client.resource(desired).get();
        if (existing != null && !ownedBy(existing, owner.getUid())) {
            throw new NameConflict(desired);
        }
        HasMetadata applied = client.resource(desired)
                .fieldManager(Names.MANAGER)
                .forceConflicts()
                .serverSideApply();
        done.put(key, new Done(content, applied.getMetadata().getGeneration(), now));
    }

    /** Sees to it that an object of ours is not there; one of somebody else's is left alone. */
    void absent(HasMetadata object, String ownerUid) {
        String key = key(ownerUid, object);
        Done before = done.get(key);
        Instant now = clock.instant();
        if (before != null
                && before.content().isEmpty()
                && before.at().plus(TRUST).isAfter(now)) {
            return;
        }
        HasMetadata existing = client.resource(object).get();
        if (existing != null && ownedBy(existing, ownerUid)) {
            client.resource(existing).delete();
        }
        done.put(key, new Done("", null, now));
    }

    private static String key(String ownerUid, HasMetadata object) {
        return ownerUid + "/" + object.getKind() + "/" + object.getMetadata().getName();
    }

    void forget(String ownerUid) {
        done.keySet().removeIf(key -> key.startsWith(ownerUid + "/"));
    }

    static boolean ownedBy(HasMetadata object, String uid) {
        return object.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController()) && uid.equals(owner.getUid()));
    }
}
