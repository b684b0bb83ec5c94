package dev.ragops.gateway.source;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.parsetools.RecordParser;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Logger;

/** Lists and watches with the pod's own ServiceAccount; goes on for ever, through every kind of interruption. */
public final class ApiServer {
    private static final Logger LOG = Logger.getLogger(ApiServer.class.getName());
    /** Where the kubelet puts a pod's ServiceAccount. */
    public static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

    private static final int LIST_MILLIS = 10_000;
    private static final int WATCH_SECONDS = 240;
    private static final long AGAIN_MILLIS = 1000;

    private final Vertx vertx;
    private final HttpClient client;
    private final String host;
    private final int port;
    private final String account;

    /** @param account folder with {@code token}, and {@code ca.crt} where the server speaks TLS */
    public ApiServer(Vertx vertx, String host, int port, String account, boolean tls) {
        this.vertx = vertx;
        this.account = account;
        this.host = host;
        this.port = port;
        HttpClientOptions options =
                new HttpClientOptions().setConnectTimeout(3000).setIdleTimeout(WATCH_SECONDS + 30);
        if (tls) {
            options.setSsl(true)
                    .setVerifyHost(true)
                    .setTrustOptions(new PemTrustOptions().addCertPath(account + "ca.crt"));
        }
        this.client = vertx.createHttpClient(options);
    }

    /** Gets everything at first and after every gap, and each change between. */
    public interface Listener {
        void all(JsonArray items);

        void changed(JsonObject object, boolean deleted);

        /** Everything was asked for and did not come; it is asked for again. */
        default void unreachable() {}
    }

    /**
     * Follows a collection.
     *
     * @param path with its selectors, as {@code /api/v1/…?fieldSelector=…}
     */
    public void follow(String path, Listener listener) {
        token().compose(token -> get(path, token))
                .map(list -> {
                    // Inside map: an object that cannot be read fails this round and is listed again, and ends nothing.
                    listener.all(list.getJsonArray("items", new JsonArray()));
                    return version(list, "");
                })
                .onSuccess(version -> watch(path, version, listener))
                .onFailure(error -> {
                    LOG.warning("cannot list " + path + ": " + error.getMessage());
                    listener.unreachable();
                    again(() -> follow(path, listener));
                });
    }

    private void watch(String path, String resourceVersion, Listener listener) {
        String[] newest = {resourceVersion};
        boolean[] gone = {false};
        token().compose(token -> client.request(options(
                                path + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=" + WATCH_SECONDS
                                        + "&resourceVersion=" + resourceVersion,
                                token))
                        .compose(request -> request.send()))
                .compose(response -> {
                    if (response.statusCode() != 200) {
                        gone[0] = true;
                        return Future.<Void>failedFuture("status " + response.statusCode());
                    }
                    response.handler(RecordParser.newDelimited("\n", line -> {
                        if (gone[0]) {
                            return;
                        }
                        try {
                            newest[0] = take(new JsonObject(line), newest[0], listener);
                        } catch (RuntimeException e) {
                            gone[0] = true;
                            LOG.warning("listing " + path + " again: " + e.getMessage());
                            var _ = response.request().reset();
                        }
                    }));
                    return response.end();
                })
                .onComplete(result -> {
                    if (result.succeeded() && !gone[0]) {
                        watch(path, newest[0], listener);
                    } else {
                        again(() -> follow(path, listener));
                    }
                });
    }

    /** Hands on one event; returns the resourceVersion to go on from. */
    private static String take(JsonObject event, String newest, Listener listener) {
        JsonObject object = event.getJsonObject("object", new JsonObject());
        String type = event.getString("type", "");
        switch (type) {
            case "ERROR" ->
                throw new IllegalStateException("the watch ended: " + object.getString("message", "expired"));
            case "BOOKMARK" -> {}
            default -> listener.changed(object, type.equals("DELETED"));
        }
        return version(object, newest);
    }

    private void again(Runnable what) {
        vertx.setTimer(AGAIN_MILLIS + ThreadLocalRandom.current().nextLong(AGAIN_MILLIS), _ -> what.run());
    }

    private static String version(JsonObject object, String fallback) {
        return object.getJsonObject("metadata", new JsonObject()).getString("resourceVersion", fallback);
    }

    private Future<JsonObject> get(String path, String token) {
        return client.request(options(path, token).setIdleTimeout(LIST_MILLIS))
                .compose(request -> request.send())
                .compose(response -> response.body()
                        .compose(body -> response.statusCode() == 200
                                ? Future.succeededFuture(body.toJsonObject())
                                : Future.failedFuture("status " + response.statusCode() + " "
                                        + body.getString(0, Math.min(300, body.length())))));
    }

    /** Read each time: the kubelet replaces it. */
    private Future<String> token() {
        return vertx.fileSystem()
                .readFile(account + "token")
                .map(token -> token.toString().strip());
    }

    private RequestOptions options(String uri, String token) {
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(host)
                .setPort(port)
                .setURI(uri)
                .putHeader("authorization", "Bearer " + token)
                .putHeader("accept", "application/json");
    }
}
