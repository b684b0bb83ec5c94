package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.operator.gateway.Gateways;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.runtime.Health;
import dev.ragops.operator.runtime.RuntimeProbe;
import dev.ragops.operator.workload.Names;
import dev.ragops.operator.workload.RevisionObjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One RagModel's part of the caches, read into values. */
final class Cluster {
    private static final String INVALID = "invalid: ";

    private final String uid;
    private final List<ControllerRevision> records;
    private final Map<String, Deployment> deployments;
    private final Map<String, Service> services;
    private final List<Pod> pods;
    private final RuntimeProbe.Reports reports;
    private final List<EndpointSlice> slices;
    private final Optional<ConfigMap> route;
    private final Optional<RagRollout> bound;

    Cluster(RagModel model, Context<RagModel> context, RuntimeProbe.Reports reports) {
        this.reports = reports;
        this.uid = model.getMetadata().getUid();
        String name = model.getMetadata().getName();
        this.records = ours(context, ControllerRevision.class);
        this.deployments = ours(context, Deployment.class).stream()
                .collect(Collectors.toMap(d -> d.getMetadata().getName(), Function.identity()));
        this.services = ours(context, Service.class).stream()
                .collect(Collectors.toMap(s -> s.getMetadata().getName(), Function.identity()));
        this.pods = context.getSecondaryResourcesAsStream(Pod.class)
                .sorted(Comparator.comparing(p -> p.getMetadata().getName()))
                .toList();
        this.slices = context.getSecondaryResourcesAsStream(EndpointSlice.class).toList();
        this.route = ours(context, ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().equals(name + "-route"))
                .findFirst();
        this.bound = Binding.decide(
                context.getSecondaryResourcesAsStream(RagRollout.class), Optional.ofNullable(model.getStatus()));
    }

    private <T extends HasMetadata> List<T> ours(Context<RagModel> context, Class<T> type) {
        return context.getSecondaryResourcesAsStream(type)
                .filter(object -> Applier.ownedBy(object, uid))
                .toList();
    }

    Optional<ConfigMap> route() {
        return route;
    }

    /** The rollout that decides. */
    Optional<RagRollout> bound() {
        return bound;
    }

    Optional<ControllerRevision> record(String revision) {
        return records.stream()
                .filter(r -> r.getMetadata().getName().equals(revision))
                .findFirst();
    }

    Optional<Deployment> deployment(String name) {
        return Optional.ofNullable(deployments.get(name));
    }

    Optional<Service> service(String name) {
        return Optional.ofNullable(services.get(name));
    }

    List<ControllerRevision> records() {
        return records;
    }

    long nextNumber() {
        return records.stream().mapToLong(ControllerRevision::getRevision).max().orElse(0) + 1;
    }

    List<Revisioned> revisions() {
        return records.stream()
                .sorted(Comparator.comparingLong(ControllerRevision::getRevision))
                .map(this::revisioned)
                .toList();
    }

    private Revisioned revisioned(ControllerRevision record) {
        String name = record.getMetadata().getName();
        Optional<Deployment> deployment = deployment(name);
        List<Pod> own = pods.stream()
                .filter(pod -> name.equals(pod.getMetadata().getLabels().get(Names.REVISION_LABEL)))
                .toList();
        String failure = own.stream()
                .map(Cluster::failure)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        boolean invalid = failure.startsWith(INVALID);
        RevisionObjects.Recorded recorded = RevisionObjects.read(record);
        return new Revisioned(
                recorded.revision(),
                record.getRevision(),
                deployment.isPresent(),
                deployment.map(d -> d.getSpec().getReplicas()).orElse(0),
                deployment
                        .map(Deployment::getStatus)
                        .map(DeploymentStatus::getReadyReplicas)
                        .orElse(0),
                own.stream().anyMatch(Cluster::fetched),
                invalid ? failure.substring(INVALID.length()) : failure,
                invalid,
                Insight.of(
                        own.stream()
                                .map(pod ->
                                        reports.byPod().get(pod.getMetadata().getName()))
                                .filter(Objects::nonNull)
                                .toList(),
                        recorded));
    }

