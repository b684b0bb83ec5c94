package dev.ragops.operator.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An API server that knows server-side apply as far as one owner of whole objects needs it, counts what is written and can refuse on demand. */
final class ApplyingServer extends KubernetesCrudDispatcher {
    /** What was written, as {@code METHOD path}. */
    final List<String> writes = new CopyOnWriteArrayList<>();

    private final Map<String, AtomicInteger> refusals = new ConcurrentHashMap<>();

    /** The next write whose path ends so is refused with this status, once. */
    void refuse(String pathEnd, int status) {
        refusals.put(pathEnd, new AtomicInteger(status));
    }

    boolean hasRefused() {
        return refusals.isEmpty();
    }

    private @Nullable MockResponse refused(String method, String path) {
        for (Map.Entry<String, AtomicInteger> refusal : refusals.entrySet()) {
            if (path.endsWith(refusal.getKey()) && refusals.remove(refusal.getKey()) != null) {
                int code = refusal.getValue().get();
                return new MockResponse()
                        .setResponseCode(code)
                        .setBody("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + code
                                + ",\"message\":\"refused\"}");
            }
        }
        writes.add(method + " " + path);
        return null;
    }

    @Override
    public MockResponse handleCreate(RecordedRequest request) {
        MockResponse refused = refused("POST", bare(request));
        return refused != null ? refused : super.handleCreate(request);
    }

    @Override
    public MockResponse handleUpdate(RecordedRequest request) {
        MockResponse refused = refused("PUT", bare(request));
        return refused != null ? refused : super.handleUpdate(request);
    }

    @Override
    public MockResponse handleDelete(String path) {
        MockResponse refused = refused("DELETE", path);
        return refused != null ? refused : super.handleDelete(path);
    }

    @Override
    public synchronized MockResponse handlePatch(RecordedRequest request) {
        if (!String.valueOf(request.getHeader("Content-Type")).contains("apply-patch")) {
            return handleMerge(request);
        }
        String path = bare(request);
        ObjectNode applied = Serialization.unmarshal(request.getUtf8Body(), ObjectNode.class);
        var present = findResource(getKey(path));
        if (present == null) {
            String collection = path.substring(0, path.lastIndexOf('/'));
            return handleCreate(as(HttpMethod.POST, collection, applied));
        }
        ObjectNode before = Serialization.unmarshal(present.getValue(), ObjectNode.class);
        ObjectNode merged = before.deepCopy();
        merge(merged, applied);
        if (merged.equals(before)) {
            return new MockResponse().setResponseCode(200).setBody(present.getValue());
        }
        return handleUpdate(as(HttpMethod.PUT, path, merged));
    }

    /** The dispatcher's own keeps what a patch sets to null, and asks for no version. */
    private MockResponse handleMerge(RecordedRequest request) {
        String path = bare(request);
        var present = findResource(getKey(path));
        if (present == null
                || !String.valueOf(request.getHeader("Content-Type")).contains("merge-patch")) {
            writes.add("PATCH " + path);
            return super.handlePatch(request);
        }
        ObjectNode merged = Serialization.unmarshal(present.getValue(), ObjectNode.class);
        JsonNode version = merged.at("/metadata/resourceVersion");
        ObjectNode patch = Serialization.unmarshal(request.getUtf8Body(), ObjectNode.class);
        JsonNode wanted = patch.at("/metadata/resourceVersion");
        if (!wanted.isMissingNode() && !wanted.equals(version)) {
            return new MockResponse()
                    .setResponseCode(409)
                    .setBody(
                            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":409,\"message\":\"modified\"}");
        }
        merge(merged, patch);
        return handleUpdate(as(HttpMethod.PUT, path, merged));
    }

    private static String bare(RecordedRequest request) {
        return String.valueOf(request.getPath()).replaceAll("\\?.*$", "");
    }

    private static RecordedRequest as(HttpMethod method, String path, JsonNode body) {
        return new RecordedRequest(
                "HTTP/1.1",
                method,
                path,
                Headers.builder().build(),
                new Buffer(Serialization.asJson(body).getBytes(StandardCharsets.UTF_8)));
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode part && into.get(entry.getKey()) instanceof ObjectNode whole) {
                merge(whole, part);
            } else if (entry.getValue().isNull()) {
                into.remove(entry.getKey());
            } else {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }
}
