package dev.ragops.operator.rollout.report;

import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.operator.rollout.machine.Happening;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jboss.logging.Logger;

/** Writes what happened as events on the rollout, where {@code kubectl describe} shows it. */
public final class Events {
    private static final Logger LOG = Logger.getLogger(Events.class);
    private static final int MAX_NOTE = 1000;

    private final KubernetesClient client;

    public Events(KubernetesClient client) {
        this.client = client;
    }

    public void tell(RagRollout rollout, List<Happening> happenings, Instant now) {
        for (Happening happening : happenings) {
            LOG.infof(
                    "%s/%s: %s: %s",
                    rollout.getMetadata().getNamespace(),
                    rollout.getMetadata().getName(),
                    happening.reason(),
                    happening.message());
            try {
                client.resource(event(rollout, happening, now)).create();
            } catch (KubernetesClientException lost) {
                // An event is a courtesy; the status has everything.
                LOG.debugf("event %s not written: %s", happening.reason(), lost.getMessage());
            }
        }
    }

    static Event event(RagRollout rollout, Happening happening, Instant now) {
        String at = now.truncatedTo(ChronoUnit.SECONDS).toString();
        String note = happening.message();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(rollout.getMetadata().getName() + ".")
                .withNamespace(rollout.getMetadata().getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(rollout.getApiVersion())
                .withKind(rollout.getKind())
                .withName(rollout.getMetadata().getName())
                .withNamespace(rollout.getMetadata().getNamespace())
                .withUid(rollout.getMetadata().getUid())
                .endInvolvedObject()
                .withType(happening.warning() ? "Warning" : "Normal")
                .withReason(happening.reason())
                .withMessage(note.length() > MAX_NOTE ? note.substring(0, MAX_NOTE) : note)
                .withNewSource("ragops", null)
                .withFirstTimestamp(at)
                .withLastTimestamp(at)
                .withCount(1)
                .build();
    }
}
