package dev.ragops.gateway.route;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Route documents as the operator writes them. */
public final class Documents {
    private Documents() {}

    public static JsonObject document(long generation, String kind, Object percent) {
        return new JsonObject()
                .put("apiVersion", "ragops.dev/route-v1")
                .put(
                        "model",
                        new JsonObject()
                                .put("namespace", "default")
                                .put("name", "support")
                                .put("uid", "uid-1"))
                .put("generation", generation)
                .put("appliedSeq", generation)
                .put("stable", target("1"))
                .put("candidate", kind.equals("none") ? null : target("2"))
                .put("control", kind.equals("control") ? target("3") : null)
                .put("split", new JsonObject().put("kind", kind).put("percent", percent))
                .put("matches", new JsonArray())
                .put("fallback", true)
                .put(
                        "objectives",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("name", "availability")
                                        .put("class", "")
                                        .put("kind", "availability")
                                        .put("targetPercent", "99"))
                                .add(new JsonObject()
                                        .put("name", "latency")
                                        .put("class", "retrieval")
                                        .put("kind", "latency")
                                        .put("targetPercent", "95")
                                        .put("thresholdMillis", 300)))
                .put("stickiness", new JsonObject().put("header", "x-user"))
                .put("comparison", new JsonObject().put("topK", 5))
                .put("requestTimeoutMillis", 2000)
                .put("fromTheFuture", true);
    }

    public static Route route(long generation, String kind, Object percent) {
        return Route.parse(document(generation, kind, percent).encode());
    }

    private static JsonObject target(String version) {
        return new JsonObject()
                .put("revision", "support-" + version)
                .put("service", "support-" + version)
                .put("version", version);
    }
}
