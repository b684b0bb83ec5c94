package dev.ragops.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Keeps the middle pure: what decides knows no client, no clock and no thread. */
class ArchitectureTest {
    private static final String OPERATOR = "dev.ragops.operator.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.ragops.operator");

    @Test
    void deciding_packages_know_no_client_no_clock_and_no_thread() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        OPERATOR + "rollout.machine..",
                        OPERATOR + "rollout.judge..",
                        OPERATOR + "rollout.plan..",
                        OPERATOR + "rollout.evidence..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8..",
                        "io.javaoperatorsdk..",
                        "io.micrometer..",
                        "dev.ragops.api..",
                        "java.net..",
                        "java.util.concurrent..",
                        OPERATOR + "model..",
                        OPERATOR + "outside..",
                        OPERATOR + "rollout.wire..",
                        OPERATOR + "rollout.collect..",
                        OPERATOR + "rollout.report..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.time.Clock.class)
                .check(CLASSES);
    }

    @Test
    void what_decides_for_a_model_knows_no_client_no_clock_and_no_thread() {
        for (String name :
                new String[] {"Decider", "Handshake", "Tracks", "Routes", "Statuses", "Conditions", "Plan"}) {
            noClasses()
                    .that()
                    .haveFullyQualifiedName(OPERATOR + "model." + name)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.fabric8.kubernetes.client..",
                            "io.javaoperatorsdk..",
                            "java.net..",
                            "java.util.concurrent..")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(java.time.Clock.class)
                    .check(CLASSES);
        }
    }

    @Test
    void the_two_reconcilers_meet_in_the_cluster_only() {
        noClasses()
                .that()
                .resideInAPackage(OPERATOR + "rollout..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(OPERATOR + "model..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(OPERATOR + "model..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(OPERATOR + "rollout..")
                .check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching(OPERATOR + "(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
