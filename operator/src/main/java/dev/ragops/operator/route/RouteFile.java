package dev.ragops.operator.route;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Optional;

/** Route and memory as they stand in one ConfigMap, written together or not at all. */
public record RouteFile(Route route, Memory memory) {
    public static final String ROUTE_KEY = "route.json";
    public static final String MEMORY_KEY = "memory.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** @throws IllegalStateException when somebody wrote something else there */
    public static Optional<RouteFile> parse(Map<String, String> data) {
        String route = data.get(ROUTE_KEY);
        if (route == null) {
            return Optional.empty();
        }
        try {
            String memory = data.get(MEMORY_KEY);
            return Optional.of(new RouteFile(
                    JSON.readValue(route, Route.class),
                    memory == null ? Memory.EMPTY : JSON.readValue(memory, Memory.class)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the route ConfigMap does not hold a route: " + e.getOriginalMessage(), e);
        }
    }

    public Map<String, String> data() {
        try {
            return Map.of(ROUTE_KEY, JSON.writeValueAsString(route), MEMORY_KEY, JSON.writeValueAsString(memory));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("routes can be written", e);
        }
    }
}
