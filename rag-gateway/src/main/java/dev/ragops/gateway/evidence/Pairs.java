package dev.ragops.gateway.evidence;

import io.vertx.core.json.JsonArray;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps the last compared answers, so many as the route asks for and for a quarter of an hour; in memory only. */
public final class Pairs {
    private static final long KEPT_MILLIS = 15 * 60_000;

    private final Deque<Pair> kept = new ArrayDeque<>();

    public void keep(Pair pair, int atMost) {
        kept.addLast(pair);
        while (kept.size() > atMost) {
            kept.removeFirst();
        }
    }

    public void clear() {
        kept.clear();
    }

    /** Drops what is too old. */
    public void expire(long nowMillis) {
        while (!kept.isEmpty() && kept.getFirst().atMillis() < nowMillis - KEPT_MILLIS) {
            kept.removeFirst();
        }
    }

    /** Newest first. */
    public JsonArray toJson(long nowMillis) {
        expire(nowMillis);
        JsonArray array = new JsonArray();
        kept.descendingIterator().forEachRemaining(pair -> array.add(pair.toJson()));
        return array;
    }
}
