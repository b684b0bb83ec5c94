package dev.ragops.operator.route;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Route and memory as they stand in one ConfigMap, written together or not at all. */
public record RouteFile(Route route, Memory memory) {
    private static final Logger LOG = Logger.getLogger(RouteFile.class);

    public static final String ROUTE_KEY = "route.json";
    public static final String MEMORY_KEY = "memory.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Empty where there is none, and where somebody wrote something there that is none: what is not readable is written anew. */
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
            LOG.warnf("the route ConfigMap does not hold a route, it is written anew: %s", e.getOriginalMessage());
            return Optional.empty();
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
