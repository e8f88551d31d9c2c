package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of extreme shapes and numbers: the right answer, or a refusal that names the tensor. */
class ExtremeModelsTest {
  private static final ExplainOptions PLAIN = Options.plain(Quadrature.RIGHT, 3).build();
  private static final String NAMED =
      "(?s)patient \"p\": (the logits|(the (baseline|gradient) of )?the input '(sequence|tabular)'"
          + "|the attribution|the sum of the attribution|the attribution of the special tokens) is .*";

  @TempDir Path folder;

  private static double[] attribution(Model model, Trajectory patient) {
    return Explainer.of(model, null, PLAIN).explainRaw(patient).result().chosen().attribution();
  }

  private void assertAgrees(RandomModel random, Trajectory patient) {
    random.write(folder);
    Model exact = Model.load(folder, "ejml");
    for (String backend : List.of("simd", "simd-scalar")) {
      Model model = Model.load(folder, backend);
      assertClose(random + " logits", model.logits(patient), exact.logits(patient));
      assertClose(random.toString(), attribution(model, patient), attribution(exact, patient));
    }
  }

  private static void assertClose(String what, double[] actual, double[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("%s: entry %d is %s, not %s", what, i, actual[i], expected[i])
          .isLessThanOrEqualTo(1e-4 * largest + 1e-6);
    }
  }

  /** No CLS, no SEP: the sequence is the code alone. */
  @ParameterizedTest
  @ValueSource(strings = {"mean", "bigru"})
  void aSequenceOfOneToken(String pooling) {
    RandomModel random =
        new RandomModel(1)
            .config("cls_token_id", null)
            .config("sep_token_id", null)
            .config("max_position_embeddings", 1)
            .pooling(pooling);
    assertAgrees(random, new Trajectory("p", List.of(visit(0, "c1")), Map.of("age", 50.0), null));
  }

  @Test
  void oneOfEverything() {
    RandomModel random =
        new RandomModel(2)
            .config("hidden_size", 1)
            .config("num_hidden_layers", 1)
            .config("num_attention_heads", 1)
            .config("attention_head_size", 1)
            .config("intermediate_size", 1)
            .config("norm_first", true)
            // One feature has no variance: with less, rounding is divided by 1e-6.
            .config("layer_norm_eps", 1e-3)
            .config("tabular", null)
            .config("classifier", Map.of("num_labels", 1))
            .pooling("mean");
    assertAgrees(random, random.patient());
  }

  /** 511 codes and CLS fill a sequence that has room for nothing more. */
  @Test
  void fiveHundredAndTwelveTokens() {
    RandomModel random =
        new RandomModel(3)
            .config("num_hidden_layers", 1)
            .config("num_attention_heads", 2)
            .config("attention_head_size", 4)
            .config("hidden_size", 8)
            .config("intermediate_size", 8)
            .config("max_position_embeddings", 512)
            .pooling("cls");
    List<Visit> visits = new ArrayList<>();
    for (int v = 0; v < 100; v++) {
      visits.add(visit(v % 50, "c1", "c" + v % 12, "c5", "c7", "c11"));
    }
    assertAgrees(random, new Trajectory("p", visits, Map.of("age", 70.0), null));
  }

  private static Visit visit(double age, String... codes) {
    return new Visit(null, List.of(codes), age, 0);
  }

  /** All rows alike: every layer norm sees a variance of zero and divides by sqrt(epsilon). */
  @Test
  void layerNormsOfConstantRows() {
    RandomModel random =
        new RandomModel(4)
            .config("embedding_inputs", Map.of())
            .config("norm_first", true)
            .config("layer_norm_eps", 1e-3)
            .pooling("mean")
            .weight("embeddings.word_embeddings.weight", 0.25);
    assertAgrees(random, random.patient());
  }

  /**
   * Weights of all sizes that float32 holds, and that it does not: never NaN, never infinity, never
   * a number that float64 does not confirm.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-45, 1e-40, 1e-30, 1e-10, 1e5, 1e15, 1e30, 3e38})
  void weightsOfAllSizes(double size) {
    int answered = 0;
    for (int seed = 0; seed < 30; seed++) {
      RandomModel random = new RandomModel(seed).scale(size);
      random.write(folder);
      Trajectory patient = random.patient();
      Model simd = Model.load(folder, "simd");
      double[] logits;
      double[] attribution;
      try {
        logits = simd.logits(patient);
        attribution = attribution(simd, patient);
      } catch (InvalidInputException e) {
        assertThat(e).hasMessageMatching(NAMED);
        continue;
      }
      answered++;
      assertThat(logits).as("seed %d", seed).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
      assertThat(Arrays.stream(attribution)).allMatch(Double::isFinite);
      if (size <= 1) {
        Model ejml = Model.load(folder, "ejml");
        assertClose("seed " + seed, logits, ejml.logits(patient));
        assertClose("seed " + seed, attribution, attribution(ejml, patient));
      }
    }
    System.out.printf("weights times %.0e: %d of 30 models answered%n", size, answered);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        1e30,
        -1e30,
        1e308,
        Double.MIN_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
      })
  void tabularValuesOfAllSizes(double value) {
    for (int seed = 0; seed < 10; seed++) {
      RandomModel random =
          new RandomModel(seed)
              .config(
                  "tabular",
                  Map.of(
                      "features",
                      List.of(Map.of("name", "age", "mean", 50, "std", 10)),
                      "hidden_sizes",
                      List.of()));
      random.write(folder);
      Model model = Model.load(folder, "simd");
      Trajectory patient =
          new Trajectory("p", List.of(visit(40, "c1")), Map.of("age", value), null);
      if (Double.isFinite(value)) {
        try {
          assertThat(Arrays.stream(attribution(model, patient))).allMatch(Double::isFinite);
        } catch (InvalidInputException e) {
          assertThat(e).hasMessageMatching(NAMED);
        }
      } else {
        assertThatThrownBy(() -> attribution(model, patient))
            .isInstanceOf(InvalidInputException.class)
            .hasMessage(
                "patient \"p\": the tabular value \"age\" is "
                    + value
                    + ", which is no number; leave it out where it is missing");
      }
    }
  }
}
