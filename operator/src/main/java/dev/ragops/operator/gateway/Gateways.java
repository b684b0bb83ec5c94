package dev.ragops.operator.gateway;

import java.util.List;
import java.util.Map;

/** Which gateway pods there are, and what they say. Calls block, and end within a bounded time. */
public interface Gateways {
    /** @param address host and port of the admin side */
    record Pod(String name, String address) {}

    /**
     * @param generation of the route it applied, 0 for none
     * @param endpoints ready pods it knows, by Service
     */
    record State(long generation, Map<String, Integer> endpoints) {}

    List<Pod> ready(String namespace, String model, String modelUid);

    /** @throws java.io.IOException when the pod does not answer as it should */
    State ask(Pod pod, String namespace, String model, String modelUid) throws java.io.IOException;
}
