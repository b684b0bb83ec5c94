package dev.ragops.e2e.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Answers how long things took from the moments that were seen; every number in the closing table comes from here. */
public record Timeline(List<Moment> moments) {

    public Timeline {
        List<Moment> sorted = new ArrayList<>(moments);
        sorted.sort(Comparator.comparingLong(Moment::at));
        moments = List.copyOf(sorted);
    }

    /** From the move of the alias to a version until the first pod of that revision was started. */
    public Optional<Duration> aliasToPod(String version, String revision) {
        OptionalLong moved = of(Moment.AliasMoved.class)
                .filter(moment -> moment.version().equals(version))
                .mapToLong(Moment::at)
                .findFirst();
        OptionalLong started = of(Moment.PodStarted.class)
                .filter(moment -> moment.revision().equals(revision))
                .mapToLong(Moment::at)
                .findFirst();
        return between(moved, started);
    }

    /**
     * The slowest change of the route: from its writing until the last gateway served it. Empty when some gateway was
     * never seen with the generation or a later one.
     */
    public Optional<Duration> slowestRouteChange() {
        List<Duration> each = new ArrayList<>();
        for (Moment.RouteWritten route : firstWritings()) {
            Optional<Duration> took = effective(route);
            if (took.isEmpty()) {
                return Optional.empty();
            }
            each.add(took.get());
        }
        return each.stream().max(Comparator.naturalOrder());
    }

    /** How many changes of the route {@link #slowestRouteChange} looked at. */
    public int routeChanges() {
        return firstWritings().size();
    }

    /**
     * From the last look at the evidence that did not yet condemn a candidate until no gateway gave it anything: an upper
     * bound of breach to zero, since the breach became visible after that look. When the very first look condemned it, one
     * {@code interval} before that look stands for the one that was not taken.
     */
    public Optional<Duration> breachToZero(String candidate, Duration interval) {
        OptionalLong tried = of(Moment.RolloutSeen.class)
                .filter(moment -> moment.candidate().equals(candidate))
                .mapToLong(Moment::at)
                .findFirst();
        Optional<Moment.RolloutSeen> condemned = of(Moment.RolloutSeen.class)
                .filter(moment -> tried.isPresent() && moment.at() >= tried.getAsLong())
                .filter(moment -> moment.candidate().equals(candidate)
                        || moment.candidate().isEmpty())
                .filter(Timeline::condemns)
                .findFirst();
        if (condemned.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong lastGood = of(Moment.RolloutSeen.class)
                .filter(moment -> moment.candidate().equals(candidate)
                        && moment.at() < condemned.get().at())
                .filter(moment -> !condemns(moment) && moment.evidenceAt() > 0)
                .mapToLong(Moment.RolloutSeen::evidenceAt)
                .max();
        Optional<Moment.RouteWritten> zero = firstWritings().stream()
                .filter(route -> route.at() >= condemned.get().at() - 1000 && !route.gives(candidate))
                .findFirst();
        if (zero.isEmpty()) {
            return Optional.empty();
        }
        long from = lastGood.orElse(condemned.get().evidenceAt() - interval.toMillis());
        return servedByAll(zero.get()).map(at -> Duration.ofMillis(Math.max(0, at - from)));
    }

    /** The kinds of steps an attempt went through, in order, each once. */
    public List<String> stepKinds(String candidate) {
        Set<String> kinds = new LinkedHashSet<>();
        of(Moment.RolloutSeen.class)
                .filter(moment -> moment.candidate().equals(candidate)
                        && !moment.stepKind().isEmpty())
                .forEach(moment -> kinds.add(moment.stepKind()));
        return List.copyOf(kinds);
    }

    /** Taken back without a failed check too: the gateways' own ejection is such a case. */
    private static boolean condemns(Moment.RolloutSeen seen) {
        return seen.rulings().containsValue("Fail") || seen.phase().equals("RolledBack");
    }

    private Optional<Duration> effective(Moment.RouteWritten route) {
        return servedByAll(route).map(at -> Duration.ofMillis(Math.max(0, at - route.at())));
    }

    private Optional<Long> servedByAll(Moment.RouteWritten route) {
        List<String> pods = of(Moment.GatewaysAre.class)
                .filter(moment -> moment.at() <= route.at())
                .reduce((_, later) -> later)
                .map(Moment.GatewaysAre::pods)
                .orElse(List.of());
        if (pods.isEmpty()) {
            return Optional.empty();
        }
        long last = Long.MIN_VALUE;
        for (String pod : pods) {
            OptionalLong since = of(Moment.GatewayServes.class)
                    .filter(moment -> moment.pod().equals(pod) && moment.generation() >= route.generation())
                    .mapToLong(Moment.GatewayServes::since)
                    .min();
            if (since.isEmpty()) {
                return Optional.empty();
            }
            last = Math.max(last, since.getAsLong());
        }
        return Optional.of(last);
    }

    /** The first sight of each generation, once there were gateways to apply it. */
    private List<Moment.RouteWritten> firstWritings() {
        OptionalLong firstGateways =
                of(Moment.GatewaysAre.class).mapToLong(Moment::at).findFirst();
        List<Moment.RouteWritten> firsts = new ArrayList<>();
        long highest = Long.MIN_VALUE;
        for (Moment.RouteWritten route : of(Moment.RouteWritten.class).toList()) {
            if (route.generation() > highest) {
                highest = route.generation();
                if (firstGateways.isPresent() && route.at() >= firstGateways.getAsLong()) {
                    firsts.add(route);
                }
            }
        }
        return firsts;
    }

    private <M extends Moment> Stream<M> of(Class<M> kind) {
        return moments.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static Optional<Duration> between(OptionalLong from, OptionalLong to) {
        return from.isPresent() && to.isPresent()
                ? Optional.of(Duration.ofMillis(to.getAsLong() - from.getAsLong()))
                : Optional.empty();
    }
}
