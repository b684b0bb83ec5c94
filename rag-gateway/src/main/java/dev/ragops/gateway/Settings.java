package dev.ragops.gateway;

import dev.ragops.gateway.source.ApiServer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Says what the environment asks of this process; every variable is in docs/contracts.md.
 *
 * @param apiServer where it is, inside a cluster
 * @param lastKnownFile where a cluster's route and pods are remembered, for a start without an API server
 * @param shadowWarmUp how long the first answers of a candidate to copies are no evidence
 */
record Settings(
        Optional<String> routeFile,
        Optional<String> endpointsFile,
        Optional<String> runtimeTokenFile,
        Optional<String> evidenceKeyFile,
        Optional<Address> apiServer,
        String lastKnownFile,
        String namespace,
        String model,
        String pod,
        Duration shadowWarmUp,
        int port,
        int adminPort) {
    private static final int WARM_UP_SECONDS = 5;

    /** @param account folder of the ServiceAccount */
    record Address(String host, int port, String account, boolean tls) {}

    static Settings of(Map<String, String> environment) {
        Optional<String> host = text(environment, "KUBERNETES_SERVICE_HOST");
        Settings settings = new Settings(
                text(environment, "RAGOPS_ROUTE_FILE"),
                text(environment, "RAGOPS_ENDPOINTS_FILE"),
                text(environment, "RAGOPS_RUNTIME_TOKEN_FILE"),
                text(environment, "RAGOPS_EVIDENCE_KEY_FILE"),
                host.map(name -> new Address(
                        name,
                        number(environment, "KUBERNETES_SERVICE_PORT", 443, "a port number"),
                        ApiServer.ACCOUNT,
                        true)),
                text(environment, "RAGOPS_LAST_KNOWN_FILE").orElse("/tmp/last-known.json"),
                text(environment, "RAGOPS_NAMESPACE").orElse("default"),
                text(environment, "RAGOPS_MODEL").orElse(""),
                text(environment, "RAGOPS_POD").orElse("gateway"),
                Duration.ofSeconds(
                        number(environment, "RAGOPS_SHADOW_WARM_UP", WARM_UP_SECONDS, "a number of seconds")),
                number(environment, "RAGOPS_PORT", 8080, "a port number"),
                number(environment, "RAGOPS_ADMIN_PORT", 9090, "a port number"));
        if (settings.routeFile().isEmpty() && !settings.isInCluster()) {
            throw new IllegalArgumentException(
                    "RAGOPS_ROUTE_FILE is not set: the route.json to serve (docs/contracts.md), with RAGOPS_ENDPOINTS_FILE for the pods");
        }
        return settings;
    }

    boolean isInCluster() {
        return apiServer.isPresent() && !model.isEmpty() && endpointsFile.isEmpty();
    }

    private static Optional<String> text(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static int number(Map<String, String> environment, String name, int fallback, String what) {
        return text(environment, name)
                .map(value -> {
                    try {
                        int number = Integer.parseInt(value);
                        if (number >= 0) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // Said below.
                    }
                    throw new IllegalArgumentException(name + " must be " + what + ", not '" + value + "'");
                })
                .orElse(fallback);
    }
}
