package dev.ragops.runtime.http.rag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.view.Follower;
import dev.ragops.runtime.view.Progress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Whether this process lives, has started, and is ready; and in what state it is. */
public final class HealthRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Follower follower;
    private final Identity identity;
    private final Door door;
    private final BooleanSupplier draining;

    public HealthRoutes(Follower follower, Identity identity, Door door, BooleanSupplier draining) {
        this.follower = follower;
        this.identity = identity;
        this.door = door;
        this.draining = draining;
    }

    public void mount(Map<String, Consumer<Call>> operations) {
        operations.put("health", call -> state(call, 200));
        operations.put("live", call -> state(call, 200));
        operations.put("startup", call -> state(call, 200));
        operations.put("ready", call -> state(call, follower.isReady() && !draining.getAsBoolean() ? 200 : 503));
    }

    private void state(Call call, int status) {
        ObjectNode body = JSON.createObjectNode();
        switch (follower.progress()) {
            case Progress.Starting starting -> body.put("status", "starting").put("detail", starting.what());
            case Progress.CatchingUp at -> {
                body.put("status", "catching-up").put("done", at.done()).put("total", at.total());
                at.left().ifPresent(left -> body.put("secondsLeft", left.toSeconds()));
            }
            case Progress.Ready _ -> body.put("status", draining.getAsBoolean() ? "draining" : "ready");
        }
        body.put("revision", identity.revision())
                .put("version", identity.version())
                .put("bundleDigest", identity.bundleDigest())
                .put("configDigest", identity.configDigest())
                .put("fingerprint", identity.fingerprint());
        door.tokenIds().forEach(body.putArray("tokens")::add);
        String kind = follower.store().map(store -> store.kind()).orElse(follower.hasStore() ? "opening" : "none");
        body.putObject("store").put("kind", kind).put("reachable", follower.isStoreReachable());
        var view = follower.current();
        body.putObject("view")
                .put("sequence", view.sequence())
                .put("head", follower.head().sequence())
                .put("passages", view.passages().live())
                .put("documents", view.passages().documents())
                .put("index", view.dense().kind())
                .put("indexBytes", view.dense().memoryBytes() + view.lexical().memoryBytes());
        call.response().setStatusCode(status);
        call.json(body.toString().getBytes(StandardCharsets.UTF_8));
    }
}
