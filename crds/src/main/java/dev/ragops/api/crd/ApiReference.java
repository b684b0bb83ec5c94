package dev.ragops.api.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Writes the API reference from the CRDs, so that it cannot say anything else than the API server enforces. */
public final class ApiReference {
    private static final String HEADER = """
            # API reference

            Generated from `crds/yaml` by `make crds`; every rule here is enforced by the API server.
            """;

    private final StringBuilder out = new StringBuilder(HEADER);

    private ApiReference() {}

    /** Markdown for all CRDs. */
    public static String render(Collection<String> crds) {
        ApiReference reference = new ApiReference();
        for (String yaml : crds) {
            reference.resource(Serialization.unmarshal(yaml, CustomResourceDefinition.class));
        }
        return reference.out.toString();
    }

    private void resource(CustomResourceDefinition crd) {
        var version = crd.getSpec().getVersions().getFirst();
        var names = crd.getSpec().getNames();
        out.append("\n## ").append(names.getKind()).append("\n\n`");
        out.append(crd.getSpec().getGroup())
                .append('/')
                .append(version.getName())
                .append("`, short name `");
        out.append(String.join("`, `", names.getShortNames())).append("`\n");
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        rules("", root);
        for (String part : List.of("spec", "status")) {
            out.append("\n### ")
                    .append(names.getKind())
                    .append(' ')
                    .append(part)
                    .append("\n\n");
            out.append("| field | type | default | meaning |\n|---|---|---|---|\n");
            List<String> rules = new ArrayList<>();
            fields("", Objects.requireNonNull(root.getProperties().get(part)), rules);
            if (!rules.isEmpty()) {
                out.append("\nRules:\n\n");
                rules.forEach(rule -> out.append("- ").append(rule).append('\n'));
            }
        }
    }

    private void rules(String path, JSONSchemaProps schema) {
        List<String> rules = new ArrayList<>();
        collect(path, schema, rules);
        if (!rules.isEmpty()) {
            out.append('\n');
            rules.forEach(rule -> out.append("- ").append(rule).append('\n'));
        }
    }

    private static void collect(String path, JSONSchemaProps schema, List<String> rules) {
        schema.getXKubernetesValidations()
                .forEach(rule -> rules.add((path.isEmpty() ? "" : "`" + path + "`: ") + rule.getMessage()));
    }

    private void fields(String path, JSONSchemaProps schema, List<String> rules) {
        collect(path, schema, rules);
        if (schema.getProperties() == null) {
            return;
        }
        schema.getProperties().forEach((name, field) -> {
            String place = path.isEmpty() ? name : path + "." + name;
            boolean required = schema.getRequired().contains(name);
            out.append("| `").append(place).append("` | ").append(type(field)).append(required ? ", required" : "");
            out.append(" | ")
                    .append(defaultOf(field))
                    .append(" | ")
                    .append(description(field))
                    .append(" |\n");
            if (name.equals("conditions") || isOfKubernetes(name)) {
                return;
            }
            if (field.getItems() != null && field.getItems().getSchema() != null) {
                fields(place + "[]", field.getItems().getSchema(), rules);
            } else {
                fields(place, field, rules);
            }
        });
    }

    /** Types that Kubernetes documents itself. */
    private static boolean isOfKubernetes(String name) {
        return List.of("affinity", "tolerations", "topologySpreadConstraints", "resources")
                .contains(name);
    }

    private static String type(JSONSchemaProps field) {
        if (field.getEnum() != null && !field.getEnum().isEmpty()) {
            return String.join(
                    " \\| ",
                    field.getEnum().stream()
                            .map(value -> "`" + value.asText() + "`")
                            .toList());
        }
        if (field.getItems() != null && field.getItems().getSchema() != null) {
            return "list of " + type(field.getItems().getSchema());
        }
        return Optional.ofNullable(field.getType()).orElse("quantity");
    }

    private static String defaultOf(JSONSchemaProps field) {
        return field.getDefault() == null ? "" : "`" + field.getDefault().asText() + "`";
    }

    private static String description(JSONSchemaProps field) {
        return Optional.ofNullable(field.getDescription()).orElse("").replace("|", "\\|");
    }
}
