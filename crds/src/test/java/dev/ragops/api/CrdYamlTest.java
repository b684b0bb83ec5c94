package dev.ragops.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.ragops.api.crd.ApiReference;
import dev.ragops.api.crd.CrdYaml;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CrdYamlTest {
    private static final Path COMMITTED = Path.of("yaml");

    @Test
    void the_committed_yaml_is_what_the_types_say() throws IOException {
        SortedMap<String, String> generated = CrdYaml.render();
        if (System.getProperty("crds.update") != null) {
            for (var file : generated.entrySet()) {
                Files.writeString(COMMITTED.resolve(file.getKey()), file.getValue());
            }
        }
        assertThat(generated.keySet()).containsExactly("ragmodels.ragops.dev.yaml", "ragrollouts.ragops.dev.yaml");
        for (var file : generated.entrySet()) {
            assertThat(Files.readString(COMMITTED.resolve(file.getKey())))
                    .as("crds/yaml/%s: run `make crds` and commit", file.getKey())
                    .isEqualTo(file.getValue());
        }
    }

    @Test
    void the_committed_reference_is_what_the_types_say() throws IOException {
        String generated = ApiReference.render(CrdYaml.render().values());
        Path committed = Path.of("..", "docs", "api.md");
        if (System.getProperty("crds.update") != null) {
            Files.writeString(committed, generated);
        }
        assertThat(Files.readString(committed))
                .as("docs/api.md: run `make crds` and commit")
                .isEqualTo(generated);
    }

    @Nested
    class Every_schema {
        private final List<String> findings = new ArrayList<>();

        @Test
        void describes_each_field_of_ours_to_its_user() {
            for (String yaml : CrdYaml.render().values()) {
                walk("", schemaOf(yaml), (path, field) -> {
                    if (field.getDescription() == null || field.getDescription().isBlank()) {
                        findings.add(path);
                    }
                });
            }
            assertThat(findings.stream().filter(CrdYamlTest::ours)).isEmpty();
        }

        @Test
        void bounds_each_list() {
            for (String yaml : CrdYaml.render().values()) {
                walk("", schemaOf(yaml), (path, field) -> {
                    if ("array".equals(field.getType()) && field.getMaxItems() == null) {
                        findings.add(path);
                    }
                });
            }
            assertThat(findings.stream().filter(CrdYamlTest::ours)).isEmpty();
        }

        @Test
        void bounds_each_string_by_length_or_pattern_or_values() {
            for (String yaml : CrdYaml.render().values()) {
                walk("", schemaOf(yaml), (path, field) -> {
                    if ("string".equals(field.getType())
                            && field.getMaxLength() == null
                            && field.getPattern() == null
                            && (field.getEnum() == null || field.getEnum().isEmpty())
                            && field.getFormat() == null) {
                        findings.add(path);
                    }
                });
            }
            assertThat(findings.stream().filter(CrdYamlTest::ours)).isEmpty();
        }
    }

    @Nested
    class An_unknown_field {
        @Test
        void of_a_stored_RagModel_is_ignored() {
            RagModel model = Serialization.unmarshal("""
                    apiVersion: ragops.dev/v1alpha1
                    kind: RagModel
                    metadata: {name: support}
                    spec: {model: {name: a, version: "1", later: x}, registry: {url: "http://m"}, later: {deep: 1}}
                    status: {later: 1, route: {later: 2, generation: 3}}
                    """, RagModel.class);
            assertThat(model.getSpec().model().version()).isEqualTo("1");
            assertThat(model.getStatus().route().generation()).isEqualTo(3L);
        }

        @Test
        void of_a_stored_RagRollout_is_ignored() {
            RagRollout rollout = Serialization.unmarshal("""
                    apiVersion: ragops.dev/v1alpha1
                    kind: RagRollout
                    metadata: {name: support}
                    spec: {modelRef: {name: a}, steps: [{name: a, evaluate: {later: 1}, later: 2}]}
                    """, RagRollout.class);
            assertThat(rollout.getSpec().steps()).hasSize(1);
            assertThat(rollout.getSpec().steps().getFirst().evaluate()).isNotNull();
        }
    }

    @Nested
    class Every_record {
        @Test
        void reads_an_absent_list_as_an_empty_one() throws ReflectiveOperationException {
            JavaClasses classes = new ClassFileImporter().importPackages("dev.ragops.api.v1alpha1");
            for (JavaClass type : classes) {
                if (!type.isRecord()) {
                    continue;
                }
                Class<?> record = type.reflect();
                RecordComponent[] components = record.getRecordComponents();
                Object empty = record.getDeclaredConstructor(Arrays.stream(components)
                                .map(RecordComponent::getType)
                                .toArray(Class<?>[]::new))
                        .newInstance(new Object[components.length]);
                for (RecordComponent component : components) {
                    boolean collection = component.getType() == List.class || component.getType() == Map.class;
                    assertThat(component.getAccessor().invoke(empty) != null)
                            .as("%s.%s", record.getSimpleName(), component.getName())
                            .isEqualTo(collection);
                }
            }
        }
    }

    private interface Visitor {
        void visit(String path, JSONSchemaProps field);
    }

    private static JSONSchemaProps schemaOf(String yaml) {
        return Serialization.unmarshal(yaml, CustomResourceDefinition.class)
                .getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema();
    }

    private static void walk(String path, JSONSchemaProps schema, Visitor visitor) {
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, field) -> {
                visitor.visit(path + "." + name, field);
                walk(path + "." + name, field, visitor);
            });
        }
        if (schema.getItems() != null && schema.getItems().getSchema() != null) {
            walk(path + "[]", schema.getItems().getSchema(), visitor);
        }
    }

    /** Types of Kubernetes itself that stand inside ours bring no descriptions or bounds. */
    private static boolean ours(String path) {
        return !path.equals(".spec")
                && !path.equals(".status")
                && !path.contains("conditions[]")
                && !path.contains(".resources.")
                && !path.contains(".affinity.")
                && !path.contains(".tolerations[]")
                && !path.contains(".topologySpreadConstraints[]");
    }
}
