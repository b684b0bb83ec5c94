package dev.ragops.operator.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.api.v1alpha1.ConfigSpec;
import dev.ragops.api.v1alpha1.GeneratorSpec;
import org.jspecify.annotations.Nullable;

/** Renders {@code spec.config} as the overrides a runtime reads; a Secret becomes the file it is mounted as. */
final class ConfigJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ConfigJson() {}

    static String of(@Nullable ConfigSpec config) {
        try {
            ObjectNode root = JSON.createObjectNode();
            if (config != null && config.retrieval() != null) {
                root.set("retrieval", JSON.valueToTree(config.retrieval()));
            }
            if (config != null && config.generation() != null) {
                ObjectNode generation = JSON.valueToTree(config.generation());
                GeneratorSpec generator = config.generation().generator();
                if (generator != null && generation.get("generator") instanceof ObjectNode node) {
                    node.remove("apiKeySecret");
                    if (generator.apiKeySecret() != null) {
                        node.put(
                                "apiKeyFile",
                                RuntimeTemplate.generatorKeyFile(
                                        generator.apiKeySecret().key()));
                    }
                }
                root.set("generation", generation);
            }
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("API types can be written", e);
        }
    }
}
