package dev.ragops.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Decides which headers cross the gateway, in both directions. */
final class Headers {
    private static final List<String> HOP_BY_HOP = List.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    private static final List<String> OURS = List.of("host", "expect", "authorization");
    private static final String PREFIX = "x-ragops-";

    private Headers() {}

    /** What goes to a runtime: nothing of ours that a client made up, and the runtime's own secret. */
    static MultiMap upstream(HttpServerRequest request, String runtimeToken) {
        MultiMap from = request.headers();
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        List<String> named = namedByConnection(from);
        for (Map.Entry<String, String> entry : from) {
            String name = entry.getKey();
            if (!isOneOf(HOP_BY_HOP, name)
                    && !isOneOf(OURS, name)
                    && !isOneOf(named, name)
                    && !name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
                headers.add(name, entry.getValue());
            }
        }
        String authorization = from.get("authorization");
        if (authorization != null) {
            headers.set("x-ragops-authorization", authorization);
        }
        if (!runtimeToken.isEmpty()) {
            headers.set("authorization", "Bearer " + runtimeToken);
        }
        RandomGenerator random = ThreadLocalRandom.current();
        if (!headers.contains("x-request-id")) {
            headers.set("x-request-id", hex(random) + hex(random));
        }
        if (!headers.contains("traceparent")) {
            headers.set("traceparent", "00-" + hex(random) + hex(random) + "-" + hex(random) + "-00");
        }
        return headers;
    }

    /** What goes back to the client. */
    static void downstream(MultiMap from, MultiMap to) {
        for (Map.Entry<String, String> entry : from) {
            String name = entry.getKey();
            if (!isOneOf(HOP_BY_HOP, name) && !name.equalsIgnoreCase("content-length")) {
                to.add(name, entry.getValue());
            }
        }
    }

    /** What is asked for, without the scheme and host that a client may put before it. */
    static String target(HttpServerRequest request) {
        String uri = request.uri();
        if (uri.startsWith("/") || uri.equals("*")) {
            return uri;
        }
        String path = Objects.requireNonNullElse(request.path(), "/");
        return request.query() == null ? path : path + "?" + request.query();
    }

    /** A stated length; one that cannot be read is none. */
    static OptionalLong length(MultiMap headers) {
        String length = headers.get("content-length");
        try {
            return length == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Whether this is the client's last request on its connection. */
    static boolean asksToClose(MultiMap from) {
        return from.contains("connection") && isOneOf(namedByConnection(from), "close");
    }

    private static List<String> namedByConnection(MultiMap from) {
        List<String> named = new ArrayList<>(2);
        for (String value : from.getAll("connection")) {
            for (String one : value.split(",", -1)) {
                named.add(one.strip());
            }
        }
        return named;
    }

    private static boolean isOneOf(List<String> names, String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static String hex(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong());
    }
}
