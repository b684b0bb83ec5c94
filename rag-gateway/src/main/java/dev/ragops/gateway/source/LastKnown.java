package dev.ragops.gateway.source;

import dev.ragops.gateway.proxy.Endpoints;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.CopyOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Logger;

/**
 * Remembers beside the process what the API server said last, so that a gateway whose node starts it again goes on while there is no API server. The file
 * lives as long as the pod: nothing else can start a gateway then.
 */
public final class LastKnown {
    private static final Logger LOG = Logger.getLogger(LastKnown.class.getName());

    private final Vertx vertx;
    private final String path;
    private final Endpoints endpoints;
    private final Consumer<String> route;
    private String document = "";
    private boolean listed;
    private boolean recalled;
    private String wanted = "";
    private String written = "";
    private boolean writing;

    /** @param route told the route document that is recalled; the mounted one may be a minute older */
    public LastKnown(Vertx vertx, String path, Endpoints endpoints, Consumer<String> route) {
        this.vertx = vertx;
        this.path = path;
        this.endpoints = endpoints;
        this.route = route;
    }

    /** The API server named this route. */
    public void route(String text) {
        document = text;
        keep();
    }

    /** The API server named the pods that {@link Endpoints} has now. */
    void pods() {
        listed = true;
        keep();
    }

    private void keep() {
        if (listed) {
            JsonObject pods = new JsonObject();
            endpoints.addresses().forEach(pods::put);
            wanted = new JsonObject()
                    .put("route", document)
                    .put("endpoints", pods)
                    .encode();
            write();
        }
    }

    private void write() {
        if (writing || wanted.equals(written)) {
            return;
        }
        writing = true;
        String text = wanted;
        String next = path + ".next";
        vertx.fileSystem()
                .writeFile(next, Buffer.buffer(text))
                .compose(_ -> vertx.fileSystem()
                        .move(
                                next,
                                path,
                                new CopyOptions().setReplaceExisting(true).setAtomicMove(true)))
                .onFailure(error -> LOG.warning("cannot write " + path + ": " + error.getMessage()
                        + "; without an API server this gateway could not be started again"))
                .onComplete(_ -> {
                    writing = false;
                    written = text;
                    write();
                });
    }

    /** Goes on with what is remembered, once, and only as long as the API server has not named any pods. */
    public void recall() {
        if (recalled || listed) {
            return;
        }
        recalled = true;
        vertx.fileSystem().readFile(path).onSuccess(content -> {
            if (!listed) {
                take(content.toString());
            }
        });
    }

    private void take(String content) {
        try {
            JsonObject known = new JsonObject(content);
            Map<String, List<String>> services = EndpointsFile.parse(
                    known.getJsonObject("endpoints", new JsonObject()).encode());
            document = known.getString("route", "");
            if (!document.isEmpty()) {
                route.accept(document);
            }
            services.forEach(endpoints::put);
            LOG.warning("no API server answers: going on with the route and the pods known before this start: "
                    + endpoints.counts());
        } catch (RuntimeException e) {
            LOG.warning(path + " cannot be read: " + e.getMessage());
        }
    }
}
