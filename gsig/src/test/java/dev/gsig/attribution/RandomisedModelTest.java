package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models with random weights, and patients who are moved a little. */
class RandomisedModelTest {
  @TempDir Path folder;

  @Test
  void oneMorePartAfterTheOther() {
    Fixture fixture = Fixture.named("bert-pooler");
    Trajectory patient = fixture.cohort().get(0);
    try (Model model = fixture.model("ejml")) {
      List<String> parts = model.weightParts();
      assertThat(parts).startsWith("classifier").endsWith("encoder.layer.0", "embeddings");
      Set<Double> logits = new HashSet<>();
      Set<String> versions = new HashSet<>(Set.of(model.version()));
      double[] own = rows(model, patient);
      for (int n = 0; n <= parts.size(); n++) {
        try (Model randomised = model.randomised(n, 4);
            Model again = model.randomised(n, 4)) {
          double logit = randomised.logits(patient)[0];
          assertThat(again.logits(patient)[0]).isEqualTo(logit);
          logits.add(logit);
          versions.add(randomised.version());
          assertThat(again.version()).isEqualTo(randomised.version());
          if (n == 0) {
            assertThat(logit).isEqualTo(model.logits(patient)[0]);
          }
          boolean sameRows = n < parts.size();
          assertThat(Arrays.equals(rows(randomised, patient), own)).isEqualTo(sameRows);
        }
      }
      assertThat(logits).hasSize(parts.size() + 1);
      assertThat(versions).hasSize(parts.size() + 1);
      try (Model other = model.randomised(1, 5)) {
        assertThat(logits).doesNotContain(other.logits(patient)[0]);
      }
      assertThatThrownBy(() -> model.randomised(parts.size() + 1, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("parts must be 0 to " + parts.size() + ", but is " + (parts.size() + 1));
      assertThatThrownBy(() -> model.randomised(-1, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** {@code logit = w . mean of three rows + b}; w is found from two patients. */
  @Test
  void whatWasReplacedStaysSo() {
    double b = -0.125;
    List<Trajectory> patients =
        List.of(
            HandMadeModel.patient("p", Map.of(), Visit.of("a")),
            HandMadeModel.patient("q", Map.of(), Visit.of("c")));
    try (Model model = HandMadeModel.binary(0.5, 0.25, b).load(folder);
        Model one = model.randomised(1, 3);
        Model two = model.randomised(2, 3)) {
      double[] p = mean(one, patients.get(0));
      double[] q = mean(one, patients.get(1));
      double y = one.logits(patients.get(0))[0] - b;
      double z = one.logits(patients.get(1))[0] - b;
      double determinant = p[0] * q[1] - p[1] * q[0];
      double[] w = {(y * q[1] - z * p[1]) / determinant, (z * p[0] - y * q[0]) / determinant};
      assertThat(Math.abs(w[0] - 0.5) + Math.abs(w[1] - 0.25)).isGreaterThan(0.01);
      double[] other = mean(two, patients.get(0));
      assertThat(other).isNotEqualTo(p);
      assertThat(two.logits(patients.get(0))[0])
          .isCloseTo(w[0] * other[0] + w[1] * other[1] + b, within(1e-12));
    }
  }

  private static double[] mean(Model model, Trajectory patient) {
    double[] rows = rows(model, patient);
    return new double[] {
      (rows[0] + rows[2] + rows[4]) / 3, (rows[1] + rows[3] + rows[5]) / 3,
    };
  }

  /** From themselves nobody has anything to explain, whatever the embeddings are. */
  @Test
  void referencesAreReadByTheOtherModel() {
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    try (Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
        Model other = model.randomised(2, 3)) {
      Explainer explainer =
          Explainer.withReferences(
              model,
              ReferenceBank.of(model, List.of(patient), 1),
              ExplainOptions.DEFAULT.toBuilder()
                  .method(PathMethods.EXPECTED_GRADIENTS)
                  .baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES)
                  .build());
      assertThat(explainer.on(other).explain(patient).l21()).isZero();
    }
  }

  private static double[] rows(Model model, Trajectory patient) {
    TokenSequence sequence = model.tokenizer().tokenize(patient);
    return InputValue.of(model, new Subject(patient, sequence, sequence.maxLength()))
        .get(0)
        .numbers();
  }

  /** Rows of codes move by r of their length, each in a direction of its own; others stay. */
  @Test
  void onlyCodesMoveAndByTheRadius() {
    Fixture fixture = Fixture.named("bert-pooler");
    Trajectory patient = fixture.cohort().get(0);
    try (Model model = fixture.model("ejml")) {
      TokenSequence sequence = model.tokenizer().tokenize(patient);
      double[] own = rows(model, patient);
      double[] moved = near(model, patient, new RowNoise(0.3, 1), sequence.maxLength());
      int d = own.length / sequence.maxLength();
      for (int j = 0; j < sequence.maxLength(); j++) {
        double step = 0;
        double length = 0;
        for (int i = j * d; i < (j + 1) * d; i++) {
          step += (moved[i] - own[i]) * (moved[i] - own[i]);
          length += own[i] * own[i];
        }
        double expected = sequence.isSpecial(j) ? 0 : 0.3 * Math.sqrt(length);
        assertThat(Math.sqrt(step)).isCloseTo(expected, within(1e-12));
      }
      // As many rows as a batch needs, or all: the same.
      assertThat(near(model, patient, new RowNoise(0.3, 1), sequence.length()))
          .isEqualTo(Arrays.copyOf(moved, sequence.length() * d));
      assertThat(near(model, patient, new RowNoise(0.3, 2), sequence.maxLength()))
          .isNotEqualTo(moved);
      Trajectory other = new Trajectory("other", patient.visits(), patient.tabular(), null);
      assertThat(near(model, other, new RowNoise(0.3, 1), sequence.maxLength()))
          .isNotEqualTo(moved);
    }
    for (double radius : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new RowNoise(radius, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the radius must be 0 or more, but is " + radius);
    }
  }

  private static double[] near(Model model, Trajectory patient, RowNoise noise, int rows) {
    Subject subject = new Subject(patient, model.tokenizer().tokenize(patient), rows);
    return model.withBackend(
        backend -> {
          List<PathInput> inputs =
              model.open(backend, subject).stream()
                  .map(input -> noise.near(backend, subject, input))
                  .toList();
          double[] numbers = inputs.get(0).download(backend);
          inputs.forEach(input -> input.release(backend));
          return numbers;
        });
  }

  /** The path still starts where it did: what is explained is the score of the moved patient. */
  @Test
  void aPathToANeighbour() {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    Explainer explainer = Explainer.of(model, null, Options.plain(Quadrature.RIGHT, 4).build());
    Attribution own = explainer.explain(patient);
    Attribution near = explainer.near(0.1, 8).explain(patient);
    assertThat(near.baselineScore()).isEqualTo(own.baselineScore());
    assertThat(near.score()).isNotEqualTo(own.score());
    assertThat(near.completenessGap()).isLessThan(1e-12);
    assertThat(explainer.near(0.1, 8).forClass(1).on(model).explain(patient).tokens())
        .isEqualTo(near.tokens());
    Attribution other = explainer.forClass(0).explain(patient);
    assertThat(other.explainedClass()).isZero();
    assertThat(other.score()).isEqualTo(-own.score());
    assertThat(explainer.near(0, 8).explain(patient).tokens()).isEqualTo(own.tokens());
  }
}
