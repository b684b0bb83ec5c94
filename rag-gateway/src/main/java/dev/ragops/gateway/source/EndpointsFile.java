package dev.ragops.gateway.source;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the pods of each Service from a file, where there is no API server to name them. All of it or nothing. */
public final class EndpointsFile {
    private static final Pattern ADDRESS = Pattern.compile(".+:\\d{1,5}");

    private EndpointsFile() {}

    /** {@code {"service": ["host:port", …]}}. */
    public static Map<String, List<String>> parse(String document) {
        Map<String, List<String>> services = new TreeMap<>();
        try {
            JsonObject json = new JsonObject(document);
            for (String service : json.fieldNames()) {
                JsonArray array = json.getJsonArray(service);
                List<String> addresses = new ArrayList<>();
                for (int i = 0; array != null && i < array.size(); i++) {
                    String address = String.valueOf(array.getValue(i));
                    if (!ADDRESS.matcher(address).matches()) {
                        throw new IllegalArgumentException(
                                "%s[%d] must be host:port, not '%s'".formatted(service, i, address));
                    }
                    addresses.add(address);
                }
                services.put(service, addresses);
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the endpoints file cannot be read: " + e.getMessage(), e);
        }
        return services;
    }
}
