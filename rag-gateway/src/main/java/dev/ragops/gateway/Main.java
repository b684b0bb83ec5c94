package dev.ragops.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/** Starts the gateway, and ends it so that nobody who asked goes without an answer. */
public final class Main {
    private static final Logger LOG = Logger.getLogger(Main.class.getName());
    private static final String USAGE = """
            Usage: rag-gateway        (everything comes from the environment)

              RAGOPS_ROUTE_FILE          route.json, read again when it changes
              RAGOPS_ENDPOINTS_FILE      outside a cluster: {"service": ["host:port", ...]}
              RAGOPS_NAMESPACE, RAGOPS_MODEL   in a cluster: whose ConfigMap and EndpointSlices to watch
              RAGOPS_LAST_KNOWN_FILE     in a cluster: remembers route and pods for a start without an API server (/tmp/last-known.json)
              RAGOPS_RUNTIME_TOKEN_FILE  secret of the runtimes
              RAGOPS_EVIDENCE_KEY_FILE   key that signs requests for evidence
              RAGOPS_PORT (8080), RAGOPS_ADMIN_PORT (9090), RAGOPS_POD
            """;

    private Main() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            System.out.print(USAGE);
            System.exit(args[0].equals("--help") || args[0].equals("-h") ? 0 : 2);
        }
        JsonLines.install();
        Settings settings;
        try {
            settings = Settings.of(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("rag-gateway: " + e.getMessage());
            System.exit(2);
            return;
        }
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2).setInternalBlockingPoolSize(2));
        Gateway gateway = new Gateway(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(gateway)));
        try {
            vertx.deployVerticle(gateway).await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOG.severe("cannot start: " + e);
            Runtime.getRuntime().halt(1);
        }
    }

    private static void end(Gateway gateway) {
        try {
            gateway.drain().await(25, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOG.warning("ended with requests under way: " + e);
        }
        Runtime.getRuntime().halt(0);
    }
}
