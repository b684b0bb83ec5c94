package dev.ragops.gateway.evidence;

import io.vertx.core.json.JsonObject;

/**
 * Is the gateway's own decision to give a candidate nothing any more, until the operator puts another one in its place.
 *
 * @param atMillis epoch milliseconds
 */
public record Ejection(String revision, long generation, long atMillis, String reason) {
    public JsonObject toJson() {
        return new JsonObject()
                .put("revision", revision)
                .put("generation", generation)
                .put("at", atMillis)
                .put("reason", reason);
    }
}
