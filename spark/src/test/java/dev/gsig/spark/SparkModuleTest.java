package dev.gsig.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spark is this module's alone, and the command line is needed for the command alone. */
class SparkModuleTest {
  private static final String[] SPARK = {
    "org.apache.spark..", "org.apache.hadoop..", "org.apache.parquet..", "scala.."
  };

  private static JavaClasses all;

  @BeforeAll
  static void readClassFiles() {
    // The rules ask for names; reading Spark's classes, too, would take long.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.gsig");
  }

  private static ArchRule sparkStaysOutside(String spared) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(spared)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SPARK);
  }

  @AfterAll
  static void restore() {
    ArchConfiguration.get().reset();
  }

  @Test
  void sparkStaysInItsModule() {
    sparkStaysOutside("dev.gsig.spark..").check(all);
    assertThat(sparkStaysOutside("dev.gsig.cli..").evaluate(all).hasViolation())
        .as("the rule can fail")
        .isTrue();
  }

  /** Who embeds it does without picocli: the dependency is optional. */
  @Test
  void onlyTheCommandUsesTheCommandLine() {
    classes()
        .that()
        .resideInAPackage("dev.gsig.spark..")
        .and()
        .haveSimpleNameNotStartingWith("SparkCommand")
        .and()
        .doNotHaveSimpleName("PatientProgress")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackages("dev.gsig.cli..", "picocli..")
        .check(all);
  }
}
