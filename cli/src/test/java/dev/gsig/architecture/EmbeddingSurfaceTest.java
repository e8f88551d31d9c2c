package dev.gsig.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
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
          "ExplainOptions",
          "Explainer",
          "Method",
          "Model",
          "PathMeasure",
          "Prediction",
          "Quadrature",
          "ReferenceBank",
          "SequenceBaseline",
          "TabularBaseline",
          "Target",
          "ThetaCandidates",
          "ThetaSearch");

  private static final List<String> COMPARING =
      List.of(
          "Contender",
          "Evaluation",
          "EvaluationOptions",
          "Evaluator",
          "Faithfulness",
          "RemovalRule",
          "StepStudy");

  @Test
  void nothingElseIsPublic() {
    List<String> found =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("dev.gsig.attribution")
                .stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(JavaClass::isTopLevelClass)
                .map(JavaClass::getSimpleName)
                .toList();

    assertThat(found)
        .hasSize(EXPLAINING.size() + COMPARING.size())
        .containsAll(EXPLAINING)
        .containsAll(COMPARING);
  }
}
