package dev.ragops.operator.gateway;

import java.io.IOException;

/** What a gateway pod says it has applied. Calls block, and end within a bounded time. */
public interface Gateways {
    /** @param address host of the pod; the admin side's port is the same everywhere */
    record Pod(String name, String address) {}

    /**
     * @param generation of the route it applied, 0 for none
     * @param settings what it goes by beside the generation, empty where it does not say
     * @param token which token it shows to runtimes: its id, empty where it does not say
     */
    record State(long generation, Settings settings, String token) {}

    /** What of a route may change without another generation. */
    record Settings(String text) {
        public static final Settings UNSAID = new Settings("");

        /** Whether a gateway that says {@code this} goes by what is {@code wanted}; one of an older release says nothing. */
        boolean meets(Settings wanted) {
            return text.isEmpty() || text.equals(wanted.text);
        }
    }

    /** @throws IOException when the pod does not answer as it should */
    State ask(Pod pod, String namespace, String model, String modelUid) throws IOException;
}
