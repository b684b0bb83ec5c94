package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.operator.route.Memory;
import dev.ragops.operator.route.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who serves, as one decision has it, and what a running rollout asks beside it. */
record Tracks(
        Optional<String> stable,
        Optional<String> candidate,
        Optional<String> control,
        Route.Split split,
        List<Route.Match> matches,
        boolean fallback,
        long seq,
        long attempt,
        int floor,
        Duration scaleDownDelay,
        List<RejectedRevision> rejected) {
    Tracks {
        matches = List.copyOf(matches);
        rejected = List.copyOf(rejected);
    }

    static Tracks none(Duration scaleDownDelay) {
        return new Tracks(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Route.Split.NONE,
                List.of(),
                true,
                0,
                0,
                0,
                scaleDownDelay,
                List.of());
    }

    /** As the route and its memory have it. */
    static Tracks of(Route route, Memory memory, int floor, Duration scaleDownDelay) {
        return new Tracks(
                Optional.ofNullable(route.stable()).map(Route.Track::revision),
                Optional.ofNullable(route.candidate()).map(Route.Track::revision),
                Optional.ofNullable(route.control()).map(Route.Track::revision),
                route.split(),
                route.matches(),
                route.fallback(),
                route.appliedSeq(),
                memory.attempt(),
                floor,
                scaleDownDelay,
                memory.rejected());
    }

    /** Everybody to one revision, under the number that was realised last. */
    Tracks serving(Optional<String> revision) {
        return new Tracks(
                revision,
                Optional.empty(),
                Optional.empty(),
                Route.Split.NONE,
                List.of(),
                fallback,
                seq,
                attempt,
                0,
                scaleDownDelay,
                rejected);
    }
}
