package dev.ragops.gateway.source;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** Hands on the route document of the watched ConfigMap; a deleted one changes nothing. */
public final class RouteMap implements ApiServer.Listener {
    private final Consumer<String> changed;

    public RouteMap(Consumer<String> changed) {
        this.changed = changed;
    }

    @Override
    public void all(JsonArray items) {
        for (int i = 0; i < items.size(); i++) {
            changed(items.getJsonObject(i), false);
        }
    }

    @Override
    public void changed(JsonObject object, boolean deleted) {
        String document = object.getJsonObject("data", new JsonObject()).getString("route.json");
        if (document != null && !deleted) {
            changed.accept(document);
        }
    }
}
