package dev.ragops.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The gateway is small and stays so: deciding apart from I/O, and nothing of the other modules. */
class GatewayArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.ragops.gateway");

    @Test
    void deciding_and_counting_do_no_io() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.ragops.gateway.route..", "dev.ragops.gateway.evidence..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.vertx.core",
                        "io.vertx.core.http..",
                        "io.netty..",
                        "java.nio.file..",
                        "java.net.http..",
                        "dev.ragops.gateway.proxy..",
                        "dev.ragops.gateway.source..",
                        "dev.ragops.gateway.admin..")
                .check(classes);
    }

    @Test
    void choosing_knows_nothing_of_counting() {
        noClasses()
                .that()
                .resideInAPackage("dev.ragops.gateway.route..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.ragops.gateway.evidence..")
                .check(classes);
    }

    @Test
    void nothing_of_the_other_modules_comes_in() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.ragops.api..",
                        "dev.ragops.operator..",
                        "dev.ragops.runtime..",
                        "io.quarkus..",
                        "io.fabric8..",
                        "ai.onnxruntime..",
                        "org.apache.lucene..")
                .check(classes);
    }
}
