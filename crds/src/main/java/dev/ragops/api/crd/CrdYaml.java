package dev.ragops.api.crd;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Renders the CRDs of all types, one file each. */
public final class CrdYaml {
    /** Lists whose entries belong to different writers or have identity, by property name and the key that tells entries apart. */
    private static final Map<String, String> LIST_MAPS = Map.of(
            "conditions", "type",
            "objectives", "name",
            "gates", "metric",
            "revisions", "name",
            "comparisons", "metric",
            "checks", "name");

    /** Columns in the order people read them; the generator sorts them by path. */
    private static final List<String> COLUMNS = List.of(
            "Model",
            "Target",
            "Phase",
            "Step",
            "Step-Name",
            "Split",
            "Weight",
            "Stable",
            "Candidate",
            "Ready",
            "Reason",
            "Age");

    private CrdYaml() {}

    /** File name to YAML, sorted. */
    public static SortedMap<String, String> render() {
        try {
            Path directory = Files.createTempDirectory("crds");
            try {
                new CRDGenerator()
                        .customResourceClasses(RagModel.class, RagRollout.class)
                        .inOutputDir(directory.toFile())
                        .detailedGenerate();
                SortedMap<String, String> files = new TreeMap<>();
                try (Stream<Path> generated = Files.list(directory)) {
                    for (Path file : generated.toList()) {
                        CustomResourceDefinition crd =
                                Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
                        crd.getSpec().getVersions().forEach(version -> {
                            JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
                            root.setRequired(List.of("spec"));
                            complete(root);
                            version.setAdditionalPrinterColumns(version.getAdditionalPrinterColumns().stream()
                                    .sorted(Comparator.comparingInt(column -> COLUMNS.indexOf(column.getName())))
                                    .toList());
                        });
                        files.put(crd.getMetadata().getName() + ".yaml", Serialization.asYaml(crd));
                    }
                }
                return files;
            } finally {
                try (Stream<Path> left = Files.list(directory)) {
                    for (Path file : left.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot generate the CRDs", e);
        }
    }

    private static void complete(JSONSchemaProps schema) {
        if (schema.getProperties() == null) {
            return;
        }
        schema.getProperties().forEach((name, property) -> {
            String key = LIST_MAPS.get(name);
            if (key != null && property.getItems() != null) {
                property.setXKubernetesListType("map");
                property.setXKubernetesListMapKeys(List.of(key));
                JSONSchemaProps item = property.getItems().getSchema();
                if (name.equals("conditions")) {
                    limitCondition(item);
                }
                complete(item);
            } else if (property.getItems() != null) {
                complete(property.getItems().getSchema());
            } else {
                complete(property);
            }
        });
    }

    /** What a condition of Kubernetes may hold; fabric8's type says none of it. */
    private static void limitCondition(JSONSchemaProps condition) {
        condition.setRequired(List.of("type", "status", "lastTransitionTime", "reason", "message"));
        Map<String, JSONSchemaProps> fields = condition.getProperties();
        limit(fields, "type", 316);
        limit(fields, "reason", 1024);
        limit(fields, "message", 4096);
        JSONSchemaProps time = fields.get("lastTransitionTime");
        if (time != null) {
            time.setFormat("date-time");
        }
    }

    private static void limit(Map<String, JSONSchemaProps> fields, String name, long length) {
        JSONSchemaProps field = fields.get(name);
        if (field != null) {
            field.setMaxLength(length);
        }
    }
}
