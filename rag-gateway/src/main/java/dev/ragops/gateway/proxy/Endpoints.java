package dev.ragops.gateway.proxy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** Knows the pods of each revision's Service and how busy each is; picks the least busy. Lives on one event loop. */
public final class Endpoints {
    private final Map<String, List<String>> ready = new TreeMap<>();
    private final Map<String, Integer> outstanding = new HashMap<>();

    /** Replaces the pods of a Service: {@code host:port} each. */
    public void put(String service, List<String> addresses) {
        if (addresses.isEmpty()) {
            ready.remove(service);
        } else {
            ready.put(service, List.copyOf(addresses));
        }
    }

    public void retain(java.util.Set<String> services) {
        ready.keySet().retainAll(services);
    }

    /** How many pods each Service has. */
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new TreeMap<>();
        ready.forEach((service, addresses) -> counts.put(service, addresses.size()));
        return counts;
    }

    public boolean has(String service) {
        return ready.containsKey(service);
    }

    /** The least busy pod that is not the excluded one, unless that is the only one. */
    Optional<String> pick(String service, String excluded) {
        List<String> all = ready.getOrDefault(service, List.of());
        List<String> possible = all.size() > 1
                ? all.stream().filter(address -> !address.equals(excluded)).toList()
                : all;
        if (possible.isEmpty()) {
            return Optional.empty();
        }
        int start = ThreadLocalRandom.current().nextInt(possible.size());
        String best = possible.get(start);
        for (int i = 1; i < possible.size(); i++) {
            String other = possible.get((start + i) % possible.size());
            if (busy(other) < busy(best)) {
                best = other;
            }
        }
        outstanding.merge(best, 1, Integer::sum);
        return Optional.of(best);
    }

    void release(String address) {
        outstanding.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }

    private int busy(String address) {
        return outstanding.getOrDefault(address, 0);
    }
}
