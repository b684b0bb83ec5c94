package dev.ragops.runtime.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.access.Grant;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.contract.JsonBody;
import dev.ragops.runtime.http.contract.Operation;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.trace.Trace;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Makes routes from the contract: what it does not name is not served, what it names must be handled, and a handler sees only requests that the door and the
 * contract have let through.
 */
final class Api {
    private static final String TRACE = "trace";
    private static final String START = "start";
    private static final String GRANT = "grant";
    private static final String SHADOW = "shadow";
    private static final long DOCUMENTS_LIMIT = 10L << 20;
    /** Also what a gateway keeps to ask again. */
    private static final long QUESTION_LIMIT = 1L << 20;
    /** Bytes that take a millisecond or so to parse and check. */
    private static final int LARGE = 64 * 1024;

    private final Contract contract;
    private final Door door;
    private final Map<String, Consumer<Call>> handlers;

    /** @param handlers by operation id, one for each operation of the contract */
    Api(Contract contract, Door door, Map<String, Consumer<Call>> handlers) {
        this.contract = contract;
        this.door = door;
        this.handlers = Map.copyOf(handlers);
    }

    void mount(Router router) {
        BodyReader bodies = BodyReader.ofHeap(DOCUMENTS_LIMIT);
        for (Operation operation : contract.operations()) {
            Consumer<Call> handler = Optional.ofNullable(handlers.get(operation.id()))
                    .orElseThrow(() -> new IllegalStateException("nobody handles " + operation.id()));
            Route route = router.route(HttpMethod.valueOf(operation.method()), vertxPath(operation.path()));
            route.handler(context -> enter(context, operation));
            route.handler(context -> {
                // A stream is read by its handler, line by line.
                if (operation.bodies().isEmpty() || isStream(context, operation)) {
                    handler.accept(call(context, operation, MissingNode.getInstance()));
                } else {
                    bodies.read(context, limit(operation.path()), body -> parse(context, operation, body, handler));
                }
            });
        }
        // 200 is what a body handler says of a client that went away before its body was whole.
        for (int status : new int[] {200, 400, 401, 403, 404, 405, 406, 413, 414, 415, 429, 500, 503}) {
            router.errorHandler(status, context -> Failures.answer(context, allowed(context.normalizedPath())));
        }
    }

    static long limit(String path) {
        return switch (path) {
            case "/ingest", "/index", "/v1/embeddings" -> DOCUMENTS_LIMIT;
            default -> QUESTION_LIMIT;
        };
    }

    static String vertxPath(String path) {
        return path.replaceAll("\\{(\\w+)}", ":$1");
    }

    /** Begins a request; to be called first, whatever becomes of it. */
    static void begin(RoutingContext context) {
        Trace trace = Trace.of(
                Optional.ofNullable(context.request().getHeader("traceparent")),
                Optional.ofNullable(context.request().getHeader("tracestate")),
                Optional.ofNullable(context.request().getHeader("x-request-id")));
        context.put(TRACE, trace).put(START, System.nanoTime());
        context.response().putHeader("traceparent", trace.traceparent()).putHeader("x-request-id", trace.requestId());
    }

    static Trace trace(RoutingContext context) {
        return Objects.requireNonNull(context.get(TRACE));
    }

    /** Whether a gateway has marked the request as mirrored. */
    static boolean isShadow(RoutingContext context) {
        return Boolean.TRUE.equals(context.get(SHADOW));
    }

    private String allowed(String path) {
        return contract.operations().stream()
                .filter(operation -> path.matches(operation.path().replaceAll("\\{\\w+}", "[^/]+")))
                .map(Operation::method)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private void enter(RoutingContext context, Operation operation) {
        boolean shadow = context.request().getHeader("x-ragops-shadow") != null
                && door.isGateway(header(context, "authorization"));
        context.put(SHADOW, shadow);
        context.put(
                GRANT,
                door.enter(
                        header(context, "authorization"),
                        header(context, "x-ragops-authorization"),
                        operation.access(),
                        !shadow));
        if (!operation.bodies().isEmpty()) {
            String type = mediaType(context);
            if (!operation.bodies().containsKey(type)) {
                throw Problem.of(
                        415,
                        "Unsupported media type",
                        "send content-type: "
                                + String.join(" or ", operation.bodies().keySet()));
            }
            String encoding = header(context, "content-encoding");
            if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
                throw Problem.of(415, "Unsupported media type", "content-encoding may be gzip or deflate");
            }
        }
        context.next();
    }

    private static String header(RoutingContext context, String name) {
        String value = context.request().getHeader(name);
        return value == null ? "" : value;
    }

    private static String mediaType(RoutingContext context) {
        String type = header(context, "content-type");
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isStream(RoutingContext context, Operation operation) {
        Operation.Body body = operation.bodies().get(mediaType(context));
        return body != null && body.line().isPresent();
    }

    /** Large bodies are parsed elsewhere: other connections of the event loop would wait for them. */
    private static void parse(RoutingContext context, Operation operation, Buffer body, Consumer<Call> handler) {
        Future<JsonNode> parsed = body.length() < LARGE
                ? Future.future(promise -> promise.complete(checked(context, operation, body)))
                : context.vertx()
                        .executeBlocking(() -> checked(context, operation, body), false)
                        .map(Objects::requireNonNull);
        parsed.map(whole -> {
                    handler.accept(call(context, operation, whole));
                    return whole;
                })
                .onFailure(context::fail);
    }

    private static JsonNode checked(RoutingContext context, Operation operation, Buffer body) {
        JsonNode parsed = JsonBody.parse(body.getBytes());
        Operation.Body promised = operation.bodies().get(mediaType(context));
        if (promised != null) {
            promised.schema().check("", parsed);
        }
        return parsed;
    }

    private static Call call(RoutingContext context, Operation operation, JsonNode body) {
        Map<String, JsonNode> parameters = parameters(context, operation);
        Grant grant = Objects.requireNonNull(context.get(GRANT));
        long start = Objects.requireNonNull(context.<Long>get(START));
        return new Call(context, body, parameters, grant, isShadow(context), trace(context), start);
    }

    private static Map<String, JsonNode> parameters(RoutingContext context, Operation operation) {
        if (operation.parameters().isEmpty()) {
            return Map.of();
        }
        Map<String, JsonNode> given = new HashMap<>();
        for (Operation.Parameter parameter : operation.parameters()) {
            String text = switch (parameter.in()) {
                case PATH -> context.pathParam(parameter.name());
                case QUERY -> context.queryParams().get(parameter.name());
            };
            if (text != null) {
                JsonNode value = typed(parameter, text);
                parameter.schema().check(parameter.name(), value);
                given.put(parameter.name(), value);
            }
        }
        return given;
    }

    /** Text that does not read as its type stays text, and the contract says what it must be. */
    private static JsonNode typed(Operation.Parameter parameter, String text) {
        return switch (parameter.kind()) {
            case TEXT -> TextNode.valueOf(text);
            case INTEGER ->
                text.matches("-?[0-9]{1,18}") ? LongNode.valueOf(Long.parseLong(text)) : TextNode.valueOf(text);
            case BOOLEAN ->
                switch (text) {
                    case "true" -> BooleanNode.TRUE;
                    case "false" -> BooleanNode.FALSE;
                    default -> TextNode.valueOf(text);
                };
        };
    }
}
