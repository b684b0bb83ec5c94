package dev.ragops.gateway.source;

import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * Reads a mounted file again every second and hands on what changed. It needs no API server: a gateway that starts while there
 * is none still has the route its node keeps.
 */
public final class RouteFile {
    private static final long EVERY_MILLIS = 1000;

    private final Vertx vertx;
    private final String path;
    private final Consumer<String> changed;
    private String last = "";

    public RouteFile(Vertx vertx, String path, Consumer<String> changed) {
        this.vertx = vertx;
        this.path = path;
        this.changed = changed;
    }

    public void start() {
        look();
        vertx.setPeriodic(EVERY_MILLIS, _ -> look());
    }

    private void look() {
        vertx.fileSystem().readFile(path).onSuccess(content -> {
            String text = content.toString();
            if (!text.isBlank() && !text.equals(last)) {
                last = text;
                changed.accept(text);
            }
        });
    }
}
