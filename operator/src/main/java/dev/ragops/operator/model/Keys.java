package dev.ragops.operator.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.api.v1alpha1.GatewaySpec;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.operator.gateway.EvidenceKeys;
import dev.ragops.operator.outside.ReadableSecrets;
import dev.ragops.operator.workload.ModelObjects;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a model's Secret: the keys that its parts know each other by, changed when a person asks for it, and the API keys of clients, copied from the Secret that
 * the spec names. They are a copy because every kept revision mounts them, whatever the spec said when it was made.
 */
final class Keys {
    static final String API_KEYS = "api-keys";
    /** What the runtime reads as: no key is wanted. */
    static final String OPEN = "open";
    /** On the RagModel: another value asks for other keys. */
    static final String ROTATE = "ragops.dev/rotate-keys";
    /** On the Secret: the value of {@link #ROTATE} that was answered last. */
    static final String ROTATED = "ragops.dev/rotated-keys";
    /** On the Secret: a rotation under way. */
    static final String ROTATION = "ragops.dev/rotation";

    /** A Secret that somebody removed is made anew at the latest then; no cache may show Secrets. */
    private static final Duration TRUST = Duration.ofMinutes(5);
    /** How long a key that was withdrawn may go on being copied. */
    static final Duration TRUST_WITH_API_KEYS = Duration.ofSeconds(30);
    /** While pods follow a rotation. */
    private static final Duration TRUST_WHILE_ROTATING = Duration.ofSeconds(2);

    private static final List<String> MADE = List.of(Rotation.TOKEN, Rotation.OTHER_TOKEN, EvidenceKeys.CURRENT);

    private final KubernetesClient client;
    private final ReadableSecrets secrets;
    private final ModelEvents events;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Checked> checked = new ConcurrentHashMap<>();
    private final Map<String, Contents> remembered = new ConcurrentHashMap<>();

    /**
     * How it went.
     *
     * @param unreadable why the API keys could not be read; what was known last stands then, and at first nobody is let in
     * @param rotating whether pods have to follow before it can go on
     */
    record Kept(Optional<String> unreadable, boolean rotating) {}

    /** @param source the Secret named then; empty: none */
    private record Checked(Instant at, String source, String wish, Kept kept) {}

    /** A Secret of ours, decoded. */
    private record Contents(Map<String, String> fields, Rotation rotation, String rotated) {
        Contents {
            fields = Map.copyOf(fields);
        }
    }

    Keys(KubernetesClient client, ReadableSecrets secrets, ModelEvents events, Clock clock) {
        this.client = client;
        this.secrets = secrets;
        this.events = events;
        this.clock = clock;
    }

    Kept keep(RagModel model, ModelObjects objects, OwnerReference owner, Holders holders) throws Applier.NameConflict {
        String source = source(model.getSpec()).orElse("");
        String wish = annotation(model.getMetadata().getAnnotations(), ROTATE);
        Instant now = clock.instant();
        Checked before = checked.get(owner.getUid());
        if (before != null
                && before.source().equals(source)
                && before.wish().equals(wish)
                && before.at().isAfter(now.minus(trust(before)))) {
            return before.kept();
        }
        Kept kept = look(model, source, wish, objects, owner, holders);
        checked.put(owner.getUid(), new Checked(now, source, wish, kept));
        return kept;
    }

    private static Duration trust(Checked before) {
        if (before.kept().rotating()) {
            return TRUST_WHILE_ROTATING;
        }
        return before.source().isEmpty() ? TRUST : TRUST_WITH_API_KEYS;
    }

    void forget(String ownerUid) {
        checked.remove(ownerUid);
        remembered.remove(ownerUid);
    }

    static Optional<String> source(RagModelSpec spec) {
        return Optional.ofNullable(spec.gateway())
                .map(GatewaySpec::auth)
                .map(auth -> auth.apiKeysSecret().name());
    }

