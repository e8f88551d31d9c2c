package dev.gsig.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The types that programs which embed gsig may build on. A public type is a promise: one that is
 * not on the list is package-private, or is added here on purpose.
 */
class EmbeddingSurfaceTest {
  private static final List<String> EXPLAINING =
      List.of(
          "Attribution",
          "AttributionJson",
          "Baseline",
          "Driver",
          "ExplainOptions",
          "ExplainableModel",
          "Explainer",
          "GraphFacts",
          "Model",
          "PathEnd",
          "PathInput",
          "PatientPath",
          "Prediction",
          "Reference",
          "ReferenceBank",
          "SequenceBaseline",
          "SequenceBaselines",
          "Subject",
          "TabularBaseline",
          "TabularBaselines",
          "Target",
          "ValueBaseline");

  private static final List<String> ALONG_A_PATH =
      List.of(
          "AttributionNorms",
          "CodeTable",
          "MethodOption",
          "PathGradient",
          "PathMethod",
          "PathMethods",
          "PathOptions",
          "PathResult",
          "Quadrature",
          "ThetaCandidates");

  private static final List<String> COMPARING =
      List.of(
          "Change",
          "Control",
          "EvaluatedMethod",
          "EvaluatedMethods",
          "Evaluation",
          "EvaluationOptions",
          "Evaluator",
          "Faithfulness",
          "RemovalRule",
          "RemovalRules",
          "SanityCheck",
          "StepStudy",
          "WhatIf",
          "WhatIfJson");

  private static final List<String> COMPUTING =
      List.of(
          "Activation",
          "AttentionMask",
          "Backend",
          "Backends",
          "DeviceMemoryException",
          "Shape",
          "Tensor");

  private static final List<String> DIFFERENTIATING =
      List.of("GradientChecker", "GradientSlot", "Operation", "Tape", "Variable", "Weight");

  /** Packages with public types that embedders may use; all others are internal. */
  private static final List<String> PACKAGES =
      List.of(
          "dev.gsig.attribution",
          "dev.gsig.attribution.evaluation",
          "dev.gsig.attribution.path",
          "dev.gsig.autodiff",
          "dev.gsig.autodiff.op",
          "dev.gsig.ehr",
          "dev.gsig.ehr.cohort",
          "dev.gsig.fhir",
          "dev.gsig.service",
          "dev.gsig.importer",
          "dev.gsig.onnx",
          "dev.gsig.onnx.tensor",
          "dev.gsig.tensor",
          "dev.gsig.train",
          "dev.gsig.transformer.config",
          "dev.gsig.transformer.safetensors");

  private static final JavaClasses ENGINE = ClassFiles.ofTheEngine();

  /** Public types, nested ones included, outside of internal packages and the command line. */
  private static Stream<JavaClass> promised() {
    return ENGINE.stream()
        .filter(type -> !type.getPackageName().matches(".*\\.(internal|cli)(\\..*)?"))
        .filter(EmbeddingSurfaceTest::isPublic);
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(EmbeddingSurfaceTest::isPublic).orElse(true);
  }

  @Test
  void everyOtherPackageIsInternal() {
    assertThat(promised().map(JavaClass::getPackageName).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(PACKAGES);
  }

  /** Whoever uses a public type meets no internal one. */
  @Test
  void noPublicSignatureHasAnInternalType() {
    List<String> internal =
        promised()
            .flatMap(EmbeddingSurfaceTest::signatures)
            .filter(line -> line.matches(".*: dev\\.gsig\\..*\\.internal\\..*"))
            .toList();

    assertThat(internal).isEmpty();
  }

  /** A line for each type that a member, or what the type extends, speaks of. */
  private static Stream<String> signatures(JavaClass type) {
    Stream<JavaType> parents =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
    Stream<String> members =
        type.getMembers().stream()
            .filter(
                member ->
                    member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED))
            .flatMap(
                member ->
                    member.getAllInvolvedRawTypes().stream()
                        .map(used -> member.getFullName() + ": " + used.getName()));
    return Stream.concat(
        parents
            .flatMap(parent -> parent.getAllInvolvedRawTypes().stream())
            .map(used -> type.getFullName() + ": " + used.getName()),
        members);
  }

  @Test
  void nothingElseIsPublic() {
    assertThat(typesOf("dev.gsig.attribution")).containsExactlyInAnyOrderElementsOf(EXPLAINING);
    assertThat(typesOf("dev.gsig.attribution.evaluation"))
        .containsExactlyInAnyOrderElementsOf(COMPARING);
    assertThat(typesOf("dev.gsig.attribution.path"))
        .containsExactlyInAnyOrderElementsOf(ALONG_A_PATH);
    assertThat(typesOf("dev.gsig.tensor")).containsExactlyInAnyOrderElementsOf(COMPUTING);
    assertThat(typesOf("dev.gsig.autodiff")).containsExactlyInAnyOrderElementsOf(DIFFERENTIATING);
  }

  /** Besides operations, the axes that they speak of. */
  @Test
  void operationsAreWhatTheirPackageHas() {
    List<String> others =
        promised()
            .filter(type -> type.getPackageName().equals("dev.gsig.autodiff.op"))
            .filter(type -> !type.isAssignableTo("dev.gsig.autodiff.Operation"))
            .map(JavaClass::getSimpleName)
            .toList();
    assertThat(others).containsExactly("Axis");
  }

  private static List<String> typesOf(String publicPackage) {
    return promised()
        .filter(type -> type.getPackageName().equals(publicPackage))
        .filter(JavaClass::isTopLevelClass)
        .map(JavaClass::getSimpleName)
        .toList();
  }
}
