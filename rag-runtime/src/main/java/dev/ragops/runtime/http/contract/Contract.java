package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The one truth about the API: the document that is served is the document that routes and checks are made from. */
public final class Contract {
    private static final String RESOURCE = "/openapi.json";

    private final String document;
    private final List<Operation> operations;
    private final SchemaReader schemas;

    private Contract(String document, JsonNode root) {
        this.document = document;
        this.schemas = new SchemaReader(root.at("/components/schemas"));
        List<Operation> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                all.add(operation(root, path.getKey(), method.getKey(), method.getValue()));
            }
        }
        this.operations = List.copyOf(all);
    }

    public static Contract load() {
        try (InputStream in = Objects.requireNonNull(Contract.class.getResourceAsStream(RESOURCE))) {
            String document = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Contract(document, new ObjectMapper().readTree(document));
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.json is part of the jar", e);
        }
    }

    public String document() {
        return document;
    }

    public List<Operation> operations() {
        return operations;
    }

    /** What an operation takes in a media type. */
    public Operation.Body body(String operationId, String mediaType) {
        return operations.stream()
                .filter(operation -> operation.id().equals(operationId))
                .map(operation -> operation.bodies().get(mediaType))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(operationId + " takes no " + mediaType));
    }

    /** A schema of the components by name. */
    public Schema schema(String name) {
        return schema(new ObjectMapper().createObjectNode().put("$ref", "#/components/schemas/" + name));
    }

    /** A schema that is not the API's own, and may refer to the components. */
    public Schema schema(JsonNode node) {
        return schemas.read(node);
    }

    private Operation operation(JsonNode root, String path, String method, JsonNode node) {
        List<Operation.Parameter> parameters = new ArrayList<>();
        for (JsonNode parameter : node.path("parameters")) {
            parameters.add(parameter(root, resolved(root, parameter)));
        }
        Map<String, Operation.Body> bodies = new LinkedHashMap<>();
        node.at("/requestBody/content")
                .properties()
                .forEach(body -> bodies.put(
                        body.getKey(),
                        new Operation.Body(
                                schemas.read(body.getValue().path("schema")),
                                body.getValue().has("x-ragops-line")
                                        ? Optional.of(
                                                schemas.read(body.getValue().path("x-ragops-line")))
                                        : Optional.empty())));
        return new Operation(
                node.path("operationId").asText(),
                method.toUpperCase(Locale.ROOT),
                path,
                Operation.Access.valueOf(node.path("x-ragops-access").asText().toUpperCase(Locale.ROOT)),
                parameters,
                bodies);
    }

    private Operation.Parameter parameter(JsonNode root, JsonNode node) {
        JsonNode schema = node.path("schema");
        Operation.Kind kind = switch (resolved(root, schema).path("type").asText()) {
            case "integer" -> Operation.Kind.INTEGER;
            case "boolean" -> Operation.Kind.BOOLEAN;
            default -> Operation.Kind.TEXT;
        };
        return new Operation.Parameter(
                node.path("name").asText(),
                Operation.In.valueOf(node.path("in").asText().toUpperCase(Locale.ROOT)),
                kind,
                schemas.read(schema));
    }

    private static JsonNode resolved(JsonNode root, JsonNode node) {
        return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
    }
}
