package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.operator.outside.ReadableSecrets;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.RouteFile;
import dev.ragops.operator.workload.Defaults;
import dev.ragops.operator.workload.GatewayObjects;
import dev.ragops.operator.workload.ModelObjects;
import dev.ragops.operator.workload.Names;
import dev.ragops.operator.workload.RevisionObjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a plan into objects, in an order that is safe to be cut anywhere: record, route, workloads, what may go. */
final class Realiser {
    private final KubernetesClient client;
    private final Defaults defaults;
    private final Applier applier;
    private final Workloads workloads;
    private final GatewayTurns turns;
    private final Keys keys;

    /** How it went. */
    sealed interface Result permits Done, Waiting, Stale, Conflict, Forbidden, NoApiKeys {
        Result DONE = new Done();
        Result WAITING = new Waiting();
        Result STALE = new Stale();
    }

    record Done() implements Result {}

    /** All but what has to wait: a gateway for its turn, new keys for the pods that have to know them first. */
    record Waiting() implements Result {}

    /** Somebody wrote in between: nothing of the plan counts any more. */
    record Stale() implements Result {}

    record Conflict(String message) implements Result {}

    /** The cluster does not let the operator do it. */
    record Forbidden(String message) implements Result {}

    /** The Secret that says who may call cannot be read: the keys known last count. */
    record NoApiKeys(String message) implements Result {}

    Realiser(KubernetesClient client, Clock clock, Defaults defaults, ModelEvents events) {
        this.client = client;
        this.defaults = defaults;
        this.applier = new Applier(client, clock);
        this.workloads = new Workloads(client, applier);
        this.turns = new GatewayTurns(clock);
        this.keys = new Keys(client, new ReadableSecrets(client), events, clock);
    }

    /** @param holders which tokens the pods go by */
    Result realise(RagModel model, Cluster cluster, Plan plan, Holders holders) {
        Names names = new Names(
                model.getMetadata().getNamespace(), model.getMetadata().getName());
        OwnerReference owner = owner(model);
        ModelObjects objects = new ModelObjects(names, model.getSpec(), defaults);
        GatewayObjects gateways =
                new GatewayObjects(names, Optional.ofNullable(model.getSpec().gateway()), defaults);
        RevisionObjects revisions = new RevisionObjects(names);
        List<String> conflicts = new ArrayList<>();
        Optional<String> unreadable = Optional.empty();
        boolean waiting = false;
        try {
            try {
                Keys.Kept kept = keys.keep(model, objects, owner, holders);
                unreadable = kept.unreadable();
                waiting = kept.rotating();
            } catch (Applier.NameConflict e) {
                conflicts.add(String.valueOf(e.getMessage()));
            }
            if (plan.record().isPresent()) {
                Revision record = plan.record().get();
                unlessTaken(conflicts, () -> record(model, cluster, revisions, record, owner));
            }
            if (plan.file().isPresent()) {
                RouteFile file = plan.file().get();
                unlessTaken(conflicts, () -> route(objects, cluster, file, owner));
                Marks.missing(cluster.records(), file)
                        .forEach(record -> client.resource(record).update());
            }
            for (HasMetadata object : objects.all()) {
                unlessTaken(conflicts, () -> applier.apply(object, owner));
            }
            for (HasMetadata object : gateways.all()) {
                unlessTaken(conflicts, () -> applier.apply(object, owner));
            }
            Service service = gateways.service();
            unlessTaken(
                    conflicts,
                    () -> applier.apply(
                            service,
                            owner,
                            cluster.service(service.getMetadata().getName())));
            waiting |= !gateway(gateways, cluster, owner, conflicts);
            claim(objects);
            for (Map.Entry<String, Integer> workload : plan.workloads().entrySet()) {
                Optional<ControllerRevision> record = cluster.record(workload.getKey());
                if (record.isPresent()) {
                    unlessTaken(
                            conflicts,
                            () -> workloads.run(
                                    model.getSpec(),
                                    cluster,
                                    revisions,
                                    record.get(),
                                    workload.getValue(),
                                    plan.floor(),
                                    owner));
                }
            }
            if (!retire(cluster, revisions, objects, plan, owner)) {
                return Result.STALE;
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return Result.STALE;
            }
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return new Forbidden(forbidden(e));
            }
            throw e;
        }
        if (!conflicts.isEmpty()) {
            return new Conflict(String.join("; ", conflicts));
        }
        if (unreadable.isPresent()) {
            return new NoApiKeys(unreadable.get());
        }
        return waiting ? Result.WAITING : Result.DONE;
    }

    /** Something that is done to objects of ours. */
    private interface Act {
        void run() throws Applier.NameConflict;
    }

    /** A name that is taken stops what needs that name, and nothing else: what serves is kept in repair. */
    private static void unlessTaken(List<String> conflicts, Act act) {
        try {
            act.run();
        } catch (Applier.NameConflict e) {
            conflicts.add(String.valueOf(e.getMessage()));
        }
    }

    /** @return false while it has to wait for the gateways of other models */
    private boolean gateway(GatewayObjects gateways, Cluster cluster, OwnerReference owner, List<String> conflicts) {
        Deployment gateway = gateways.deployment();
        String content = Integer.toHexString(Serialization.asJson(gateway).hashCode());
        Optional<Deployment> present = cluster.deployment(gateway.getMetadata().getName());
        if (!turns.may(owner.getUid(), present, content)) {
            return false;
        }
        gateway.getMetadata().setAnnotations(Map.of(GatewayTurns.CONTENT, content));
        unlessTaken(conflicts, () -> applier.apply(gateway, owner, present));
        return true;
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

    private void record(
            RagModel model, Cluster cluster, RevisionObjects revisions, Revision revision, OwnerReference owner)
            throws Applier.NameConflict {
        ControllerRevision record = revisions.record(model.getSpec(), revision, defaults, cluster.nextNumber());
        record.getMetadata().setOwnerReferences(List.of(owner));
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
        desired.getMetadata().setOwnerReferences(List.of(owner));
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

    /**
     * Taking away cannot be taken back, so the route is read once more: a leader that was paused must not remove the pods that its successor has sent users to.
     *
     * @return false when the world has moved on
     */
    private boolean retire(
            Cluster cluster, RevisionObjects revisions, ModelObjects objects, Plan plan, OwnerReference owner) {
        if (plan.retired().isEmpty() && plan.forgotten().isEmpty()) {
            return true;
        }
        if (plan.file().isPresent()) {
            ConfigMap decided = objects.route(plan.file().get());
            ConfigMap now = client.resource(decided).get();
            if (now == null || !decided.getData().equals(now.getData())) {
                return false;
            }
        }
        for (String name : plan.retired()) {
            cluster.record(name).ifPresent(record -> workloads.retire(revisions, record, owner));
        }
        for (String name : plan.forgotten()) {
            cluster.record(name).ifPresent(record -> applier.absent(record, owner.getUid()));
        }
        return true;
    }

    void forget(String uid) {
        applier.forget(uid);
        turns.forget(uid);
        keys.forget(uid);
    }
}
