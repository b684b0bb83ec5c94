package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.LocalSecretReference;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.operator.Claim;
import dev.ragops.operator.Durations;
import dev.ragops.operator.gateway.Gateways;
import dev.ragops.operator.gateway.HttpGateways;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.outside.ReadableSecrets;
import dev.ragops.operator.registry.MlflowRegistry;
import dev.ragops.operator.registry.ModelRegistry;
import dev.ragops.operator.registry.Question;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.route.RouteFile;
import dev.ragops.operator.runtime.HttpRuntimes;
import dev.ragops.operator.runtime.RuntimeProbe;
import dev.ragops.operator.runtime.Runtimes;
import dev.ragops.operator.workload.Defaults;
import dev.ragops.operator.workload.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Carries a RagModel from what lies ready to objects, route and status. The deciding is {@link Decider}'s, the asking the pollers'. */
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 1000, maxInterval = 30_000)
@ControllerConfiguration(
        name = "ragmodel",
        // A status that somebody wiped is news too.
        generationAwareEventProcessing = false,
        informer = @Informer(comparableResourceVersions = false))
public class RagModelReconciler implements Reconciler<RagModel> {
    private static final Logger LOG = Logger.getLogger(RagModelReconciler.class);
    private static final Duration SOON = Duration.ofMillis(300);

    private final KubernetesClient client;
    private final Clock clock = Clock.systemUTC();
    private final Claim claim = Claim.fromEnvironment(System.getenv());
    private final SimpleInboundEventSource<RagModel> news = new SimpleInboundEventSource<>("asked");
    private final RegistryPoller registry;
    private final RouteProbe probe;
    private final RuntimeProbe runtimes;
    private final ReadableSecrets secrets;
    private final Realiser realiser;
    private final ModelEvents events;
    private final ModelMetrics metrics;
    private @Nullable IndexerResourceCache<RagModel> models;

    @Inject
    public RagModelReconciler(KubernetesClient client, MeterRegistry meters) {
        this(
                client,
                meters,
                new MlflowRegistry(),
                new HttpGateways(client, Clock.systemUTC()),
                new HttpRuntimes(),
                Defaults.fromEnvironment(System.getenv()));
    }

    RagModelReconciler(
            KubernetesClient client,
            MeterRegistry meters,
            ModelRegistry models,
            Gateways gateways,
            Runtimes pods,
            Defaults defaults) {
        this.client = client;
        this.metrics = new ModelMetrics(meters);
        this.registry = new RegistryPoller(
                question -> {
                    Resolution resolution = models.resolve(question);
                    metrics.answered(resolution);
                    return resolution;
                },
                clock,
                this::onNews);
        this.probe = new RouteProbe(gateways, clock, this::onNews);
        this.runtimes = new RuntimeProbe(pods, clock, this::onNews);
        this.events = new ModelEvents(client);
        this.realiser = new Realiser(client, clock, defaults, events);
        this.secrets = new ReadableSecrets(client);
    }

