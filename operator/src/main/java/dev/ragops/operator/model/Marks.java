package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.Memory;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import dev.ragops.operator.workload.RevisionObjects;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps on the revisions' records which one is stable and which are rejected, for the day that the route and the status are both gone: without it a candidate on trial would be
 * taken for the first revision of a new model and get every user.
 */
final class Marks {
    static final String STABLE_SINCE = "ragops.dev/stable-since";
    static final String REJECTED = "ragops.dev/rejected";

    private Marks() {}

    /** The records that have to be written again, with what they should say. */
    static List<ControllerRevision> missing(List<ControllerRevision> records, RouteFile file) {
        String stable = file.route().stable() == null
                ? ""
                : Objects.requireNonNull(file.route().stable()).revision();
        long newest = records.stream().mapToLong(Marks::stableSince).max().orElse(0);
        return records.stream()
                .map(record -> {
                    Map<String, String> wanted = new HashMap<>(annotations(record));
                    boolean lagging = newest == 0
                            || stableSince(record) < newest
                            || records.stream()
                                            .filter(r -> stableSince(r) == newest)
                                            .count()
                                    > 1;
                    if (name(record).equals(stable) && lagging) {
                        wanted.put(
                                STABLE_SINCE,
                                Long.toString(Math.max(newest + 1, file.route().generation())));
                    }
                    Optional<RejectedRevision> rejection = file.memory().rejected().stream()
                            .filter(r -> r.revision().equals(name(record)))
                            .findFirst();
                    rejection.ifPresentOrElse(
                            r -> wanted.put(REJECTED, Objects.requireNonNullElse(r.reason(), "")),
                            () -> wanted.remove(REJECTED));
                    return wanted.equals(annotations(record)) ? null : marked(record, wanted);
                })
                .filter(Objects::nonNull)
                .toList();
    }

    private static ControllerRevision marked(ControllerRevision record, Map<String, String> annotations) {
        return new ControllerRevisionBuilder(record)
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }

    /**
     * A route from the records alone: users have what was stable last, nothing else is under way.
     *
     * @param now its number is one no route ever had: generations rise by ones, seconds of the epoch are far above them
     */
    static Optional<RouteFile> remembered(Route.ModelId model, List<ControllerRevision> records, Instant now) {
        return records.stream()
                .filter(record -> stableSince(record) > 0)
                .max(Comparator.comparingLong(Marks::stableSince))
                .map(record -> new RouteFile(
                        Route.toStable(model, now.getEpochSecond(), 0, name(record)),
                        new Memory(null, "", 0, rejected(records), Map.of())));
    }

    static List<RejectedRevision> rejected(List<ControllerRevision> records) {
        return records.stream()
                .filter(record -> annotations(record).containsKey(REJECTED))
                .map(record -> {
                    Revision revision = RevisionObjects.read(record).revision();
                    return new RejectedRevision(
                            revision.name(),
                            revision.version(),
                            revision.digest(),
                            revision.configDigest(),
                            annotations(record).get(REJECTED),
                            null);
                })
                .toList();
    }

    private static long stableSince(ControllerRevision record) {
        try {
            return Long.parseLong(annotations(record).getOrDefault(STABLE_SINCE, "0"));
        } catch (NumberFormatException somebodyWrote) {
            return 0;
        }
    }

    private static String name(ControllerRevision record) {
        return record.getMetadata().getName();
    }

    private static Map<String, String> annotations(ControllerRevision record) {
        return Objects.requireNonNullElse(record.getMetadata().getAnnotations(), Map.of());
    }
}
