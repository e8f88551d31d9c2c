package dev.gsig.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.NetworkChannel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the modules to their one direction, {@code tensor <- autodiff <- transformer <- importer <-
 * gsig <- cli} with {@code train} between {@code transformer} and {@code cli}, {@code onnx} between
 * {@code autodiff} and {@code importer}, {@code fhir} on {@code gsig}, {@code ehr}, {@code parquet}
 * and {@code cuda} beside it, and {@code cli}'s package {@code plots} by itself, and to the few
 * libraries each may use. Maven would let a module use whatever its dependencies drag in; the class
 * files tell what it does use.
 */
class ModuleDirectionTest {
  private static final String[] BELOW_CLI = {
    "dev.gsig.tensor..",
    "dev.gsig.autodiff..",
    "dev.gsig.ehr..",
    "dev.gsig.parquet..",
    "dev.gsig.transformer..",
    "dev.gsig.train..",
    "dev.gsig.importer..",
    "dev.gsig.onnx..",
    "dev.gsig.attribution..",
    "dev.gsig.fhir..",
    "dev.gsig.service..",
    "dev.gsig.plots..",
    "dev.gsig.cuda.."
  };

  private static final JavaClasses ENGINE = ClassFiles.ofTheEngine();

  /**
   * A module below the command line, or a room of its own in it, and all that its classes may refer
   * to besides themselves.
   */
  enum Module {
    TENSOR("dev.gsig.tensor", "org.ejml.. jdk.incubator.vector.. com.sun.management"),
    AUTODIFF("dev.gsig.autodiff", "dev.gsig.tensor"),
    EHR("dev.gsig.ehr", "com.fasterxml.jackson.core.. de.siegmar.fastcsv.."),
    // DuckDB's own classes are loaded by a class loader apart: see below
    PARQUET("dev.gsig.parquet", "dev.gsig.ehr.."),
    TRANSFORMER("dev.gsig.transformer", "dev.gsig.autodiff.. dev.gsig.tensor dev.gsig.ehr"),
    TRAIN(
        "dev.gsig.train",
        "dev.gsig.transformer.. dev.gsig.autodiff.. dev.gsig.tensor dev.gsig.ehr"),
    IMPORTER(
        "dev.gsig.importer",
        "dev.gsig.transformer.. dev.gsig.onnx dev.gsig.onnx.tensor dev.gsig.ehr"),
    ONNX("dev.gsig.onnx", "dev.gsig.autodiff.. dev.gsig.tensor dev.gsig.ehr"),
    ATTRIBUTION(
        "dev.gsig.attribution",
        "dev.gsig.importer dev.gsig.transformer.. dev.gsig.onnx dev.gsig.onnx.tensor"
            + " dev.gsig.autodiff.. dev.gsig.tensor dev.gsig.ehr"),
    FHIR(
        "dev.gsig.fhir",
        "dev.gsig.attribution dev.gsig.attribution.path dev.gsig.ehr dev.gsig.ehr.cohort"),
    SERVICE(
        "dev.gsig.service",
        "dev.gsig.attribution dev.gsig.attribution.evaluation dev.gsig.attribution.path"
            + " dev.gsig.fhir dev.gsig.ehr dev.gsig.ehr.cohort com.fasterxml.jackson.core"
            + " com.sun.net.httpserver javax.net.ssl"),
    PLOTS("dev.gsig.plots", ""),
    CUDA("dev.gsig.cuda", "dev.gsig.tensor jcuda..");

    final String name;
    private final String allowed;

    Module(String name, String allowed) {
      this.name = name;
      this.allowed = allowed;
    }

    /** Packages that its classes may refer to; those that end in two dots with all below them. */
    List<String> allowed() {
      return allowed.isEmpty() ? List.of() : List.of(allowed.split(" "));
    }

    /** The rule that {@code owner}'s classes use themselves and no more than this module may. */
    ArchRule keptBy(String owner) {
      // Primitive types and their arrays are in the package with the empty name.
      String[] all =
          Stream.concat(
                  Stream.of("", "java..", owner + ".."),
                  allowed().stream().flatMap(Module::withInternal))
              .toArray(String[]::new);
      return classes()
          .that(resideInAPackage(owner + ".."))
          .should(onlyDependOnClassesThat(resideInAnyPackage(all)));
    }

    /** Internal packages are shared among modules; those below them belong to one. */
    private static Stream<String> withInternal(String allowed) {
      return allowed.endsWith("..")
          ? Stream.of(allowed)
          : Stream.of(allowed, allowed + ".internal");
    }
  }

