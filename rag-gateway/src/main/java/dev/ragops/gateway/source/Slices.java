package dev.ragops.gateway.source;

import dev.ragops.gateway.proxy.Endpoints;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns EndpointSlices into the pods of each Service; a Service may have several slices. */
public final class Slices implements ApiServer.Listener {
    private static final String SERVICE = "kubernetes.io/service-name";

    private final Endpoints endpoints;
    private final LastKnown lastKnown;
    private final Map<String, Slice> slices = new HashMap<>();

    public Slices(Endpoints endpoints, LastKnown lastKnown) {
        this.endpoints = endpoints;
        this.lastKnown = lastKnown;
    }

    private record Slice(String service, List<String> ready, List<String> serving) {}

    @Override
    public void all(JsonArray items) {
        slices.clear();
        Set<String> services = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            JsonObject item = items.getJsonObject(i);
            Slice slice = parse(item);
            slices.put(name(item), slice);
            services.add(slice.service());
        }
        endpoints.retain(services);
        services.forEach(this::publish);
        lastKnown.pods();
    }

    @Override
    public void changed(JsonObject object, boolean deleted) {
        Slice slice = parse(object);
        if (deleted) {
            slices.remove(name(object));
        } else {
            slices.put(name(object), slice);
        }
        publish(slice.service());
        lastKnown.pods();
    }

    @Override
    public void unreachable() {
        lastKnown.recall();
    }

    private void publish(String service) {
        List<String> ready = new ArrayList<>();
        List<String> serving = new ArrayList<>();
        slices.values().stream()
                .filter(slice -> slice.service().equals(service))
                .forEach(slice -> {
                    ready.addAll(slice.ready());
                    serving.addAll(slice.serving());
                });
        // Pods on their way out still answer; better they than nobody.
        endpoints.put(service, ready.isEmpty() ? serving : ready);
    }

    private static String name(JsonObject object) {
        return object.getJsonObject("metadata").getString("name");
    }

    private static Slice parse(JsonObject object) {
        String service = object.getJsonObject("metadata")
                .getJsonObject("labels", new JsonObject())
                .getString(SERVICE, "");
        JsonArray ports = object.getJsonArray("ports");
        List<String> ready = new ArrayList<>();
        List<String> serving = new ArrayList<>();
        if (ports != null && !ports.isEmpty()) {
            int port = port(ports);
            JsonArray all = object.getJsonArray("endpoints");
            for (int i = 0; all != null && i < all.size(); i++) {
                JsonObject endpoint = all.getJsonObject(i);
                JsonObject conditions = endpoint.getJsonObject("conditions", new JsonObject());
                String address = endpoint.getJsonArray("addresses").getString(0) + ":" + port;
                boolean leaves = isTrue(conditions, "terminating", false);
                if (isTrue(conditions, "ready", true) && !leaves) {
                    ready.add(address);
                } else if (isTrue(conditions, "serving", leaves && isTrue(conditions, "ready", true))) {
                    serving.add(address);
                }
            }
        }
        return new Slice(service, ready, serving);
    }

    private static int port(JsonArray ports) {
        for (int i = 0; i < ports.size(); i++) {
            if ("http".equals(ports.getJsonObject(i).getString("name"))) {
                return ports.getJsonObject(i).getInteger("port");
            }
        }
        return ports.getJsonObject(0).getInteger("port");
    }

    /** Absent means unknown; the API asks to read an unknown ready as true. */
    private static boolean isTrue(JsonObject conditions, String name, boolean unknown) {
        Boolean value = conditions.getBoolean(name);
        return value == null ? unknown : value;
    }
}
