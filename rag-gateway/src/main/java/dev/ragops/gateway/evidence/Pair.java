package dev.ragops.gateway.evidence;

import dev.ragops.gateway.route.Choice.Track;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * One question and what two tracks rested their answers on, for a person who wants to see where a candidate differs. Holds the
 * question's text, and so exists only where the RagModel asks for it.
 *
 * @param atMillis epoch milliseconds
 * @param question the body, cut to a length
 */
public record Pair(
        long atMillis,
        long generation,
        String requestId,
        String uri,
        String question,
        Comparison comparison,
        Side original,
        Side mirrored) {
    private static final int MAX_QUESTION_CHARS = 4096;

    /** What one track did. */
    public record Side(Track track, String revision, double millis, Sources sources) {
        JsonObject toJson() {
            JsonArray passages = new JsonArray();
            for (Sources.Source source : sources.list()) {
                JsonObject passage = new JsonObject().put("documentId", source.document());
                if (source.end() < Long.MAX_VALUE) {
                    passage.put("start", source.start()).put("end", source.end());
                }
                passages.add(passage);
            }
            return new JsonObject()
                    .put("track", track.wireName())
                    .put("revision", revision)
                    .put("latencyMillis", millis)
                    .put("sources", passages);
        }
    }

    public Pair {
        question = question.length() > MAX_QUESTION_CHARS ? question.substring(0, MAX_QUESTION_CHARS) : question;
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("at", atMillis)
                .put("generation", generation)
                .put("requestId", requestId)
                .put("uri", uri)
                .put("question", question)
                .put("overlapAtK", comparison.overlapAtK())
                .put("rankBiasedOverlap", comparison.rankBiasedOverlap())
                .put("sameTopPassage", comparison.sameTopPassage())
                .put("original", original.toJson())
                .put("mirrored", mirrored.toJson());
    }
}
