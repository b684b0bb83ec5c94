package dev.ragops.operator.rollout;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.operator.Claim;
import dev.ragops.operator.outside.ReadableSecrets;
import dev.ragops.operator.rollout.collect.ClusterGateways;
import dev.ragops.operator.rollout.collect.Collector;
import dev.ragops.operator.rollout.collect.EvidenceSource;
import dev.ragops.operator.rollout.collect.GatewayEvidence;
import dev.ragops.operator.rollout.collect.PrometheusSource;
import dev.ragops.operator.rollout.collect.Subject;
import dev.ragops.operator.rollout.judge.SequentialJudge;
import dev.ragops.operator.rollout.machine.Decision;
import dev.ragops.operator.rollout.machine.HistoryEntry;
import dev.ragops.operator.rollout.machine.ModelView;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.RevisionId;
import dev.ragops.operator.rollout.machine.RolloutMachine;
import dev.ragops.operator.rollout.machine.Snapshot;
import dev.ragops.operator.rollout.machine.State;
import dev.ragops.operator.rollout.report.Events;
import dev.ragops.operator.rollout.report.MlflowVersionTags;
import dev.ragops.operator.rollout.report.OutcomeReporter;
import dev.ragops.operator.rollout.report.RolloutMetrics;
import dev.ragops.operator.rollout.wire.StatusReader;
import dev.ragops.operator.rollout.wire.StatusWriter;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries a rollout from what lies ready to a decision and writes it, and nothing else: the decision is {@link RolloutMachine}'s, the asking is the
 * collector's, the realising is the RagModel reconciler's.
 */
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 1000, maxInterval = 30_000)
@ControllerConfiguration(
        name = "ragrollout",
        // A status that somebody wiped is news too.
        generationAwareEventProcessing = false,
        informer = @Informer(comparableResourceVersions = false))
public class RagRolloutReconciler implements Reconciler<RagRollout> {
    /** A cache needs a moment to see what someone else wrote. */
    private static final Duration OBSERVE_AGAIN = Duration.ofMillis(200);

    /** The rollout of a model that another installation takes care of; its model's change wakes us earlier. */
    private static final Duration OTHERS = Duration.ofMinutes(10);

    private static final String BY_MODEL = "ragops-by-model";

    private final KubernetesClient client;
    private final Clock clock = Clock.systemUTC();
    private final RolloutMachine machine = new RolloutMachine(new SequentialJudge());
    private final SimpleInboundEventSource<RagRollout> news = new SimpleInboundEventSource<>("evidence");
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    private final Collector collector;
    private final OutcomeReporter outcomes;
    private final Events events;
    private final RolloutMetrics metrics;
    private final RouteMemory memory;
    private final Claim claim = Claim.fromEnvironment(System.getenv());
    private @Nullable InformerEventSource<RagModel, RagRollout> models;
    private @Nullable IndexerResourceCache<RagRollout> rollouts;

    @Inject
    public RagRolloutReconciler(KubernetesClient client, MeterRegistry registry) {
        this(client, registry, new GatewayEvidence(new ClusterGateways(client), Clock.systemUTC()));
    }

    RagRolloutReconciler(KubernetesClient client, MeterRegistry registry, EvidenceSource evidence) {
        this.client = client;
        ReadableSecrets secrets = new ReadableSecrets(client);
        this.collector = new Collector(evidence, new PrometheusSource(secrets::read), clock, this::onNews);
        this.outcomes = new OutcomeReporter(new MlflowVersionTags(secrets::read), background, clock, this::later);
        this.events = new Events(client);
        this.metrics = new RolloutMetrics(registry);
        this.memory = new RouteMemory(client);
    }

