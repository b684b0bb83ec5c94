package dev.ragops.gateway.proxy;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Answers in the words of RFC 9457 where the gateway itself has something to say. */
public final class Problem {
    private Problem() {}

    public static void send(HttpServerResponse response, int status, String title, String detail) {
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        String body = new JsonObject()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .encode();
        if (status == 503) {
            response.putHeader("retry-after", "1");
        }
        var _ = response.setStatusCode(status)
                .putHeader("content-type", "application/problem+json")
                .end(body);
    }
}
