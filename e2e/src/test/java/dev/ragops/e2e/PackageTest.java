package dev.ragops.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class PackageTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.ragops.e2e");

    @Test
    void theLoadGeneratorKnowsNothingOfTheCluster() {
        noClasses()
                .that()
                .resideInAPackage("..e2e.load..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8..", "dev.ragops.api..", "..e2e.cluster..", "..e2e.demo..", "..e2e.report..")
                .check(classes);
    }

    @Test
    void theReportIsPure() {
        noClasses()
                .that()
                .resideInAPackage("..e2e.report..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8..", "java.net..", "java.nio..", "java.io..", "..e2e.cluster..", "..e2e.demo..")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(classes);
    }

    @Test
    void theClusterKnowsNoStory() {
        noClasses()
                .that()
                .resideInAPackage("..e2e.cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..e2e.demo..")
                .check(classes);
    }
}
