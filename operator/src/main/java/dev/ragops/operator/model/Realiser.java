package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.AutoscalingSpec;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RuntimeSpec;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.RouteFile;
import dev.ragops.operator.workload.Defaults;
import dev.ragops.operator.workload.ModelObjects;
import dev.ragops.operator.workload.Names;
import dev.ragops.operator.workload.RevisionObjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Turns a plan into objects, in an order that is safe to be cut anywhere: record, route, workloads, what may go. */
final class Realiser {
    private final KubernetesClient client;
    private final Applier applier;
    private final Defaults defaults;
    private final SecureRandom random = new SecureRandom();
    private final Set<String> keysChecked = ConcurrentHashMap.newKeySet();

    /** How it went. */
    sealed interface Result permits Done, Stale, Conflict, Forbidden {
        Result DONE = new Done();
        Result STALE = new Stale();
    }

    record Done() implements Result {}

    /** Somebody wrote in between: nothing of the plan counts any more. */
    record Stale() implements Result {}

    record Conflict(String message) implements Result {}

    /** The cluster does not let the operator do it. */
    record Forbidden(String message) implements Result {}

    Realiser(KubernetesClient client, Applier applier, Defaults defaults) {
        this.client = client;
        this.applier = applier;
        this.defaults = defaults;
    }

    Result realise(RagModel model, Cluster cluster, Plan plan) {
        Names names = new Names(
                model.getMetadata().getNamespace(), model.getMetadata().getName());
        OwnerReference owner = owner(model);
        ModelObjects objects = new ModelObjects(names, model.getSpec(), defaults);
        RevisionObjects revisions = new RevisionObjects(names);
        try {
            keys(objects, owner);
            if (plan.record().isPresent()) {
                record(model, cluster, revisions, plan.record().get(), owner);
            }
            if (plan.file().isPresent()) {
                route(objects, cluster, plan.file().get(), owner);
            }
            for (HasMetadata object : objects.all()) {
                boolean present = !object.getKind().equals("Deployment")
                        || cluster.deployment(object.getMetadata().getName()).isPresent();
                applier.apply(object, owner, present);
            }
            claim(objects);
            for (Map.Entry<String, Integer> workload : plan.workloads().entrySet()) {
                workload(model, cluster, revisions, workload.getKey(), workload.getValue(), plan.floor(), owner);
            }
            retire(cluster, revisions, plan, owner);
            return Result.DONE;
        } catch (Applier.NameConflict e) {
            return new Conflict(String.valueOf(e.getMessage()));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return Result.STALE;
            }
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return new Forbidden(forbidden(e));
            }
            throw e;
        }
    }

    private static String forbidden(KubernetesClientException e) {
        String said = e.getStatus() == null
                ? String.valueOf(e.getMessage())
                : e.getStatus().getMessage();
        return said
                + "; an admin of this namespace must bind the operator's role here (helm: secretNamespaces, watchNamespaces)";
    }

    private static OwnerReference owner(RagModel model) {
        return new OwnerReferenceBuilder()
                .withApiVersion(model.getApiVersion())
                .withKind(model.getKind())
                .withName(model.getMetadata().getName())
                .withUid(model.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** Made once; what stands there is never read back into anything but a gateway's or a runtime's mount. */
    private void keys(ModelObjects objects, OwnerReference owner) throws Applier.NameConflict {
        if (keysChecked.contains(owner.getUid())) {
            return;
        }
        Secret keys = objects.keys(
                Map.of("runtime-token", secret(), "runtime-token-previous", secret(), "evidence-key", secret()));
        keys.getMetadata().setOwnerReferences(java.util.List.of(owner));
        Secret existing = client.resource(keys).get();
        if (existing == null) {
            client.resource(keys).create();
        } else if (!Applier.ownedBy(existing, owner.getUid())) {
            throw new Applier.NameConflict(keys);
        }
        keysChecked.add(owner.getUid());
    }

    private String secret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void record(
            RagModel model, Cluster cluster, RevisionObjects revisions, Revision revision, OwnerReference owner)
            throws Applier.NameConflict {
        ControllerRevision record = revisions.record(model.getSpec(), revision, defaults, cluster.nextNumber());
        record.getMetadata().setOwnerReferences(java.util.List.of(owner));
        ControllerRevision existing = client.resource(record).get();
        if (existing == null) {
            client.resource(record).create();
        } else if (!Applier.ownedBy(existing, owner.getUid())) {
            throw new Applier.NameConflict(record);
        }
    }

    /** The one object whose change moves users: only onto the version it was decided on. */
    private void route(ModelObjects objects, Cluster cluster, RouteFile file, OwnerReference owner)
            throws Applier.NameConflict {
        ConfigMap desired = objects.route(file);
        desired.getMetadata().setOwnerReferences(java.util.List.of(owner));
        Optional<ConfigMap> current = cluster.route();
        if (current.isEmpty()) {
            ConfigMap existing = client.resource(desired).get();
            if (existing != null && !Applier.ownedBy(existing, owner.getUid())) {
                throw new Applier.NameConflict(desired);
            }
            client.resource(desired).create();
        } else if (!desired.getData().equals(current.get().getData())) {
            desired.getMetadata().setResourceVersion(current.get().getMetadata().getResourceVersion());
            client.resource(desired).update();
        }
    }

    private void claim(ModelObjects objects) {
        Optional<PersistentVolumeClaim> claim = objects.documentsClaim();
        if (claim.isPresent() && client.resource(claim.get()).get() == null) {
            client.resource(claim.get()).create();
        }
    }

    private void workload(
            RagModel model,
            Cluster cluster,
            RevisionObjects revisions,
            String name,
            int replicas,
            int floor,
            OwnerReference owner)
            throws Applier.NameConflict {
        Optional<ControllerRevision> record = cluster.record(name);
        if (record.isEmpty()) {
            return;
        }
        RevisionObjects.Recorded recorded = RevisionObjects.read(record.get());
        Optional<AutoscalingSpec> autoscaling =
                Optional.ofNullable(model.getSpec().runtime()).map(RuntimeSpec::autoscaling);
        boolean present = cluster.deployment(name).isPresent();
        applier.apply(revisions.config(recorded), owner, present);
        applier.apply(revisions.service(name), owner, present);
        applier.apply(revisions.disruptionBudget(name), owner, present);
        applier.apply(
                revisions.deployment(recorded, autoscaling.isPresent() ? Optional.empty() : Optional.of(replicas)),
                owner,
                present);
        if (autoscaling.isPresent()) {
            applier.apply(revisions.autoscaler(name, autoscaling.get(), floor), owner, present);
        }
    }

    private void retire(Cluster cluster, RevisionObjects revisions, Plan plan, OwnerReference owner) {
        for (String name : plan.retired()) {
            Optional<ControllerRevision> record = cluster.record(name);
            if (record.isEmpty()) {
                continue;
            }
            RevisionObjects.Recorded recorded = RevisionObjects.read(record.get());
            for (HasMetadata object : java.util.List.of(
                    revisions.deployment(recorded, Optional.empty()),
                    revisions.disruptionBudget(name),
                    revisions.service(name),
                    revisions.config(recorded))) {
                Optional.ofNullable(client.resource(object).get())
                        .ifPresent(existing -> applier.remove(existing, owner.getUid()));
            }
        }
        for (String name : plan.forgotten()) {
            cluster.record(name).ifPresent(record -> applier.remove(record, owner.getUid()));
        }
    }

    void forget(String uid) {
        applier.forget(uid);
        keysChecked.remove(uid);
    }
}
