package dev.ragops.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;

/** A request with its whole body in hand, so that it can be asked again, and of others. */
record Question(HttpMethod method, String uri, MultiMap headers, Buffer body) {
    /** The same, marked so that a runtime spends no money on it and learns nothing from it. */
    Question copy() {
        MultiMap marked = MultiMap.caseInsensitiveMultiMap().addAll(headers);
        marked.set("x-ragops-shadow", "1");
        return new Question(method, uri, marked, body);
    }
}