    @Override
    public List<EventSource<?, RagRollout>> prepareEventSources(EventSourceContext<RagRollout> context) {
        IndexerResourceCache<RagRollout> primaries = context.getPrimaryCache();
        primaries.addIndexer(
                BY_MODEL,
                r -> List.of(key(
                        r.getMetadata().getNamespace(), r.getSpec().modelRef().name())));
        rollouts = primaries;
        InformerEventSource<RagModel, RagRollout> source = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(RagModel.class, RagRollout.class)
                        .withName("model-of-rollout")
                        .withSecondaryToPrimaryMapper(model -> followersOf(primaries, model))
                        .withComparableResourceVersion(false)
                        .build(),
                context);
        models = source;
        return List.of(source, news);
    }

    private static Set<ResourceID> followersOf(IndexerResourceCache<RagRollout> primaries, RagModel model) {
        return primaries
                .byIndex(
                        BY_MODEL,
                        key(
                                model.getMetadata().getNamespace(),
                                model.getMetadata().getName()))
                .stream()
                .map(ResourceID::fromResource)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    @Override
    public UpdateControl<RagRollout> reconcile(RagRollout rollout, Context<RagRollout> context) {
        return UpdateControl.<RagRollout>noUpdate().rescheduleAfter(carry(rollout));
    }

    /** @return when to look again at the latest */
    Duration carry(RagRollout rollout) {
        String namespace = rollout.getMetadata().getNamespace();
        String name = rollout.getMetadata().getName();
        String uid = rollout.getMetadata().getUid();
        Instant now = clock.instant();
        Collector.Key key = new Collector.Key(namespace, name);
        Optional<RagModel> model = model(rollout);
        if (model.isPresent() && !claim.covers(model.get())) {
            collector.forget(key);
            metrics.forget(namespace, name);
            return OTHERS;
        }
        List<HistoryEntry> history =
                StatusReader.state(rollout.getStatus()).map(State::history).orElse(List.of());
        Snapshot snapshot = Observer.snapshot(
                rollout,
                model,
                collector.latest(key),
                outcomes.heard(uid, history),
                () -> memory.rejected(namespace, rollout.getSpec().modelRef().name()),
                now);

        Decision decision = machine.decide(snapshot);
        State state = decision.state();

        RagRolloutStatus status = StatusWriter.status(
                rollout, state, model.map(m -> m.getMetadata().getUid()), queued(snapshot.model(), state), now);
        if (!status.equals(rollout.getStatus())) {
            if (!written(rollout, status)) {
                // Decided on something that is not true any more: nothing of it counts.
                return OBSERVE_AGAIN;
            }
            events.tell(rollout, decision.happenings(), now);
            state.history().stream()
                    .limit(Math.max(0, newEntries(history, state.history())))
                    .forEach(entry -> metrics.ended(namespace, name, entry));
        }
        metrics.show(namespace, name, state);
        Optional<Subject> subject = Observer.subject(with(rollout, status), snapshot.model(), state);
        subject.ifPresentOrElse(collector::follow, () -> collector.forget(key));
        if (model.isPresent() && writesBack(rollout)) {
            outcomes.report(uid, model.get(), state.history(), () -> onNews(key));
        }
        return decision.lookAgain();
    }

    private Optional<RagModel> model(RagRollout rollout) {
        InformerEventSource<RagModel, RagRollout> source = models;
        if (source == null) {
            return Optional.empty();
        }
        return source.get(new ResourceID(
                rollout.getSpec().modelRef().name(), rollout.getMetadata().getNamespace()));
    }

    /** The status is only written onto the version of the object it was decided on. */
    private boolean written(RagRollout rollout, RagRolloutStatus status) {
        try {
            client.resource(with(rollout, status)).updateStatus();
            return true;
        } catch (KubernetesClientException failure) {
            if (failure.getCode() == HttpURLConnection.HTTP_CONFLICT
                    || failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw failure;
        }
    }

    private static RagRollout with(RagRollout rollout, RagRolloutStatus status) {
        RagRollout copy = new RagRollout();
        copy.setMetadata(rollout.getMetadata());
        copy.setSpec(rollout.getSpec());
        copy.setStatus(status);
        return copy;
    }

    private static Optional<RevisionId> queued(Optional<ModelView> model, State state) {
        if (!(state.phase() instanceof Phase.Active active)) {
            return Optional.empty();
        }
        return model.flatMap(ModelView::target)
                .filter(t -> !t.name().equals(active.run().candidate().name()));
    }

    private static int newEntries(List<HistoryEntry> before, List<HistoryEntry> after) {
        long newest = before.isEmpty() ? 0 : before.getFirst().attempt();
        return (int) after.stream().filter(e -> e.attempt() > newest).count();
    }

    private static boolean writesBack(RagRollout rollout) {
        return rollout.getSpec().writeBack() == null
                || !Boolean.FALSE.equals(rollout.getSpec().writeBack().tags());
    }

    private void later(Duration wait, Runnable what) {
        CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS, background)
                .execute(what);
    }

    private void onNews(Collector.Key key) {
        ResourceID id = new ResourceID(key.name(), key.namespace());
        IndexerResourceCache<RagRollout> known = rollouts;
        if (known == null || known.get(id).isEmpty()) {
            collector.forget(key);
            metrics.forget(key.namespace(), key.name());
            return;
        }
        news.propagateEvent(id);
    }

    @PreDestroy
    void stop() {
        collector.close();
        background.shutdownNow();
    }
}
