package dev.ragops.gateway.proxy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Knows the pods of each revision's Service and how each is doing; picks the least busy that answers. Lives on one event loop.
 *
 * <p>A pod that refuses fails fast and so is never busy: without more, the least busy would be the dead one, until the API server
 * takes it off the list. It is therefore set aside, and one request at a time finds out whether it is back.
 */
public final class Endpoints {
    private static final long SET_ASIDE_MILLIS = 1000;
    private static final long SET_ASIDE_AT_MOST_MILLIS = 16_000;

    private final Map<String, List<Pod>> services = new TreeMap<>();
    private final Map<String, Pod> pods = new HashMap<>();

    /** Which pods come into question. */
    enum Choice {
        /** All of them, for there is nobody else. */
        ANY,
        /** Without those that took no connection a moment ago. */
        REACHABLE
    }

    private static final class Pod {
        private final String address;
        private int outstanding;
        private long asideMillis;
        private long asideUntil;
        private boolean refused;
        private long answeredAt = Long.MIN_VALUE;
        private boolean listed;

        Pod(String address) {
            this.address = address;
        }

        boolean isReachable(long nowMillis) {
            return !refused || asideUntil <= nowMillis;
        }
    }

    /** Replaces the pods of a Service: {@code host:port} each. */
    public void put(String service, List<String> addresses) {
        if (addresses.isEmpty()) {
            services.remove(service);
        } else {
            services.put(
                    service,
                    addresses.stream()
                            .distinct()
                            .map(address -> pods.computeIfAbsent(address, Pod::new))
                            .toList());
        }
        forgetOthers();
    }

    public void retain(Set<String> names) {
        services.keySet().retainAll(names);
        forgetOthers();
    }

    private void forgetOthers() {
        pods.values().forEach(pod -> pod.listed = false);
        services.values().forEach(all -> all.forEach(pod -> pod.listed = true));
        pods.values().removeIf(pod -> !pod.listed && pod.outstanding == 0);
    }

    /** How many pods each Service has. */
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new TreeMap<>();
        services.forEach((service, all) -> counts.put(service, all.size()));
        return counts;
    }

    /** The pods of each Service: {@code host:port} each. */
    public Map<String, List<String>> addresses() {
        Map<String, List<String>> addresses = new TreeMap<>();
        services.forEach((service, all) ->
                addresses.put(service, all.stream().map(pod -> pod.address).toList()));
        return addresses;
    }

    public boolean has(String service) {
        return services.containsKey(service);
    }

    /** The least busy pod that answers; the excluded one, or one set aside, only where there is no other. */
    Optional<String> pick(String service, String excluded, Choice among, long nowMillis) {
        List<Pod> all = services.getOrDefault(service, List.of());
        if (among == Choice.REACHABLE) {
            all = all.stream().filter(pod -> pod.isReachable(nowMillis)).toList();
        }
        if (all.isEmpty()) {
            return Optional.empty();
        }
        int start = ThreadLocalRandom.current().nextInt(all.size());
        Pod best = all.get(start);
        for (int i = 1; i < all.size(); i++) {
            Pod other = all.get((start + i) % all.size());
            if (rank(other, excluded, nowMillis) < rank(best, excluded, nowMillis)) {
                best = other;
            }
        }
        if (best.asideMillis > 0) {
            // This request finds out; the others keep away until it has.
            best.asideUntil = nowMillis + best.asideMillis;
        }
        best.outstanding++;
        return Optional.of(best.address);
    }

    private static long rank(Pod pod, String excluded, long nowMillis) {
        long last = pod.address.equals(excluded) ? 2L << 32 : pod.asideUntil > nowMillis ? 1L << 32 : 0;
        return last + pod.outstanding;
    }

    void release(String address) {
        Pod pod = pods.get(address);
        if (pod != null) {
            pod.outstanding--;
            if (pod.outstanding == 0 && !pod.listed) {
                pods.remove(address);
            }
        }
    }

    /** A head of an answer came from it. */
    void answered(String address, long nowMillis) {
        Pod pod = pods.get(address);
        if (pod != null) {
            pod.answeredAt = nowMillis;
            pod.asideMillis = 0;
            pod.asideUntil = 0;
            pod.refused = false;
        }
    }

    /** It took no connection. */
    void refused(String address, long nowMillis) {
        setAside(address, true, nowMillis);
    }

    /** It broke off before an answer, or said that it is going away. */
    void failed(String address, long nowMillis) {
        setAside(address, false, nowMillis);
    }

    private void setAside(String address, boolean refused, long nowMillis) {
        Pod pod = pods.get(address);
        if (pod != null) {
            pod.refused = refused;
            pod.asideMillis = Math.clamp(2 * pod.asideMillis, SET_ASIDE_MILLIS, SET_ASIDE_AT_MOST_MILLIS);
            pod.asideUntil = nowMillis + pod.asideMillis;
        }
    }

    /** It let a request wait until its deadline: slow if it answered others meanwhile, otherwise gone. */
    void timedOut(String address, long beganMillis, long nowMillis) {
        Pod pod = pods.get(address);
        if (pod != null && pod.answeredAt < beganMillis) {
            failed(address, nowMillis);
        }
    }
}
