package dev.ragops.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RevisionReference;
import dev.ragops.api.v1alpha1.VerdictStatus;
import dev.ragops.e2e.report.Moment;
import dev.ragops.e2e.report.Timeline;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes down every change of one model's rollout, route, pods and gateways with the time it was seen. */
public final class Recorder implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Cluster cluster;
    private final String model;
    private final List<Moment> moments = new ArrayList<>();
    private final Set<String> startedPods = new HashSet<>();
    private final List<AutoCloseable> informers = new ArrayList<>();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();
    private @Nullable GatewayAdmin gateways;

    public Recorder(Cluster cluster, String model) {
        this.cluster = cluster;
        this.model = model;
        var client = cluster.client();
        informers.add(client.resources(RagRollout.class)
                .inNamespace(cluster.namespace())
                .inform(each(this::rollout)));
        informers.add(client.configMaps()
                .inNamespace(cluster.namespace())
                .withName(model + "-route")
                .inform(each(this::route)));
        informers.add(client.pods()
                .inNamespace(cluster.namespace())
                .withLabel("ragops.dev/model", model)
                .inform(each(this::pod)));
    }

    /** From here on the gateways are asked too; the model must have its keys. */
    public void watchGateways() {
        gateways = new GatewayAdmin(cluster.client(), cluster.model(model).orElseThrow());
        lookAtGateways();
        var _ = looking.scheduleWithFixedDelay(this::lookAtGateways, 500, 500, TimeUnit.MILLISECONDS);
    }

    public synchronized void add(Moment moment) {
        moments.add(moment);
    }

    public synchronized Timeline timeline() {
        return new Timeline(moments);
    }

    private void lookAtGateways() {
        GatewayAdmin admin = gateways;
        if (admin == null) {
            return;
        }
        try {
            List<Pod> pods = cluster.gateways(model);
            add(new Moment.GatewaysAre(
                    System.currentTimeMillis(),
                    pods.stream().map(pod -> pod.getMetadata().getName()).toList()));
            for (Pod pod : pods) {
                admin.ask(pod).ifPresent(this::add);
            }
        } catch (RuntimeException e) {
            // A look that failed is a gap in the record; the table says "not seen" if it mattered.
        }
    }

    private void rollout(RagRollout rollout) {
        RagRolloutStatus status = rollout.getStatus();
        if (status == null || !model.equals(rollout.getSpec().modelRef().name())) {
            return;
        }
        Map<String, String> rulings = new HashMap<>();
        for (VerdictStatus verdict : status.verdicts()) {
            rulings.put(verdict.check(), verdict.ruling());
        }
        add(new Moment.RolloutSeen(
                System.currentTimeMillis(),
                text(status.phase()),
                text(status.reason()),
                Objects.requireNonNullElse(status.attempt(), 0),
                status.step() == null ? "" : text(status.step().name()),
                status.step() == null ? "" : text(status.step().kind()),
                revision(status.stable()),
                revision(status.candidate()),
                status.traffic() == null
                        ? 0
                        : Objects.requireNonNullElse(status.traffic().seq(), 0L),
                status.evidence() == null ? 0 : millis(status.evidence().at()),
                rulings));
    }

    private void route(ConfigMap map) {
        String document = map.getData() == null ? null : map.getData().get("route.json");
        if (document == null) {
            return;
        }
        try {
            JsonNode route = JSON.readTree(document);
            add(new Moment.RouteWritten(
                    System.currentTimeMillis(),
                    route.path("generation").asLong(),
                    route.path("stable").path("revision").asText(""),
                    route.path("candidate").path("revision").asText(""),
                    route.path("split").path("kind").asText("none"),
                    route.path("split").path("percent").asDouble()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("route.json of " + model + " is not JSON", e);
        }
    }

    private void pod(Pod pod) {
        String revision = pod.getMetadata().getLabels().get("ragops.dev/revision");
        boolean started = pod.getStatus() != null && pod.getStatus().getStartTime() != null;
        if (revision != null && started && isNew(pod.getMetadata().getUid())) {
            add(new Moment.PodStarted(
                    System.currentTimeMillis(), pod.getMetadata().getName(), revision));
        }
    }

    private synchronized boolean isNew(String uid) {
        return startedPods.add(uid);
    }

    private static String text(@Nullable String text) {
        return Objects.requireNonNullElse(text, "");
    }

    private static String revision(@Nullable RevisionReference reference) {
        return reference == null ? "" : text(reference.revision());
    }

    private static long millis(@Nullable String time) {
        try {
            return time == null ? 0 : Instant.parse(time).toEpochMilli();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    private static <T> ResourceEventHandler<T> each(Consumer<T> seen) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                seen.accept(object);
            }

            @Override
            public void onUpdate(T before, T now) {
                seen.accept(now);
            }

            @Override
            public void onDelete(T object, boolean unknown) {}
        };
    }

    @Override
    public void close() {
        looking.shutdownNow();
        for (AutoCloseable informer : informers) {
            try {
                informer.close();
            } catch (Exception e) {
                // The process ends with it anyway.
            }
        }
        if (gateways != null) {
            gateways.close();
        }
    }
}
