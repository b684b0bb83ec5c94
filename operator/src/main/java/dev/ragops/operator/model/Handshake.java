package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.Durations;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.Memory;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Says who serves: what the bound rollout asks where it may be realised, else what was realised last. */
final class Handshake {
    private static final Duration SCALE_DOWN_DELAY = Duration.ofSeconds(30);

    private final Observation seen;
    private final Tracks last;

    Handshake(Observation seen) {
        this.seen = seen;
        int floor = seen.traffic().map(Handshake::floor).orElse(0);
        Duration delay = seen.traffic().map(Handshake::delay).orElse(SCALE_DOWN_DELAY);
        Memory memory = seen.file().map(RouteFile::memory).orElse(Memory.EMPTY);
        this.last = seen.file()
                .map(file -> Tracks.of(file.route(), memory, floor, delay))
                .orElseGet(() -> Tracks.none(SCALE_DOWN_DELAY));
    }

    /** @param target what should become stable, where it is recorded already */
    Tracks tracks(Optional<Revision> target) {
        Optional<String> next = target.map(Revision::name);
        if (last.stable().isEmpty()) {
            // The first revision takes over when it is ready, whatever the promotion.
            return last.serving(next.filter(this::ready));
        }
        if (seen.spec().promotion() == RagModelSpec.Promotion.DIRECT) {
            boolean paused = Boolean.TRUE.equals(seen.spec().paused());
            return last.serving(next.filter(name -> !paused && fullyReady(name)).or(last::stable));
        }
        if (seen.bound().isEmpty()) {
            // A rollout that was taken away mid-way leaves users on stable.
            return last.serving(last.stable());
        }
        return seen.traffic().filter(this::acceptable).map(Handshake::asked).orElse(last);
    }

    /** Ignores what is meant for another model, is older than what was realised, or names what we do not know. */
    private boolean acceptable(TrafficStatus traffic) {
        if (!seen.uid().equals(traffic.modelUid()) || traffic.seq() == null || traffic.seq() < last.seq()) {
            return false;
        }
        String stable = Objects.requireNonNullElse(traffic.stable(), "");
        boolean known = Stream.of(
                        Optional.of(stable),
                        Optional.ofNullable(traffic.candidate()),
                        Optional.ofNullable(traffic.control()))
                .flatMap(Optional::stream)
                .allMatch(name -> seen.revision(name).isPresent());
        if (!known) {
            return false;
        }
        boolean movesStable = !last.stable().equals(Optional.of(stable));
        // One that serves already may be asked to go on serving while the pods to go back to come up.
        boolean rejected = traffic.rejected().stream()
                .anyMatch(entry -> entry.revision().equals(traffic.candidate())
                        || (movesStable && entry.revision().equals(stable)));
        return !rejected && (!movesStable || ready(stable));
    }

    private static Tracks asked(TrafficStatus traffic) {
        var split = traffic.split();
        return new Tracks(
                Optional.ofNullable(traffic.stable()),
                Optional.ofNullable(traffic.candidate()),
                Optional.ofNullable(traffic.control()),
                split == null
                        ? Route.Split.NONE
                        : new Route.Split(split.kind().name().toLowerCase(Locale.ROOT), split.percent()),
                traffic.matches().stream().map(Route.Match::new).toList(),
                !Boolean.FALSE.equals(traffic.fallback()),
                traffic.seq() == null ? 0 : traffic.seq(),
                traffic.attempt() == null ? 0 : traffic.attempt(),
                floor(traffic),
                delay(traffic),
                List.copyOf(traffic.rejected()));
    }

    private static int floor(TrafficStatus traffic) {
        return traffic.floor() == null ? 0 : traffic.floor();
    }

    private static Duration delay(TrafficStatus traffic) {
        return Durations.parse(traffic.scaleDownDelay(), SCALE_DOWN_DELAY);
    }

    private boolean ready(String revision) {
        return seen.revision(revision).map(Revisioned::isReady).orElse(false);
    }

    private boolean fullyReady(String revision) {
        return seen.revision(revision)
                .map(r -> r.isReady() && r.readyReplicas() >= r.desiredReplicas())
                .orElse(false);
    }
}
