package dev.ragops.gateway.evidence;

import dev.ragops.gateway.route.Route;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what one track did in one generation, by class of answer. Only ever grows. */
final class TrackCount {
    /** Milliseconds; finer where retrieval objectives lie. */
    private static final double[] BOUNDS = {
        1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 40, 55, 75, 100, 140, 200, 300, 400, 550, 750, 1000, 1500, 2000, 3000, 5000,
        10_000
    };

    private final Route.Target target;
    private final List<Route.Objective> objectives;
    private final Map<String, ClassCount> classes = new TreeMap<>();

    TrackCount(Route.Target target, List<Route.Objective> objectives) {
        this.target = target;
        this.objectives = objectives;
    }

    void add(Event event) {
        classes.computeIfAbsent(event.answerClass(), _ -> new ClassCount()).add(event);
    }

    JsonObject toJson() {
        JsonObject byClass = new JsonObject();
        classes.forEach((name, count) -> byClass.put(name, count.toJson()));
        return new JsonObject().put("revision", target.revision()).put("classes", byClass);
    }

    private final class ClassCount {
        private final long[] latencies = new long[BOUNDS.length + 1];
        private final Map<String, Long> slow = new TreeMap<>();
        private long total;
        private long errors;
        private long shed;
        private long clientErrors;
        private long excluded;

        void add(Event event) {
            if (event.ending() == Event.Ending.EXCLUDED) {
                excluded++;
                return;
            }
            total++;
            if (event.isError()) {
                errors++;
            }
            if (event.ending() == Event.Ending.SHED) {
                shed++;
            }
            if (event.ending() == Event.Ending.CLIENT_ERROR) {
                clientErrors++;
            }
            for (Route.Objective objective : objectives) {
                if (objective.thresholdMillis().isPresent() && objective.covers(event.answerClass())) {
                    boolean tooSlow = event.isError()
                            || event.latencyMillis()
                                    >= objective.thresholdMillis().get();
                    slow.merge(objective.name(), tooSlow ? 1L : 0L, Long::sum);
                }
            }
            int at = 0;
            while (at < BOUNDS.length && event.latencyMillis() > BOUNDS[at]) {
                at++;
            }
            latencies[at]++;
        }

        JsonObject toJson() {
            JsonObject slowJson = new JsonObject();
            slow.forEach(slowJson::put);
            JsonArray bounds = new JsonArray();
            for (double bound : BOUNDS) {
                bounds.add(bound);
            }
            JsonArray counts = new JsonArray();
            for (long count : latencies) {
                counts.add(count);
            }
            return new JsonObject()
                    .put("total", total)
                    .put("errors", errors)
                    .put("shed", shed)
                    .put("clientErrors", clientErrors)
                    .put("excluded", excluded)
                    .put("slow", slowJson)
                    .put("latencyMillis", new JsonObject().put("bounds", bounds).put("counts", counts));
        }
    }
}
