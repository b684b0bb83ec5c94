package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.judge.Objective;
import java.util.List;
import java.util.Optional;

/**
 * What a rollout needs to know of its RagModel.
 *
 * @param paused starts and advances stop; rollback and abort go on
 * @param direct stable follows the target without a rollout
 * @param boundTo the rollout that decides, the oldest one
 * @param target what should become stable
 * @param rejected what the model's own memory holds as rejected; read when our status was lost
 * @param attempt the highest attempt the model has seen; read when our status was lost
 */
public record ModelView(
        String uid,
        boolean deleting,
        boolean paused,
        boolean direct,
        Optional<RolloutId> boundTo,
        Optional<RevisionId> target,
        List<RevisionView> revisions,
        RouteView route,
        List<Objective> objectives,
        List<Rejection> rejected,
        long attempt) {
    public ModelView {
        revisions = List.copyOf(revisions);
        objectives = List.copyOf(objectives);
        rejected = List.copyOf(rejected);
    }

    public Optional<RevisionView> revision(String name) {
        return revisions.stream().filter(r -> r.id().name().equals(name)).findFirst();
    }

    /** By how many changes of the document store two revisions' answers differ. */
    public long lagBetween(RevisionId one, RevisionId other) {
        return Math.abs(lag(one) - lag(other));
    }

    private long lag(RevisionId id) {
        return revision(id.name()).map(RevisionView::lag).orElse(0L);
    }

    int readyReplicas(RevisionId id) {
        return revision(id.name()).map(RevisionView::readyReplicas).orElse(0);
    }
}
