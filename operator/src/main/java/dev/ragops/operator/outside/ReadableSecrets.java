package dev.ragops.operator.outside;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a Secret a manifest names, and only if its owner has labelled it for this: a manifest's author need not be allowed to read it. */
public final class ReadableSecrets {
    private static final String LABEL = "ragops.dev/readable";

    private final KubernetesClient client;

    public ReadableSecrets(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Its decoded fields, without the line break an editor leaves at their end.
     *
     * @throws IllegalStateException with what to do, when there is none or it may not be read
     */
    public Map<String, String> read(String namespace, String name) {
        @Nullable
        Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
        if (secret == null) {
            throw new IllegalStateException("there is no Secret " + name);
        }
        Map<String, String> labels = secret.getMetadata().getLabels();
        if (labels == null || !"true".equals(labels.get(LABEL))) {
            throw new IllegalStateException("Secret " + name + " may not be read: label it " + LABEL + "=true");
        }
        Map<String, String> data = new TreeMap<>();
        Optional.ofNullable(secret.getData())
                .orElse(Map.of())
                .forEach((field, value) ->
                        data.put(field, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip()));
        return data;
    }
}
