package dev.gsig.attribution;

import static dev.gsig.attribution.HandMadeModel.abThenC;
import static dev.gsig.attribution.HandMadeModel.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainerRefusalTest {
  @TempDir Path folder;

  private static void assertRefused(Model model, Options options, String message) {
    assertThatThrownBy(() -> Explainer.of(model, null, options.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void theMaskBaselineNeedsAMaskToken() {
    Model model = HandMadeModel.binary(1, 1, 0).config("mask_token_id", null).load(folder);
    assertRefused(
        model,
        Options.zero().baselines(SequenceBaselines.MASK, TabularBaselines.ZERO),
        "the baseline 'mask' needs a mask_token_id in the model's config.json; choose another baseline");
  }

  @ParameterizedTest
  @CsvSource({"1,-1,1", "1,2,1", "2,2,1", "3,3,2", "3,-1,2"})
  void aClassThatTheModelLacks(int labels, int wanted, int last) {
    Model model =
        HandMadeModel.binary(1, 1, 0)
            .classifier(labels, new double[2 * labels], new double[labels])
            .load(folder);
    assertRefused(
        model,
        Options.zero().target(Target.LOGIT, wanted),
        "class " + wanted + " does not exist; the model has the classes 0 to " + last);
  }

  @Test
  void statisticsThatAreMissing() {
    Model model =
        HandMadeModel.binary(1, 1, 0).withTabular().classifier(1, new double[4], 0).load(folder);
    for (SequenceBaseline kind :
        List.of(SequenceBaselines.MANIFOLD_MEAN, SequenceBaselines.MANIFOLD_MEAN_UNPADDED)) {
      for (TabularBaseline tabular :
          List.of(TabularBaselines.MEAN, TabularBaselines.ZERO, TabularBaselines.SELF)) {
        assertRefused(
            model,
            Options.zero().baselines(kind, tabular),
            "the baseline '"
                + kind.label()
                + "' needs a validation cohort's means; make them with 'gsig baseline'");
      }
    }
    assertRefused(
        model,
        Options.zero().baselines(SequenceBaselines.PAD, TabularBaselines.MEAN),
        "the baseline 'mean' needs a validation cohort's means; make them with 'gsig baseline'");
  }

  /** The visit table has 3 rows: 4 visits, or 3 and a PAD that counts as the fourth. */
  @Test
  void aVisitBeyondTheTableIsNamedWithThePatient() {
    Visit[] visits = {Visit.of("a"), Visit.of("a"), Visit.of("a"), Visit.of("c")};
    Model model = HandMadeModel.binary(6, 3, 0).withVisits("code").load(folder);
    Trajectory ill =
        patient("p\n7", Map.of(), Visit.of(), visits[0], visits[1], visits[2], visits[3]);
    // CLS a SEP a SEP a SEP c SEP is cut to the newest: CLS SEP a SEP a SEP c SEP
    String message =
        "patient \"p\\n7\": position 6 of the sequence has the visit input 3, but"
            + " 'embeddings.visit_embeddings.weight' has only 3 rows; leave out older visits, or"
            + " use a model with a larger table";
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    assertThatThrownBy(() -> explainer.explain(ill))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> model.predict(ill))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    Model behind = HandMadeModel.binary(6, 3, 0).withVisits("embedding").load(folder);
    assertThatThrownBy(() -> Baseline.estimate(behind, List.of(ill)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    // the backend that met the fault is not used again, others serve on
    assertThat(model.predict(abThenC(Map.of())).logit()).isNotNaN();
  }

  @Test
  void aTrajectoryWithoutAReadableCodeIsNamed() {
    Model model = HandMadeModel.binary(6, 3, 0).config("unk_token_id", null).load(folder);
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    for (Trajectory empty :
        List.of(
            patient("nobody", Map.of()),
            patient("nobody", Map.of(), Visit.of()),
            patient("nobody", Map.of(), Visit.of("elsewhere")))) {
      assertThatThrownBy(() -> explainer.explain(empty))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("patient \"nobody\": the trajectory has no code");
    }
  }

  @Test
  void aFolderThatIsNoneAndABackendThatIsUnknown() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> Model.load(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "%s: is not a folder; name the folder that holds config.json or inputs.json", missing);
    Path written = HandMadeModel.binary(1, 1, 0).write(folder);
    assertThatThrownBy(() -> Model.load(written, "abacus"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'abacus'")
        .hasMessageContaining("ejml, simd");
  }
}
