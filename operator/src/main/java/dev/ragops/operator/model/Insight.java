package dev.ragops.operator.model;

import dev.ragops.operator.runtime.Health;
import dev.ragops.operator.workload.RevisionObjects;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/**
 * What the pods of a revision say of themselves, together.
 *
 * @param indexing of the pod that is least far, where one still catches up
 * @param lag changes of the document store that the pod furthest behind does not answer with yet
 * @param differing pods that run something else than the revision's record says
 * @param difference which, of one of them, in words; empty where there is none
 */
record Insight(Optional<Indexing> indexing, long lag, int differing, String difference) {
    static final Insight NONE = new Insight(Optional.empty(), 0, 0, "");

    /** @param done documents, of {@code total} */
    record Indexing(long done, long total) {}

    static Insight of(Collection<Health> pods, RevisionObjects.Recorded recorded) {
        Optional<Indexing> indexing = pods.stream()
                .filter(Health::isCatchingUp)
                .map(pod -> new Indexing(pod.done(), pod.total()))
                .min(Comparator.comparingLong(Indexing::done));
        long lag = pods.stream()
                .filter(pod -> !pod.isCatchingUp())
                .mapToLong(Health::lag)
                .max()
                .orElse(0);
        var differences = pods.stream()
                .map(pod -> difference(pod, recorded))
                .filter(text -> !text.isEmpty())
                .toList();
        return new Insight(indexing, lag, differences.size(), differences.isEmpty() ? "" : differences.getFirst());
    }

    private static String difference(Health pod, RevisionObjects.Recorded recorded) {
        String revision = Objects.requireNonNullElse(pod.revision(), "");
        if (!revision.isEmpty() && !revision.equals(recorded.revision().name())) {
            return "a pod says it is of " + revision;
        }
        String bundle = Objects.requireNonNullElse(pod.bundleDigest(), "");
        if (!bundle.isEmpty() && !bundle.equals(recorded.revision().digest())) {
            return "a pod serves the bundle " + bundle + " instead of "
                    + recorded.revision().digest();
        }
        String config = Objects.requireNonNullElse(pod.configDigest(), "");
        return config.isEmpty() || config.equals(recorded.configFileDigest())
                ? ""
                : "a pod runs with another config.json than the revision's; delete it to have it started anew";
    }
}
