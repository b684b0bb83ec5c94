package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.api.v1alpha1.TargetStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells what changed, as events of the RagModel and lines of the log. */
final class ModelEvents {
    private static final Logger LOG = Logger.getLogger(ModelEvents.class);
    private static final Set<String> TOLD = Set.of("Resolved", "GatesPassed", "Stalled", "Ready");
    private static final int MAX_NOTE = 1000;

    private final KubernetesClient client;

    ModelEvents(KubernetesClient client) {
        this.client = client;
    }

    record Happening(String type, String reason, String message) {}

    void tell(RagModel model, @Nullable RagModelStatus before, RagModelStatus after, Instant now) {
        tell(model, happenings(before, after), now);
    }

    void tell(RagModel model, List<Happening> happenings, Instant now) {
        for (Happening happening : happenings) {
            LOG.infof(
                    "%s/%s: %s: %s",
                    model.getMetadata().getNamespace(),
                    model.getMetadata().getName(),
                    happening.reason(),
                    happening.message());
            try {
                client.resource(new EventBuilder()
                                .withNewMetadata()
                                .withGenerateName(model.getMetadata().getName() + ".")
                                .withNamespace(model.getMetadata().getNamespace())
                                .endMetadata()
                                .withNewInvolvedObject()
                                .withApiVersion(model.getApiVersion())
                                .withKind(model.getKind())
                                .withName(model.getMetadata().getName())
                                .withNamespace(model.getMetadata().getNamespace())
                                .withUid(model.getMetadata().getUid())
                                .endInvolvedObject()
                                .withType(happening.type())
                                .withReason(happening.reason())
                                .withMessage(
                                        happening.message().length() > MAX_NOTE
                                                ? happening.message().substring(0, MAX_NOTE)
                                                : happening.message())
                                .withNewSource("ragops", null)
                                .withFirstTimestamp(
                                        now.truncatedTo(ChronoUnit.SECONDS).toString())
                                .withLastTimestamp(
                                        now.truncatedTo(ChronoUnit.SECONDS).toString())
                                .withCount(1)
                                .build())
                        .create();
            } catch (KubernetesClientException lost) {
                // An event is a courtesy; the status has everything.
                LOG.debugf("event %s not written: %s", happening.reason(), lost.getMessage());
            }
        }
    }

    static List<Happening> happenings(@Nullable RagModelStatus before, RagModelStatus after) {
        List<Happening> happenings = new ArrayList<>();
        Optional<RagModelStatus> old = Optional.ofNullable(before);
        String target =
                Optional.ofNullable(after.target()).map(TargetStatus::revision).orElse("");
        if (!target.isEmpty()
                && !target.equals(old.map(RagModelStatus::target)
                        .map(TargetStatus::revision)
                        .orElse(""))) {
            happenings.add(new Happening(
                    "Normal",
                    "TargetChanged",
                    target + " (version "
                            + Objects.requireNonNull(after.target()).version() + ") should become stable"));
        }
        String stable =
                Optional.ofNullable(after.route()).map(RouteStatus::stable).orElse("");
        if (!stable.isEmpty()
                && !stable.equals(
                        old.map(RagModelStatus::route).map(RouteStatus::stable).orElse(""))) {
            happenings.add(new Happening("Normal", "StableChanged", stable + " is stable"));
        }
        for (Condition condition : after.conditions()) {
            Optional<Condition> earlier = old.stream()
                    .flatMap(status -> status.conditions().stream())
                    .filter(c -> c.getType().equals(condition.getType()))
                    .findFirst();
            boolean bad = condition.getType().equals("Stalled")
                    ? condition.getStatus().equals("True")
                    : condition.getStatus().equals("False");
            boolean changed = earlier.map(c -> !c.getReason().equals(condition.getReason()))
                    .orElse(true);
            if (TOLD.contains(condition.getType()) && bad && changed) {
                happenings.add(new Happening("Warning", condition.getReason(), condition.getMessage()));
            }
        }
        return happenings;
    }
}
