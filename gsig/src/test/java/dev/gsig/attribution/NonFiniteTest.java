package dev.gsig.attribution;

import static dev.gsig.attribution.HandMadeModel.abThenC;
import static dev.gsig.attribution.HandMadeModel.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that leave the range of the backend stop with the patient and the tensor. */
class NonFiniteTest {
  private static final String CODES = "embeddings.word_embeddings.weight";

  @TempDir Path folder;

  private static double[] table(double value) {
    double[] table = new double[16];
    Arrays.fill(table, value);
    return table;
  }

  private Model load(HandMadeModel model, String backend) {
    return Model.load(model.write(folder), backend);
  }

  private static void assertStops(Model model, String tensor) {
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    Trajectory ill = abThenC(Map.of("age", 70.0));
    assertThatThrownBy(() -> explainer.explain(ill))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(
            "patient \"abc\": "
                + tensor
                + " is (NaN|-?Infinity) at index \\d+; the weights or the tabular values are too"
                + " large for this precision, look at their size or try the float64 backend ejml");
  }

  @Test
  void logits() {
    HandMadeModel model = HandMadeModel.binary(1e30, 0, 0).weight(CODES, table(1e30), 8, 2);
    Model simd = load(model, "simd");
    assertStops(simd, "the logits");
    assertThatThrownBy(() -> simd.predict(abThenC(Map.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("patient \"abc\": the logits is ");
    // float64 has room for it
    Attribution a =
        Explainer.of(load(model, "ejml"), null, Options.zero().build()).explain(abThenC(Map.of()));
    assertThat(a.score() / 1e60).isBetween(0.999999, 1.000001);
    assertThat(a.completenessGapRelative()).isLessThan(1e-12);
  }

  @Test
  void weightsBeyondFloat32() {
    HandMadeModel model = HandMadeModel.binary(1, 1, 0).wideWeight(CODES, table(1e200), 8, 2);
    Model simd = load(model, "simd");
    assertStops(simd, "the input 'sequence'");
    assertThatThrownBy(() -> Baseline.estimate(simd, List.of(abThenC(Map.of()))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("patient \"abc\": the input 'sequence' is Infinity at index 0");
    double[] head = {1e200, 1e200};
    assertStops(
        load(model.wideWeight("classifier.layers.0.weight", head, 1, 2), "ejml"), "the logits");
  }

  /** Two layers of 1e30 on an input of 1e-30: logits of 1e30, gradients of 1e60. */
  @Test
  void gradients() {
    HandMadeModel model =
        HandMadeModel.binary(0, 0, 0)
            .weight(CODES, table(1e-30), 8, 2)
            .config(
                "classifier",
                Map.of("hidden_sizes", List.of(1), "activation", "relu", "num_labels", 1))
            .weight("classifier.layers.0.weight", new double[] {1e30, 0}, 1, 2)
            .weight("classifier.layers.0.bias", new double[] {1}, 1)
            .weight("classifier.layers.1.weight", new double[] {1e30}, 1, 1)
            .weight("classifier.layers.1.bias", new double[] {0}, 1);
    assertStops(load(model, "simd"), "the gradient of the input 'sequence'");
  }

  /** Squares beyond the range would make the variance infinite and every row the norm's bias. */
  @Test
  void layerNorms() {
    for (String backend : List.of("simd", "simd-vector", "simd-scalar", "ejml")) {
      double large = backend.equals("ejml") ? 1e160 : 1e20;
      double[] rows = {1, 2, 3, 1, 2, 5, 4, 1, 1, 7, 9, 1, 2, 3, 8, 1};
      HandMadeModel model =
          HandMadeModel.binary(6, 1, 0.5)
              .wideWeight(CODES, Arrays.stream(rows).map(v -> v * large).toArray(), 8, 2)
              .weight("embeddings.LayerNorm.weight", new double[] {1, 2}, 2)
              .weight("embeddings.LayerNorm.bias", new double[] {0.5, 0.25}, 2);
      assertStops(load(model, backend), "the logits");
    }
  }

  @Test
  void normalisedTabularValues() {
    Model model =
        load(
            HandMadeModel.binary(0, 0, 0)
                .withTabular()
                .config(
                    "tabular",
                    Map.of(
                        "features",
                        List.of(Map.of("name", "age", "mean", -1e308, "std", 0.5)),
                        "hidden_sizes",
                        List.of()))
                .classifier(1, new double[] {1, 1, 1}, 0),
            "ejml");
    Trajectory ill = patient("abc", Map.of("age", 1e308), Visit.of("a"));
    assertThatThrownBy(() -> model.predict(ill))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "patient \"abc\": the tabular value \"age\" is 1.0E308, too large to be normalised");
  }

  /** The attribution of float64 is finite, but the squares in its norms are not. */
  @Test
  void norms() {
    HandMadeModel tokens = HandMadeModel.binary(1, 1, 0).wideWeight(CODES, table(1e160), 8, 2);
    assertStops(load(tokens, "ejml"), "the sum of the attribution");
    double[] clsOnly = new double[16];
    clsOnly[2] = 1e160;
    HandMadeModel special = HandMadeModel.binary(1, 1, 0).wideWeight(CODES, clsOnly, 8, 2);
    assertStops(load(special, "ejml"), "the attribution of the special tokens");
  }

  @Test
  void aModelServesOnAfterAPatientThatFailed() {
    HandMadeModel model =
        HandMadeModel.binary(0, 0, 0).withTabular().classifier(1, new double[] {6, 3, 1e30, 0}, 0);
    Explainer explainer = Explainer.of(load(model, "simd"), null, Options.zero().build());
    Attribution before = explainer.explain(abThenC(Map.of()));
    Trajectory ill = abThenC(Map.of("age", 1e20));
    assertThatThrownBy(() -> explainer.explain(ill)).isInstanceOf(InvalidInputException.class);
    assertThat(explainer.explain(abThenC(Map.of()))).isEqualTo(before);
  }
}