    /** Runtime pods that can be asked how they are. */
    List<RuntimeProbe.Pod> runtimes() {
        return pods.stream()
                .filter(pod -> pod.getMetadata().getLabels().containsKey(Names.REVISION_LABEL))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus() != null && pod.getStatus().getPodIP() != null)
                .filter(Cluster::fetched)
                .map(pod -> new RuntimeProbe.Pod(
                        pod.getMetadata().getName(), pod.getStatus().getPodIP()))
                .toList();
    }

    /** Every pod that a node may have given keys to, also one that is only starting or already leaving, and what it says of them. */
    Holders holders(Optional<RouteProbe.Applied> applied) {
        Map<String, List<String>> runtimes = new HashMap<>();
        Map<String, List<String>> gateways = new HashMap<>();
        for (Pod pod : pods) {
            String name = pod.getMetadata().getName();
            if (!runs(pod)) {
                continue;
            }
            if (pod.getMetadata().getLabels().containsKey(Names.REVISION_LABEL)) {
                runtimes.put(
                        name,
                        Optional.ofNullable(reports.byPod().get(name))
                                .map(Health::tokens)
                                .orElse(List.of()));
            } else {
                String shown = applied.map(said -> said.tokens().get(name)).orElse("");
                gateways.put(name, shown.isEmpty() ? List.of() : List.of(shown));
            }
        }
        return new Holders(runtimes, gateways);
    }

    private static boolean runs(Pod pod) {
        return pod.getSpec() != null
                && pod.getSpec().getNodeName() != null
                && (pod.getStatus() == null
                        || !List.of("Succeeded", "Failed")
                                .contains(pod.getStatus().getPhase()));
    }

    /** Ready gateways, found by ownership and never by a label anyone can set: the model owns the Service, the Service its EndpointSlices. */
    List<Gateways.Pod> gateways(String service) {
        Optional<String> owner = service(service).map(s -> s.getMetadata().getUid());
        if (owner.isEmpty()) {
            return List.of();
        }
        return slices.stream()
                .filter(slice -> Applier.ownedBy(slice, owner.get()))
                .flatMap(slice -> Stream.ofNullable(slice.getEndpoints()).flatMap(List::stream))
                .filter(endpoint -> endpoint.getConditions() == null
                        || !Boolean.FALSE.equals(endpoint.getConditions().getReady()))
                .filter(endpoint -> endpoint.getTargetRef() != null)
                .map(endpoint -> new Gateways.Pod(
                        endpoint.getTargetRef().getName(),
                        endpoint.getAddresses().getFirst()))
                .sorted(Comparator.comparing(Gateways.Pod::name))
                .toList();
    }

    /** The bundle is there and the runtime is at work. */
    private static boolean fetched(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getContainerStatuses() != null
                && pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(status -> Boolean.TRUE.equals(status.getStarted()));
    }

    private static String failure(Pod pod) {
        if (pod.getStatus() == null || pod.getMetadata().getDeletionTimestamp() != null) {
            return "";
        }
        for (ContainerStatus status : pod.getStatus().getInitContainerStatuses()) {
            String said = said(status);
            if (!said.isEmpty()) {
                return said;
            }
        }
        for (ContainerStatus status : pod.getStatus().getContainerStatuses()) {
            String said = said(status);
            if (!said.isEmpty()) {
                return said;
            }
        }
        for (PodCondition condition : pod.getStatus().getConditions()) {
            if (condition.getType().equals("PodScheduled")
                    && condition.getStatus().equals("False")) {
                return "not scheduled: " + condition.getMessage();
            }
        }
        return "";
    }

    private static String said(ContainerStatus status) {
        var terminated = Optional.ofNullable(status.getState().getTerminated())
                .or(() -> Optional.ofNullable(status.getLastState()).map(last -> last.getTerminated()));
        var waiting = Optional.ofNullable(status.getState().getWaiting());
        boolean runs = status.getState().getRunning() != null && Boolean.TRUE.equals(status.getReady());
        if (!runs && terminated.isPresent() && terminated.get().getExitCode() != 0) {
            String message = Optional.ofNullable(terminated.get().getMessage())
                    .orElse("")
                    .strip();
            String last = message.substring(message.lastIndexOf('\n') + 1);
            return last.isEmpty()
                    ? status.getName() + " ended with exit code "
                            + terminated.get().getExitCode()
                    : last;
        }
        return waiting.filter(w -> w.getReason() != null
                        && !w.getReason().equals("PodInitializing")
                        && !w.getReason().equals("ContainerCreating"))
                .map(w -> status.getName() + ": " + w.getReason()
                        + Optional.ofNullable(w.getMessage()).map(m -> ": " + m).orElse(""))
                .orElse("");
    }
}
