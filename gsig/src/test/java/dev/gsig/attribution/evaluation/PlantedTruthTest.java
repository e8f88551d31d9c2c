package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Do the methods find what the risk was made of? Patients of {@code
 * tools/fixtures/planted_truth.py}: six codes raise the risk, the others do nothing. Of a patient
 * with n planted codes in the sequence, the share of planted ones among the n that rank highest;
 * the mean over patients that have any.
 */
class PlantedTruthTest {
  private static final Path FOLDER = Path.of("src/test/resources/planted");

  private static boolean isPlanted(TokenScore token) {
    return token.code().startsWith("risk_");
  }

  @Test
  void pathMethodsRankPlantedCodesFirst() {
    List<SequenceBaseline> baselines =
        List.of(
            SequenceBaselines.MANIFOLD_MEAN,
            SequenceBaselines.MANIFOLD_MEAN_UNPADDED,
            SequenceBaselines.ZERO,
            SequenceBaselines.PAD,
            SequenceBaselines.MASK,
            SequenceBaselines.PAD_TRAJECTORY);
    assertPlantedFirst(EvaluatedMethods.usual(), baselines, Integer.MAX_VALUE);
  }

  /** On fewer patients: they take longer. */
  @Test
  void soDoTheMethodsOfOthers() {
    EvaluatedMethod shapley =
        new EvaluatedMethod.WithOptions(
            "shapley-8",
            "Shapley values, 8 permutations",
            b -> b.method(PathMethods.SHAPLEY).sampling(8, 1));
    List<EvaluatedMethod> methods =
        List.of(
            EvaluatedMethods.IDGI,
            EvaluatedMethods.GUIDED_IG,
            EvaluatedMethods.DIG,
            shapley,
            EvaluatedMethods.RANDOM);
    assertPlantedFirst(methods, List.of(SequenceBaselines.MANIFOLD_MEAN), 12);
  }

  private static void assertPlantedFirst(
      List<EvaluatedMethod> methods, List<SequenceBaseline> baselines, int most) {
    Model model = Model.load(FOLDER.resolve("model"));
    List<Trajectory> validation = CohortReader.readAll(FOLDER.resolve("validation.jsonl"));
    List<Trajectory> patients =
        CohortReader.readAll(FOLDER.resolve("test.jsonl")).stream()
            .filter(
                patient ->
                    patient.visits().stream()
                        .flatMap(v -> v.codes().stream())
                        .anyMatch(c -> c.startsWith("risk_")))
            .limit(most)
            .toList();
    EvaluationOptions options =
        new EvaluationOptions(
            methods,
            baselines,
            50,
            TabularBaselines.MEAN,
            Target.LOGIT,
            1,
            RemovalRules.DELETE,
            SequenceBaselines.ZERO,
            List.of(10.0),
            1);
    Evaluator evaluator =
        Evaluator.of(
            model,
            Baseline.estimate(model, validation),
            ReferenceBank.of(model, validation, ReferenceBank.DEFAULT_SIZE),
            options);
    Map<Line, double[]> precision = new LinkedHashMap<>();
    double base = 0;
    for (Trajectory patient : patients) {
      for (Line line : evaluator.lines()) {
        List<TokenScore> tokens = evaluator.tokens(line, patient);
        double[] sums = precision.computeIfAbsent(line, l -> new double[2]);
        sums[0] += precision(tokens, Ranking.L2);
        sums[1] += precision(tokens, Ranking.SIGNED);
        if (line.equals(evaluator.lines().get(0))) {
          base +=
              (double) tokens.stream().filter(PlantedTruthTest::isPlanted).count() / tokens.size();
        }
      }
    }
    int n = patients.size();
    System.out.printf("planted truth, %d patients, share of planted codes %.2f%n", n, base / n);
    precision.forEach(
        (line, sums) ->
            System.out.printf(
                "planted truth, %-22s %-24s precision by l2 %.2f, by signed score %.2f%n",
                line.baseline() == null ? "-" : line.baseline().label(),
                line.method().label(),
                sums[0] / n,
                sums[1] / n));
    assertThat(n).isGreaterThan(Math.min(most - 1, 50));
    double chance = base / n;
    precision.forEach(
        (line, sums) -> {
          if (line.method() == EvaluatedMethods.RANDOM) {
            assertThat(sums[0] / n).isLessThan(chance + 0.1);
          } else if (line.method().usesBaseline()) {
            assertThat(sums[1] / n).as(line.toString()).isGreaterThan(0.8);
          }
        });
  }

  private static double precision(List<TokenScore> tokens, Ranking ranking) {
    Map<Integer, TokenScore> at =
        tokens.stream()
            .collect(Collectors.toMap(TokenScore::position, t -> t, (a, b) -> a, TreeMap::new));
    int planted = (int) tokens.stream().filter(PlantedTruthTest::isPlanted).count();
    int found = 0;
    int[] order = ranking.order(tokens, true);
    for (int i = 0; i < planted; i++) {
      found += isPlanted(at.get(order[i])) ? 1 : 0;
    }
    return (double) found / planted;
  }
}
