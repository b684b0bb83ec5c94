package dev.ragops.gateway.evidence;

import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Holds everything counted while one generation of the route was in force. */
public final class Generation {
    private final long number;
    private final long since;
    private final Map<Track, TrackCount> tracks = new EnumMap<>(Track.class);
    private long users;
    private long userErrors;
    private long fallbacks;
    private long unsticky;
    private long pairs;
    private long mirrorsShed;
    private double overlap;
    private double rankBiased;
    private long sameTop;
    private double latencyDifference;

    public Generation(Route route, long sinceMillis) {
        this.number = route.generation();
        this.since = sinceMillis;
        put(Track.STABLE, route.stable(), route);
        put(Track.CANDIDATE, route.candidate(), route);
        put(Track.CONTROL, route.control(), route);
    }

    private void put(Track track, Optional<Route.Target> target, Route route) {
        target.ifPresent(one -> tracks.put(track, new TrackCount(one, route.objectives())));
    }

    public long number() {
        return number;
    }

    /** When this process made it effective, epoch milliseconds. */
    public long since() {
        return since;
    }

    public void add(Track track, Event event) {
        TrackCount count = tracks.get(track);
        if (count != null) {
            count.add(event);
        }
    }

    /** What the user of a retrieval read got in the end. */
    public void user(boolean served, boolean fallback, boolean chance) {
        users++;
        userErrors += served ? 0 : 1;
        fallbacks += fallback ? 1 : 0;
        unsticky += chance ? 1 : 0;
    }

    public void compare(Comparison comparison, double differenceMillis) {
        pairs++;
        overlap += comparison.overlapAtK();
        rankBiased += comparison.rankBiasedOverlap();
        sameTop += comparison.sameTopPassage() ? 1 : 0;
        latencyDifference += differenceMillis;
    }

    public void mirrorShed() {
        mirrorsShed++;
    }

    /** The evidence document, without what names the process. */
    public JsonObject toJson() {
        JsonObject byTrack = new JsonObject();
        for (Track track : Track.values()) {
            TrackCount count = tracks.get(track);
            byTrack.put(track.wireName(), count == null ? null : count.toJson());
        }
        return new JsonObject()
                .put("generation", number)
                .put("tracks", byTrack)
                .put("users", new JsonObject().put("total", users).put("errors", userErrors))
                .put("fallbacks", fallbacks)
                .put("unsticky", unsticky)
                .put(
                        "comparison",
                        new JsonObject()
                                .put("pairs", pairs)
                                .put("overlapAtK", overlap)
                                .put("rankBiasedOverlap", rankBiased)
                                .put("sameTopPassage", sameTop)
                                .put("latencyDifferenceMillis", latencyDifference)
                                .put("shed", mirrorsShed));
    }
}