    @Override
    public List<EventSource<?, RagModel>> prepareEventSources(EventSourceContext<RagModel> context) {
        models = context.getPrimaryCache();
        return List.of(
                owned(Deployment.class, context),
                owned(ControllerRevision.class, context),
                owned(ConfigMap.class, context),
                owned(Pod.class, context),
                owned(Service.class, context),
                owned(EndpointSlice.class, context),
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(RagRollout.class, RagModel.class)
                                .withName("rollouts")
                                .withSecondaryToPrimaryMapper(rollout -> Set.of(new ResourceID(
                                        rollout.getSpec().modelRef().name(),
                                        rollout.getMetadata().getNamespace())))
                                .withComparableResourceVersion(false)
                                .build(),
                        context),
                news);
    }

    private static <T extends HasMetadata> EventSource<T, RagModel> owned(
            Class<T> type, EventSourceContext<RagModel> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(type, RagModel.class)
                        .withName(type.getSimpleName())
                        .withLabelSelector(Names.MANAGED_BY_LABEL + "=" + Names.MANAGER)
                        .withSecondaryToPrimaryMapper(object -> Optional.ofNullable(
                                        object.getMetadata().getLabels().get(Names.MODEL_LABEL))
                                .map(model -> Set.of(new ResourceID(
                                        model, object.getMetadata().getNamespace())))
                                .orElse(Set.of()))
                        .withComparableResourceVersion(false)
                        .build(),
                context);
    }

    @Override
    public UpdateControl<RagModel> reconcile(RagModel model, Context<RagModel> context) {
        String namespace = model.getMetadata().getNamespace();
        String name = model.getMetadata().getName();
        String key = namespace + "/" + name;
        if (model.getMetadata().getDeletionTimestamp() != null || !claim.covers(model)) {
            forget(key, model.getMetadata().getUid());
            return UpdateControl.noUpdate();
        }
        follow(key, model);
        Cluster cluster = new Cluster(model, context, runtimes.latest(key));
        Observation observed = Observing.of(model, cluster, registry.latest(key), probe.latest(key), clock.instant());
        Plan plan = Decider.decide(observed);
        Realiser.Result result = realiser.realise(model, cluster, plan, cluster.holders(observed.applied()));
        if (result == Realiser.Result.STALE) {
            return UpdateControl.<RagModel>noUpdate().rescheduleAfter(SOON);
        }
        Observation seen = observed.hinderedBy(hindrance(result));
        plan.file().map(RouteFile::route).ifPresent(route -> {
            probe.follow(
                    key,
                    new RouteProbe.Wanted(
                            namespace,
                            name,
                            model.getMetadata().getUid(),
                            cluster.gateways(name),
                            route.generation(),
                            HttpGateways.settings(route)));
            runtimes.follow(key, cluster.runtimes(), Pace.ofAsking(observed, route));
        });
        RagModelStatus status = Statuses.status(
                seen, plan, model.getStatus(), model.getMetadata().getGeneration());
        metrics.show(namespace, name, status);
        if (!status.equals(model.getStatus())) {
            if (!written(model, status)) {
                return UpdateControl.<RagModel>noUpdate().rescheduleAfter(SOON);
            }
            events.tell(model, model.getStatus(), status, seen.now());
        }
        return UpdateControl.<RagModel>noUpdate()
                .rescheduleAfter(Pace.ofLooking(model.getSpec(), plan, status, result));
    }

    private static Optional<Hindrance> hindrance(Realiser.Result result) {
        return switch (result) {
            case Realiser.Done _, Realiser.Waiting _, Realiser.Stale _ -> Optional.empty();
            case Realiser.Conflict conflict -> Optional.of(new Hindrance("NameConflict", conflict.message()));
            case Realiser.NoApiKeys missing -> Optional.of(new Hindrance("ApiKeysUnreadable", missing.message()));
            case Realiser.Forbidden forbidden -> Optional.of(new Hindrance("Forbidden", forbidden.message()));
        };
    }

    private void follow(String key, RagModel model) {
        RagModelSpec spec = model.getSpec();
        Optional<String> secret =
                Optional.ofNullable(spec.registry().credentialsSecret()).map(LocalSecretReference::name);
        Duration interval = Durations.parse(spec.registry().pollInterval(), Observation.DEFAULT_POLL_INTERVAL);
        registry.follow(
                key,
                List.of(model.getMetadata().getUid(), spec.registry(), spec.model()),
                interval,
                () -> exists(key)
                        ? Optional.of(new Question(
                                spec.registry().url(),
                                spec.model().name(),
                                Optional.ofNullable(spec.model().alias()),
                                Optional.ofNullable(spec.model().version()),
                                secret.map(name ->
                                                credentials(model.getMetadata().getNamespace(), name))
                                        .orElse(Map.of())))
                        : Optional.empty());
    }

    private Map<String, String> credentials(String namespace, String name) {
        try {
            return secrets.read(namespace, name);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("spec.registry.credentialsSecret: " + e.getMessage(), e);
        }
    }

    /** Only onto the version of the object it was decided on; otherwise the world is looked at again. */
    private boolean written(RagModel model, RagModelStatus status) {
        RagModel copy = new RagModel();
        copy.setMetadata(model.getMetadata());
        copy.setSpec(model.getSpec());
        copy.setStatus(status);
        try {
            client.resource(copy).updateStatus();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private static ResourceID id(String key) {
        int slash = key.indexOf('/');
        return new ResourceID(key.substring(slash + 1), key.substring(0, slash));
    }

    private boolean exists(String key) {
        IndexerResourceCache<RagModel> known = models;
        return known == null || known.get(id(key)).isPresent();
    }

    private void onNews(String key) {
        if (!exists(key)) {
            forget(key, "");
            return;
        }
        LOG.debugf("%s: news", key);
        news.propagateEvent(id(key));
    }

    private void forget(String key, String uid) {
        registry.forget(key);
        probe.forget(key);
        runtimes.forget(key);
        metrics.forget(key);
        if (!uid.isEmpty()) {
            realiser.forget(uid);
        }
    }

    @PreDestroy
    void stop() {
        registry.close();
        probe.close();
        runtimes.close();
    }
}
