package dev.ragops.gateway.proxy;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps count of the clients' connections, so that many idle or never-ending ones cannot fill the gateway: the one that has asked
 * for nothing the longest makes room. Lives on one event loop.
 */
final class Visitors {
    /** Between two requests. Longer than load balancers keep an idle connection by default (60 s), so that they close first. */
    static final long IDLE_MILLIS = 75_000;
    /** From the connection to the end of the first request's head. */
    static final long FIRST_HEAD_MILLIS = 15_000;

    private final int limit;
    /** Without a request, longest first. */
    private final Map<HttpConnection, Idle> idle = new LinkedHashMap<>();
    /** With this many under way. */
    private final Map<HttpConnection, Integer> busy = new HashMap<>();

    /** Whose next request, if there is one behind the last, is nobody's. */
    private final Set<HttpConnection> leaving = new HashSet<>();

    private record Idle(long since, boolean isNew) {}

    /** @param limit connections at once */
    Visitors(int limit) {
        this.limit = limit;
    }

    int count() {
        return idle.size() + busy.size();
    }

    void came(HttpConnection connection, long nowMillis) {
        connection.closeHandler(_ -> {
            idle.remove(connection);
            busy.remove(connection);
            leaving.remove(connection);
        });
        if (count() >= limit) {
            if (idle.isEmpty()) {
                // Who comes last has to come again.
                var _ = connection.close();
                return;
            }
            var _ = idle.keySet().iterator().next().close();
        }
        idle.put(connection, new Idle(nowMillis, true));
    }

    /** What is asked is its last request. */
    void leaves(HttpConnection connection) {
        leaving.add(connection);
    }

    boolean isLeaving(HttpConnection connection) {
        return leaving.contains(connection);
    }

    void asks(HttpConnection connection) {
        if (idle.remove(connection) == null && !busy.containsKey(connection)) {
            // On its way out.
            return;
        }
        busy.merge(connection, 1, Integer::sum);
    }

    void isServed(HttpConnection connection, long nowMillis) {
        boolean was = busy.containsKey(connection);
        Integer left = busy.computeIfPresent(connection, (_, count) -> count == 1 ? null : count - 1);
        if (left == null && was) {
            idle.put(connection, new Idle(nowMillis, false));
        }
    }

    /** Closes those that waited too long. */
    void sweep(long nowMillis) {
        List<HttpConnection> late = new ArrayList<>();
        for (Map.Entry<HttpConnection, Idle> one : idle.entrySet()) {
            long waited = nowMillis - one.getValue().since();
            if (waited < FIRST_HEAD_MILLIS) {
                break;
            }
            if (one.getValue().isNew() || waited >= IDLE_MILLIS) {
                late.add(one.getKey());
            }
        }
        late.forEach(HttpConnection::close);
    }
}
