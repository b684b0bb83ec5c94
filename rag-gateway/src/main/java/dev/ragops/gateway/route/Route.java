package dev.ragops.gateway.route;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says who gets what: the document the operator writes and every gateway applies.
 *
 * @param generation raised exactly when the split of users can change; evidence is kept by it
 * @param appliedSeq the rollout's wish that this route fulfils
 * @param keptPairs how many compared answers are kept for a person to look at
 */
public record Route(
        String namespace,
        String model,
        String modelUid,
        long generation,
        long appliedSeq,
        Optional<Target> stable,
        Optional<Target> candidate,
        Optional<Target> control,
        Split split,
        List<Match> matches,
        boolean fallback,
        List<Objective> objectives,
        Stickiness stickiness,
        int comparedSources,
        int keptPairs,
        long requestTimeoutMillis) {

    /** More would be a store of users' questions. */
    public static final int MAX_KEPT_PAIRS = 100;

    /** A revision and the headless Service its pods stand behind. */
    public record Target(String revision, String service, String version) {}

    /**
     * How requests are shared.
     *
     * @param buckets of 10,000
     */
    public record Split(Kind kind, int buckets) {
        /** What is shared. */
        public enum Kind {
            NONE,
            SHADOW,
            SPLIT,
            CONTROL
        }
    }

    /** A header that asks for the candidate. */
    public record Match(String header, String value) {}

    /**
     * A promise to users.
     *
     * @param answerClass empty for every class
     * @param thresholdMillis set for a latency objective
     */
    public record Objective(String name, String answerClass, Optional<Long> thresholdMillis) {
        public boolean covers(String aClass) {
            return answerClass.isEmpty() || answerClass.equals(aClass);
        }
    }

    /** What keeps a user on one track. Empty strings: not this way. */
    public record Stickiness(String header, String cookie, boolean tokenSubject, List<String> trustedProxies) {}

    public Route {
        matches = List.copyOf(matches);
        objectives = List.copyOf(objectives);
    }

    public Optional<Target> target(Choice.Track track) {
        return switch (track) {
            case STABLE -> stable;
            case CANDIDATE -> candidate;
            case CONTROL -> control;
        };
    }

    /** Whether an answer of that class breaks the promise of a latency objective. */
    public boolean isTooSlow(String answerClass, double millis) {
        for (Objective objective : objectives) {
            if (objective.covers(answerClass)
                    && objective.thresholdMillis().isPresent()
                    && millis >= objective.thresholdMillis().get()) {
                return true;
            }
        }
        return false;
    }

    /** Reads the document; fields it does not know are ignored. */
    public static Route parse(String document) {
        try {
            JsonObject json = new JsonObject(document);
            JsonObject model = json.getJsonObject("model", new JsonObject());
            JsonObject comparison = json.getJsonObject("comparison", new JsonObject());
            return new Route(
                    model.getString("namespace", ""),
                    model.getString("name", ""),
                    model.getString("uid", ""),
                    json.getLong("generation", 0L),
                    json.getLong("appliedSeq", 0L),
                    target(json.getJsonObject("stable")),
                    target(json.getJsonObject("candidate")),
                    target(json.getJsonObject("control")),
                    split(json.getJsonObject("split")),
                    matches(json.getJsonArray("matches")),
                    json.getBoolean("fallback", true),
                    objectives(json.getJsonArray("objectives")),
                    stickiness(json.getJsonObject("stickiness")),
                    comparison.getInteger("topK", 10),
                    Math.clamp(comparison.getInteger("keepPairs", 0), 0, MAX_KEPT_PAIRS),
                    json.getLong("requestTimeoutMillis", 10_000L));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the route document cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<Target> target(@org.jspecify.annotations.Nullable JsonObject json) {
        if (json == null) {
            return Optional.empty();
        }
        String revision = json.getString("revision");
        if (revision == null || revision.isEmpty()) {
            throw new IllegalArgumentException("a track has no revision: " + json);
        }
        return Optional.of(new Target(revision, json.getString("service", revision), json.getString("version", "")));
    }

    private static Split split(@org.jspecify.annotations.Nullable JsonObject json) {
        if (json == null) {
            return new Split(Split.Kind.NONE, 0);
        }
        Split.Kind kind = Split.Kind.valueOf(json.getString("kind", "none").toUpperCase(Locale.ROOT));
        BigDecimal percent = new BigDecimal(String.valueOf(json.getValue("percent", 0)));
        int buckets = percent.movePointRight(2).intValue();
        if (buckets < 0 || buckets > Buckets.COUNT) {
            throw new IllegalArgumentException("split.percent must be between 0 and 100, not " + percent);
        }
        return new Split(kind, buckets);
    }

    private static List<Match> matches(@org.jspecify.annotations.Nullable JsonArray array) {
        List<Match> matches = new ArrayList<>();
        for (JsonObject one : objects(array)) {
            JsonObject header = one.getJsonObject("header");
            if (header != null) {
                matches.add(new Match(header.getString("name", ""), header.getString("value", "")));
            }
        }
        return matches;
    }

    private static List<Objective> objectives(@org.jspecify.annotations.Nullable JsonArray array) {
        List<Objective> objectives = new ArrayList<>();
        for (JsonObject one : objects(array)) {
            Number threshold = one.getNumber("thresholdMillis");
            String answerClass = one.getString("class");
            objectives.add(new Objective(
                    one.getString("name", ""),
                    answerClass == null ? "" : answerClass,
                    threshold == null ? Optional.empty() : Optional.of(threshold.longValue())));
        }
        return objectives;
    }

    private static Stickiness stickiness(@org.jspecify.annotations.Nullable JsonObject json) {
        if (json == null) {
            return new Stickiness("", "", false, List.of());
        }
        List<String> proxies = new ArrayList<>();
        JsonArray array = json.getJsonArray("trustedProxies", new JsonArray());
        for (int i = 0; i < array.size(); i++) {
            Networks.check(String.valueOf(array.getValue(i)));
            proxies.add(array.getString(i));
        }
        return new Stickiness(
                json.getString("header", ""),
                json.getString("cookie", ""),
                json.getBoolean("tokenSubject", false),
                List.copyOf(proxies));
    }

    private static List<JsonObject> objects(@org.jspecify.annotations.Nullable JsonArray array) {
        List<JsonObject> objects = new ArrayList<>();
        if (array != null) {
            for (int i = 0; i < array.size(); i++) {
                objects.add(array.getJsonObject(i));
            }
        }
        return objects;
    }
}
