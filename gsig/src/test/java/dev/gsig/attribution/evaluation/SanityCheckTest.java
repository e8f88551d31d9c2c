package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.RandomModel;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.SanityCheck.RankCorrelation;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SanityCheckTest {
  @TempDir Path folder;

  private static EvaluationOptions options(
      List<EvaluatedMethod> methods, SequenceBaseline baseline) {
    return new EvaluationOptions(
        methods,
        List.of(baseline),
        8,
        TabularBaselines.ZERO,
        Target.LOGIT,
        null,
        RemovalRules.DELETE,
        SequenceBaselines.ZERO,
        List.of(50.0),
        3);
  }

  /** Its own weights, all turned around, and none: what is explained stays the class it was. */
  @Test
  void knownCorrelations() {
    double[] factors = {1, -1, 0};
    try (OneFeature model = new OneFeature(true, factors, 1, -1)) {
      List<EvaluatedMethod> methods =
          List.of(EvaluatedMethods.IG, EvaluatedMethods.RANDOM, EvaluatedMethods.OCCLUSION);
      Evaluator evaluator =
          Evaluator.of(model, null, null, options(methods, SequenceBaselines.ZERO));
      List<Trajectory> cohort = List.of(OneFeature.patient("p", "a", "b", "c"));
      List<SanityCheck.Step> steps = SanityCheck.run(evaluator, cohort, 1, 5, () -> {});
      RankCorrelation same = new RankCorrelation(1.0, 1.0);
      RankCorrelation turned = new RankCorrelation(-1.0, 1.0);
      RankCorrelation none = new RankCorrelation(null, null);
      assertThat(steps)
          .containsExactly(
              new SanityCheck.Step("times 1.0", List.of(List.of(same, same, same))),
              new SanityCheck.Step("times -1.0", List.of(List.of(turned, same, turned))),
              new SanityCheck.Step("times 0.0", List.of(List.of(none, same, none))));
    }
  }

  @Test
  void aModelThatDoesNotSayWhatItsWeightsAre() {
    try (OneFeature model = new OneFeature(false, new double[0], 1)) {
      Evaluator evaluator =
          Evaluator.of(model, null, null, options(List.of(), SequenceBaselines.ZERO));
      assertThatThrownBy(() -> SanityCheck.run(evaluator, List.of(), 1, 1, () -> {}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "the model one feature: no sanity check, for it does not say what parts its weights"
                  + " have; leave the check out, or override weightParts and randomised");
    }
  }

  /** Between independent weights nothing is alike but by chance. */
  @Test
  void attributionsOfRandomWeightsHaveNothingInCommonWithTheModels() {
    double sum = 0;
    int count = 0;
    for (int seed = 0; seed < 12; seed++) {
      RandomModel random = new RandomModel(300 + seed).config("num_hidden_layers", 1);
      try (Model model = Model.load(random.write(folder.resolve("m" + seed)), "simd")) {
        List<Trajectory> cohort = patients(random, 12);
        EvaluationOptions options =
            options(List.of(EvaluatedMethods.IG, EvaluatedMethods.RANDOM), SequenceBaselines.ZERO);
        Evaluator evaluator = Evaluator.of(model, null, null, options);
        AtomicLong measured = new AtomicLong();
        List<SanityCheck.Step> steps =
            SanityCheck.run(evaluator, cohort, 2, seed, measured::incrementAndGet);
        assertThat(measured).hasValue(SanityCheck.count(evaluator, cohort.size()));
        assertThat(steps)
            .extracting(SanityCheck.Step::part)
            .isEqualTo(model.weightParts())
            .startsWith("classifier")
            .endsWith("encoder.layer.0", "embeddings");
        for (List<RankCorrelation> patient : steps.get(steps.size() - 1).patients()) {
          if (patient.get(0).signed() != null) {
            sum += patient.get(0).signed();
            count++;
          }
          if (patient.get(1).signed() != null) {
            assertThat(patient.get(1)).isEqualTo(new RankCorrelation(1.0, 1.0));
          }
        }
      }
    }
    assertThat(count).isGreaterThan(80);
    assertThat(sum / count).isBetween(-0.2, 0.2);
  }

  private static List<Trajectory> patients(RandomModel random, int count) {
    List<Trajectory> patients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      patients.add(random.patient());
    }
    return patients;
  }

  /** Means and references that were made with the model itself serve the others, too. */
  @Test
  void anyNumberOfThreadsFindsTheSameFromEveryBaseline() {
    RandomModel random = new RandomModel(77).config("num_hidden_layers", 2);
    try (Model model = Model.load(random.write(folder), "simd")) {
      List<Trajectory> cohort = patients(random, 6);
      EvaluationOptions options =
          options(
              List.of(
                  EvaluatedMethods.GSIG,
                  EvaluatedMethods.EXPECTED_GRADIENTS,
                  EvaluatedMethods.OCCLUSION),
              SequenceBaselines.MANIFOLD_MEAN);
      Evaluator evaluator =
          Evaluator.of(
              model, Baseline.estimate(model, cohort), ReferenceBank.of(model, cohort, 2), options);
      List<SanityCheck.Step> one = SanityCheck.run(evaluator, cohort, 1, 9, () -> {});
      assertThat(SanityCheck.run(evaluator, cohort, 3, 9, () -> {})).isEqualTo(one);
      assertThat(SanityCheck.run(evaluator, cohort, 3, 10, () -> {})).isNotEqualTo(one);
      assertThat(one.get(0).patients()).hasSize(6);
    }
  }
}