    private Kept look(
            RagModel model, String source, String wish, ModelObjects objects, OwnerReference owner, Holders holders)
            throws Applier.NameConflict {
        Secret place = objects.keys(Map.of());
        Secret existing = client.resource(place).get();
        if (existing != null && !Applier.ownedBy(existing, owner.getUid())) {
            throw new Applier.NameConflict(place);
        }
        Optional<Contents> lost = Optional.ofNullable(remembered.get(owner.getUid()));
        Contents present = existing == null ? new Contents(Map.of(), Rotation.RESTING, "") : contents(existing);
        // One that was removed asks for other keys, and pods still go by what was in it.
        boolean removed = existing == null && lost.isPresent();
        Contents before = removed ? lost.get() : present;
        boolean fresh = existing == null && lost.isEmpty();
        boolean wanted = removed || (!fresh && !wish.isEmpty() && !wish.equals(before.rotated()));

        Map<String, String> fields = new TreeMap<>(before.fields());
        MADE.forEach(field -> {
            if (fields.getOrDefault(field, "").isEmpty()) {
                String known =
                        lost.map(contents -> contents.fields().get(field)).orElse("");
                fields.put(field, known.isEmpty() ? token() : known);
            }
        });
        Optional<Rotation.Step> step =
                before.rotation().step(Map.copyOf(fields), wanted, holders, clock.instant(), this::token);
        step.map(Rotation.Step::fields).orElse(Map.of()).forEach((field, value) -> {
            if (value.isEmpty()) {
                fields.remove(field);
            } else {
                fields.put(field, value);
            }
        });
        Optional<String> unreadable = apiKeys(source, place.getMetadata().getNamespace(), fields);

        Rotation rotation = step.map(Rotation.Step::next).orElse(before.rotation());
        boolean begins = before.rotation() instanceof Rotation.Resting && wanted;
        Contents after = new Contents(fields, rotation, fresh || begins ? wish : before.rotated());
        if (existing == null) {
            create(after, objects, owner);
        } else if (!after.equals(present)) {
            patch(present, after, existing);
        }
        remembered.put(owner.getUid(), after);
        step.ifPresent(further -> events.tell(
                model,
                List.of(new ModelEvents.Happening("Normal", further.reason(), further.message())),
                clock.instant()));
        return new Kept(unreadable, !(rotation instanceof Rotation.Resting));
    }

    /** @return why they could not be read */
    private Optional<String> apiKeys(String source, String namespace, Map<String, String> fields) {
        if (source.isEmpty()) {
            fields.put(API_KEYS, OPEN);
            return Optional.empty();
        }
        try {
            fields.put(
                    API_KEYS, String.join("\n", secrets.read(namespace, source).values()));
            return Optional.empty();
        } catch (IllegalStateException e) {
            boolean known = !List.of("", OPEN).contains(fields.getOrDefault(API_KEYS, ""));
            if (!known) {
                fields.put(API_KEYS, "");
            }
            return Optional.of("spec.gateway.auth.apiKeysSecret: " + e.getMessage()
                    + (known ? "; until then the keys known last count" : "; until then nobody is let in"));
        }
    }

    private void create(Contents after, ModelObjects objects, OwnerReference owner) {
        Secret made = objects.keys(after.fields());
        made.getMetadata().setOwnerReferences(List.of(owner));
        made.getMetadata().setAnnotations(annotations(after));
        client.resource(made).create();
    }

    /** Only onto the version that was read: a paused ex-leader must not carry an old stage over a newer one. */
    private void patch(Contents before, Contents after, Secret existing) {
        ObjectNode patch = Serialization.jsonMapper().createObjectNode();
        ObjectNode metadata = patch.putObject("metadata");
        metadata.put("resourceVersion", existing.getMetadata().getResourceVersion());
        differ(annotations(before), annotations(after), metadata.putObject("annotations"));
        differ(encoded(before.fields()), encoded(after.fields()), patch.putObject("data"));
        client.resource(existing).patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(patch));
    }

    private static void differ(Map<String, String> before, Map<String, String> after, ObjectNode patch) {
        before.keySet().stream().filter(name -> !after.containsKey(name)).forEach(patch::putNull);
        after.forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                patch.put(name, value);
            }
        });
    }

    private static Map<String, String> encoded(Map<String, String> fields) {
        Map<String, String> encoded = new TreeMap<>();
        fields.forEach((field, value) ->
                encoded.put(field, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return encoded;
    }

    private static Map<String, String> annotations(Contents contents) {
        Map<String, String> annotations = new TreeMap<>();
        annotations.put(ROTATION, contents.rotation().text());
        annotations.put(ROTATED, contents.rotated());
        annotations.values().removeIf(String::isEmpty);
        return annotations;
    }

    private static Contents contents(Secret secret) {
        Map<String, String> fields = new TreeMap<>();
        Objects.requireNonNullElse(secret.getData(), Map.<String, String>of())
                .forEach((field, value) ->
                        fields.put(field, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        Map<String, String> annotations = secret.getMetadata().getAnnotations();
        return new Contents(
                fields, Rotation.parse(annotation(annotations, ROTATION)), annotation(annotations, ROTATED));
    }

    private static String annotation(@Nullable Map<String, String> annotations, String name) {
        return Objects.requireNonNullElse(annotations, Map.<String, String>of()).getOrDefault(name, "");
    }

    private String token() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
