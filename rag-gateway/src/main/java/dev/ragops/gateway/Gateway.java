package dev.ragops.gateway;

import dev.ragops.gateway.admin.AdminServer;
import dev.ragops.gateway.admin.GatewayMetrics;
import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.proxy.Endpoints;
import dev.ragops.gateway.proxy.Upstream;
import dev.ragops.gateway.proxy.UserServer;
import dev.ragops.gateway.route.Route;
import dev.ragops.gateway.source.ApiServer;
import dev.ragops.gateway.source.EndpointsFile;
import dev.ragops.gateway.source.LastKnown;
import dev.ragops.gateway.source.RouteFile;
import dev.ragops.gateway.source.RouteMap;
import dev.ragops.gateway.source.Slices;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Puts the parts together on one event loop, so that route, counts and pods need no lock. */
final class Gateway extends VerticleBase {
    private static final Logger LOG = Logger.getLogger(Gateway.class.getName());
    /** Longer than clients need to see that this pod is no endpoint any more. */
    private static final long DRAIN_MILLIS = 2000;

    private static final long HANGS_MILLIS = 3000;
    private static final long EXPIRE_MILLIS = 60_000;
    private static final long DRAIN_AT_MOST_MILLIS = 20_000;

    private final Settings settings;
    private final Books books;
    private final Endpoints endpoints = new Endpoints();
    private final GatewayMetrics metrics = new GatewayMetrics();
    private Optional<UserServer> users = Optional.empty();
    private String runtimeToken = "";
    private byte[] evidenceKey = new byte[0];
    private boolean draining;
    private boolean hadPod;
    private int userPort;
    private int adminPort;

    Gateway(Settings settings) {
        this.settings = settings;
        this.books = new Books(settings.shadowWarmUp());
    }

    @Override
    public Future<?> start() {
        settings.runtimeTokenFile()
                .ifPresent(path -> new RouteFile(vertx, path, text -> runtimeToken = text.strip()).start());
        settings.evidenceKeyFile()
                .ifPresent(path -> new RouteFile(
                                vertx, path, text -> evidenceKey = text.getBytes(StandardCharsets.UTF_8))
                        .start());
        settings.routeFile().ifPresent(path -> new RouteFile(vertx, path, this::take).start());
        settings.endpointsFile().ifPresent(path -> new RouteFile(vertx, path, this::takeEndpoints).start());
        settings.apiServer().filter(_ -> settings.isInCluster()).ifPresent(this::follow);
        vertx.setPeriodic(EXPIRE_MILLIS, _ -> books.pairs().expire(System.currentTimeMillis()));
        Upstream upstream = new Upstream(vertx, endpoints);
        UserServer server = new UserServer(vertx, books, upstream, () -> runtimeToken, metrics);
        users = Optional.of(server);
        AdminServer admin = new AdminServer(
                vertx, books, endpoints, metrics, () -> evidenceKey, () -> runtimeToken, this::isReady, settings.pod());
        return Future.all(
                        server.listen(settings.port()).onSuccess(bound -> userPort = bound.actualPort()),
                        admin.listen(settings.adminPort()).onSuccess(bound -> adminPort = bound.actualPort()))
                .onSuccess(_ -> LOG.info("users on port " + userPort + ", admin on port " + adminPort));
    }

    private void follow(Settings.Address address) {
        ApiServer api = new ApiServer(vertx, address.host(), address.port(), address.account(), address.tls());
        LastKnown lastKnown = new LastKnown(vertx, settings.lastKnownFile(), endpoints, this::take);
        api.follow(
                "/api/v1/namespaces/%s/configmaps?fieldSelector=metadata.name%%3D%s-route"
                        .formatted(settings.namespace(), settings.model()),
                new RouteMap(document -> {
                    take(document);
                    lastKnown.route(document);
                }));
        api.follow(
                "/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices?labelSelector=ragops.dev%%2Fmodel%%3D%s"
                        .formatted(settings.namespace(), settings.model()),
                new Slices(endpoints, lastKnown));
        // One that hangs takes longer than users wait.
        vertx.setTimer(HANGS_MILLIS, _ -> lastKnown.recall());
    }

    private boolean isReady() {
        // Stays true once a pod was seen: with none left, an answer that says so beats a refused connection.
        hadPod = hadPod
                || books.route().stream()
                        .flatMap(route -> Stream.of(route.stable(), route.candidate()))
                        .flatMap(Optional::stream)
                        .anyMatch(target -> endpoints.has(target.service()));
        boolean hasToken = settings.runtimeTokenFile().isEmpty() || !runtimeToken.isEmpty();
        return !draining && hadPod && hasToken;
    }

    private void take(String document) {
        try {
            Route next = Route.parse(document);
            if (books.take(next, System.currentTimeMillis())) {
                metrics.generation(next.generation());
                LOG.info("route generation " + next.generation() + ": "
                        + next.split().kind() + " " + next.split().buckets() / 100.0 + " %");
            }
        } catch (IllegalArgumentException e) {
            LOG.severe(e.getMessage() + "; the route before it stays");
        }
    }

    private void takeEndpoints(String document) {
        try {
            Map<String, List<String>> services = EndpointsFile.parse(document);
            endpoints.retain(services.keySet());
            services.forEach(endpoints::put);
        } catch (IllegalArgumentException e) {
            LOG.severe(e.getMessage() + "; the pods known before it stay");
        }
    }

    int userPort() {
        return userPort;
    }

    int adminPort() {
        return adminPort;
    }

    int underWay() {
        return users.map(UserServer::underWay).orElse(0);
    }

    /** Turns unready, asks clients to go elsewhere, and completes when nobody waits for an answer any more. */
    Future<Void> drain() {
        Promise<Void> done = Promise.promise();
        vertx.runOnContext(_ -> {
            draining = true;
            users.ifPresent(UserServer::drain);
            long begin = System.currentTimeMillis();
            vertx.setPeriodic(100, timer -> {
                long waited = System.currentTimeMillis() - begin;
                boolean idle = underWay() == 0;
                if ((waited >= DRAIN_MILLIS && idle) || waited >= DRAIN_AT_MOST_MILLIS) {
                    vertx.cancelTimer(timer);
                    done.tryComplete();
                }
            });
        });
        return done.future();
    }
}
