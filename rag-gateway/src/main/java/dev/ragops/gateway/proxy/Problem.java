package dev.ragops.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Answers in the words of RFC 9457 where the gateway itself has something to say. */
public final class Problem {
    private Problem() {}

    public static Future<Void> send(HttpServerResponse response, int status, String title, String detail) {
        if (response.ended() || response.closed() || response.headWritten()) {
            return Future.succeededFuture();
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
        return response.setStatusCode(status)
                .putHeader("content-type", "application/problem+json")
                .end(body);
    }

    /** What is said, and then the connection is closed: what else comes on it cannot be told apart from the body. */
    static void sendAndClose(HttpServerRequest request, int status, String title, String detail) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        response.putHeader("connection", "close");
        send(response, status, title, detail)
                .onComplete(_ -> request.connection().close());
    }
}
