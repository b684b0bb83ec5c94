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
import java.util.concurrent.ConcurrentHashMap;

/** Brings objects to what they should be: whole, by server-side apply, and only when they differ from what was applied. An object that is not ours is left alone. */
final class Applier {
    /** What somebody changed behind our back is put right at the latest then. */
    private static final Duration TRUST = Duration.ofMinutes(5);

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, Done> done = new ConcurrentHashMap<>();

    private record Done(String content, Instant at) {}

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

    /** @param present whether a cache shows it; one that is gone is made again at once */
    void apply(HasMetadata desired, OwnerReference owner, boolean present) throws NameConflict {
        desired.getMetadata().setOwnerReferences(List.of(owner));
        String content = Serialization.asJson(desired);
        String key = owner.getUid() + "/" + desired.getKind() + "/"
                + desired.getMetadata().getName();
        Done before = done.get(key);
        Instant now = clock.instant();
        if (present
                && before != null
                && before.content().equals(content)
                && before.at().plus(TRUST).isAfter(now)) {
            return;
        }
        HasMetadata existing = client.resource(desired).get();
        if (existing != null && !ownedBy(existing, owner.getUid())) {
            throw new NameConflict(desired);
        }
        client.resource(desired).fieldManager(Names.MANAGER).forceConflicts().serverSideApply();
        done.put(key, new Done(content, now));
    }

    /** Removes an object that is ours; gone is as good as removed. */
    void remove(HasMetadata object, String ownerUid) {
        if (ownedBy(object, ownerUid)) {
            client.resource(object).delete();
            done.remove(ownerUid + "/" + object.getKind() + "/"
                    + object.getMetadata().getName());
        }
    }

    void forget(String ownerUid) {
        done.keySet().removeIf(key -> key.startsWith(ownerUid + "/"));
    }

    static boolean ownedBy(HasMetadata object, String uid) {
        return object.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController()) && uid.equals(owner.getUid()));
    }
}
