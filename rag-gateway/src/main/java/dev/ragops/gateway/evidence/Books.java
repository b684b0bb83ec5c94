package dev.ragops.gateway.evidence;

import dev.ragops.gateway.route.Route;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps the route in force and what was counted for the last eight generations. Lives on one event loop.
 *
 * <p>A document with a lower generation of the same model is stale, wherever it comes from, and is ignored.
 */
public final class Books {
    private static final int KEPT = 8;

    private final Map<Long, Generation> generations = new LinkedHashMap<>();
    private final Guard guard = new Guard();
    private final WarmUp warmUp;
    private final Pairs pairs = new Pairs();
    private Optional<Route> route = Optional.empty();
    private Optional<Ejection> ejection = Optional.empty();

    /** @param warmUp of a candidate that answers copies */
    public Books(Duration warmUp) {
        this.warmUp = new WarmUp(warmUp);
    }

    public Optional<Route> route() {
        return route;
    }

    /** Takes a document; says whether it changed anything. */
    public boolean take(Route next, long nowMillis) {
        if (route.isPresent() && !isNewer(route.get(), next)) {
            return false;
        }
        boolean otherModel = route.isPresent() && !route.get().modelUid().equals(next.modelUid());
        if (otherModel) {
            generations.clear();
            pairs.clear();
        }
        if (!candidate(route).equals(candidate(Optional.of(next)))) {
            ejection = Optional.empty();
            guard.clear();
            warmUp.restart();
        }
        if (!generations.containsKey(next.generation())) {
            generations.put(next.generation(), new Generation(next, nowMillis));
            while (generations.size() > KEPT) {
                generations.remove(generations.keySet().iterator().next());
            }
        }
        if (next.keptPairs() == 0) {
            pairs.clear();
        }
        route = Optional.of(next);
        return true;
    }

    private static boolean isNewer(Route current, Route next) {
        return !current.modelUid().equals(next.modelUid())
                || next.generation() > current.generation()
                || (next.generation() == current.generation()
                        && next.appliedSeq() >= current.appliedSeq()
                        && !next.equals(current));
    }

    private static String candidate(Optional<Route> route) {
        return route.flatMap(Route::candidate).map(Route.Target::revision).orElse("");
    }

    /** Counts of the generation in force. */
    public Generation current() {
        return Objects.requireNonNull(generations.get(route.orElseThrow().generation()));
    }

    public Optional<Generation> generation(long number) {
        return Optional.ofNullable(generations.get(number));
    }

    public Guard guard() {
        return guard;
    }

    public WarmUp warmUp() {
        return warmUp;
    }

    public Pairs pairs() {
        return pairs;
    }

    public Optional<Ejection> ejection() {
        return ejection;
    }

    /** Ejects the candidate if the guard says so. */
    public Optional<Ejection> considerEjection(long nowMillis) {
        if (ejection.isPresent() || route.flatMap(Route::candidate).isEmpty()) {
            return Optional.empty();
        }
        Route now = route.orElseThrow();
        ejection = guard.reasonToEject(nowMillis)
                .map(reason ->
                        new Ejection(now.candidate().orElseThrow().revision(), now.generation(), nowMillis, reason));
        return ejection;
    }
}
