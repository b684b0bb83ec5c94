package dev.ragops.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Decides which headers cross the gateway, in both directions. */
final class Headers {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private Headers() {}

    /** What goes to a runtime: nothing of ours that a client made up, and the runtime's own secret. */
    static MultiMap upstream(HttpServerRequest request, String runtimeToken) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        String named = request.headers().get("connection");
        Set<String> connection = named == null
                ? Set.of()
                : Arrays.stream(named.toLowerCase(Locale.ROOT).split(",", -1))
                        .map(String::strip)
                        .collect(Collectors.toSet());
        request.headers().forEach(entry -> {
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name)
                    && !connection.contains(name)
                    && !name.startsWith("x-ragops-")
                    && !name.equals("host")
                    && !name.equals("expect")
                    && !name.equals("authorization")) {
                headers.add(entry.getKey(), entry.getValue());
            }
        });
        String authorization = request.headers().get("authorization");
        if (authorization != null) {
            headers.set("x-ragops-authorization", authorization);
        }
        if (!runtimeToken.isEmpty()) {
            headers.set("authorization", "Bearer " + runtimeToken);
        }
        if (!headers.contains("x-request-id")) {
            headers.set("x-request-id", UUID.randomUUID().toString());
        }
        if (!headers.contains("traceparent")) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            headers.set(
                    "traceparent",
                    "00-%016x%016x-%016x-00".formatted(random.nextLong(), random.nextLong(), random.nextLong()));
        }
        return headers;
    }

    /** What goes back to the client. */
    static void downstream(MultiMap from, MultiMap to) {
        from.forEach(entry -> {
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !name.equals("content-length")) {
                to.add(entry.getKey(), entry.getValue());
            }
        });
    }
}
