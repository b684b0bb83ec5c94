package dev.ragops.runtime.http.contract;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One operation of the contract.
 *
 * @param path with {@code {name}} for parameters
 * @param bodies what may be sent, by media type; empty: nothing
 */
public record Operation(
        String id, String method, String path, Access access, List<Parameter> parameters, Map<String, Body> bodies) {

    /** Which right of an API key an operation needs. */
    public enum Access {
        OPEN,
        READ,
        WRITE
    }

    public enum In {
        PATH,
        QUERY
    }

    public record Parameter(String name, In in, Kind kind, Schema schema) {}

    /** How the text of a parameter is read. */
    public enum Kind {
        TEXT,
        INTEGER,
        BOOLEAN
    }

    /** @param line for a stream: the schema of each line */
    public record Body(Schema schema, Optional<Schema> line) {}

    /** Whether a failure is told as OpenAI's clients read it. */
    public static boolean speaksOpenAi(String path) {
        return path.startsWith("/v1/");
    }
}