  @ParameterizedTest
  @EnumSource(Module.class)
  void aModuleUsesOnlyWhatIsBelowIt(Module module) {
    module.keptBy(module.name).check(ENGINE);
  }

  @Test
  void ejmlStaysInItsBackend() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.gsig.tensor.internal.ejml..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.ejml..")
        .check(ENGINE);
  }

  @Test
  void theVectorApiStaysInItsBackend() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.gsig.tensor.internal.simd..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(ENGINE);
  }

  @Test
  void jcudaStaysInItsBackend() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.gsig.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(ENGINE);
  }

  @Test
  void nothingNeedsADesktop() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.awt..", "javax.swing..")
        .check(ENGINE);
  }

  /** In the module {@code spark}, {@code SparkModuleTest} reads the class files. */
  @Test
  void sparkIsNotOnTheClassPath() {
    assertThat(getClass().getResource("/org/apache/spark/SparkContext.class")).isNull();
    assertThat(getClass().getResource("/scala/Option.class")).isNull();
  }

  @Test
  void fastCsvStaysInItsPackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.gsig.ehr.internal.table..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("de.siegmar.fastcsv..")
        .check(ENGINE);
  }

  @Test
  void nothingIsCompiledAgainstDuckDb() {
    noClasses().should().dependOnClassesThat().resideInAPackage("org.duckdb..").check(ENGINE);
  }

  @Test
  void theEngineIsSilentAndNeverEndsTheJvm() {
    noClasses()
        .that()
        .resideInAnyPackage(BELOW_CLI)
        .should(ACCESS_STANDARD_STREAMS)
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(ENGINE);
  }

  @Test
  void nothingUsesALoggingFramework() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.logging..", "org.slf4j..", "org.apache.logging..", "org.apache.commons..")
        .check(ENGINE);
  }

  /**
   * No network but the service's, no other program, no object or class made from what a file says.
   */
  @Test
  void nothingReachesOutside() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.gsig.service..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.net..", "javax.net..", "java.rmi..", "javax.script..")
                // where a class or a resource lies; DuckDB's jar is loaded apart from the others
                .and(
                    not(
                        belongToAnyOf(
                            URI.class,
                            URL.class,
                            URISyntaxException.class,
                            URLClassLoader.class,
                            JarURLConnection.class))))
        .orShould()
        .dependOnClassesThat(assignableTo(NetworkChannel.class))
        .orShould()
        .dependOnClassesThat(belongToAnyOf(ProcessBuilder.class, ObjectInputStream.class))
        .orShould()
        .callMethodWhere(target(name("exec")).and(target(owner(type(Runtime.class)))))
        .check(ENGINE);
  }

  /** A rule about no class at all would hold, whatever the classes did. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.gsig.tensor",
        "dev.gsig.autodiff",
        "dev.gsig.ehr",
        "dev.gsig.parquet",
        "dev.gsig.transformer",
        "dev.gsig.train",
        "dev.gsig.importer",
        "dev.gsig.attribution",
        "dev.gsig.fhir",
        "dev.gsig.service",
        "dev.gsig.plots",
        "dev.gsig.cuda",
        "dev.gsig.cli"
      })
  void everyModuleIsRead(String module) {
    assertThat(ENGINE.that(resideInAPackage(module + ".."))).isNotEmpty();
  }

  /** Every class belongs to a module that a rule above speaks of. */
  @Test
  void noPackageIsForgotten() {
    String[] known =
        Stream.concat(Stream.of(BELOW_CLI), Stream.of("dev.gsig.cli..")).toArray(String[]::new);
    assertThat(ENGINE.that(resideInAnyPackage(known)).size())
        .isEqualTo(ENGINE.that(alwaysTrue()).size());
  }

  /** The rules can fail: held to what the layer below may use, every layer breaks them. */
  @Test
  void aRuleThatIsBrokenIsReported() {
    assertBroken(Module.TENSOR.keptBy("dev.gsig.autodiff"));
    assertBroken(Module.EHR.keptBy("dev.gsig.autodiff"));
    assertBroken(Module.AUTODIFF.keptBy("dev.gsig.transformer"));
    assertBroken(Module.TRANSFORMER.keptBy("dev.gsig.importer"));
    assertBroken(Module.IMPORTER.keptBy("dev.gsig.attribution"));
    assertBroken(Module.ATTRIBUTION.keptBy("dev.gsig.cli"));
  }

  private static void assertBroken(ArchRule rule) {
    assertThat(rule.evaluate(ENGINE).hasViolation()).as(rule.getDescription()).isTrue();
  }
}
