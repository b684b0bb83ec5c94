package dev.ragops.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The engine stays a library: it can be tested, benchmarked and moved without the server around it. */
class EngineArchitectureTest {
    private static final String[] ENGINE = {
        "dev.ragops.runtime.embed..",
        "dev.ragops.runtime.index..",
        "dev.ragops.runtime.lexical..",
        "dev.ragops.runtime.search..",
        "dev.ragops.runtime.chunk..",
        "dev.ragops.runtime.evaluate.."
    };

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.ragops.runtime");

    @Test
    void the_engine_knows_no_server_no_store_and_no_network() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.vertx..",
                        "io.netty..",
                        "java.net..",
                        "java.sql..",
                        "javax.sql..",
                        "dev.ragops.runtime.http..",
                        "dev.ragops.runtime.store..",
                        "dev.ragops.runtime.bundle..",
                        "dev.ragops.runtime.registry..",
                        "dev.ragops.runtime.cli..")
                .check(classes);
    }

    @Test
    void the_index_knows_neither_text_nor_models_nor_files() {
        noClasses()
                .that()
                .resideInAPackage("dev.ragops.runtime.index..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.ragops.runtime.embed..",
                        "dev.ragops.runtime.search..",
                        "dev.ragops.runtime.chunk..",
                        "org.apache.lucene..",
                        "java.nio.file..",
                        "java.time..")
                .check(classes);
    }

    @Test
    void each_library_has_one_room() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ragops.runtime.embed..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(classes);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ragops.runtime.lexical..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.lucene..")
                .check(classes);
        noClasses()
                .that()
                .doNotHaveSimpleName("SimdKernel")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(classes);
    }
}
