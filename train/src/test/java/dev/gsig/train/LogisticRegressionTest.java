package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Pooling;
import dev.gsig.transformer.config.Tabular;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Transformer against L2-regularised logistic regression (LIBLINEAR) on log(1 + code counts)
 * and normalised tabular values, its strength chosen on the validation set; AUROC on the test set
 * with 95% intervals. The cohort folders, separated by commas, are named by the property {@value
 * #COHORTS}:
 *
 * <pre>{@code mvn test -Pslow -pl train -am -Dtest=LogisticRegressionTest \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dgsig.cohorts=DIR,DIR}</pre>
 */
@Tag("slow")
class LogisticRegressionTest {
  private static final String COHORTS = "gsig.cohorts";
  private static final double[] STRENGTHS = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3};

  @TempDir Path temp;

  @Test
  void theTransformerIsNoWorseThanChanceAllows() {
    assumeThat(System.getProperty(COHORTS)).as("property " + COHORTS).isNotBlank();
    for (String folder : System.getProperty(COHORTS).split(",")) {
      Path cohort = Path.of(folder);
      ModelTraining training =
          ModelTraining.of(
              cohort,
              temp.resolve(cohort.getFileName()),
              null,
              new ModelSize(
                  ModelSize.Kind.ENCODER,
                  64,
                  2,
                  4,
                  128,
                  128,
                  32,
                  Set.of(EmbeddingInput.POSITION, EmbeddingInput.VISIT),
                  Pooling.CLS,
                  null),
              options(),
              "simd",
              ModelTraining.Existing.REFUSE);
      AurocInterval ours = training.run(TrainListener.NONE).testAuroc();
      AurocInterval theirs = logistic(cohort, training.config());
      System.out.printf(
          "%s: Transformer %s; logistic regression %s%n", cohort.getFileName(), ours, theirs);
      assertThat(ours.auroc()).isGreaterThan(theirs.low());
    }
  }

  /** What {@code gsig train} does without options. */
  private static TrainOptions options() {
    return new TrainOptions(
        null,
        5,
        20,
        32,
        1e-3,
        Optimizer.ADAMW,
        0.01,
        0.2,
        0.1,
        ClassWeighting.parse("none"),
        1,
        4,
        1,
        Runtime.getRuntime().availableProcessors(),
        600);
  }

  private static AurocInterval logistic(Path cohort, ModelConfig config) {
    Map<String, Integer> columns = new HashMap<>();
    Problem train = problem(cohort.resolve("train.jsonl"), config, columns, true);
    Problem validation = problem(cohort.resolve("validation.jsonl"), config, columns, false);
    Problem test = problem(cohort.resolve("test.jsonl"), config, columns, false);
    train.n = columns.size();
    Model best = null;
    double bestAuroc = 0;
    for (double c : STRENGTHS) {
      Model model = Linear.train(train, new Parameter(SolverType.L2R_LR, c, 1e-4));
      double auroc = Metrics.auroc(positive(validation), scores(model, validation));
      if (auroc > bestAuroc) {
        best = model;
        bestAuroc = auroc;
      }
    }
    return AurocInterval.of(positive(test), scores(best, test), 1);
  }

  private static boolean[] positive(Problem problem) {
    boolean[] positive = new boolean[problem.l];
    for (int i = 0; i < problem.l; i++) {
      positive[i] = problem.y[i] == 1;
    }
    return positive;
  }

  private static double[] scores(Model model, Problem problem) {
    int one = model.getLabels()[0] == 1 ? 0 : 1;
    double[] scores = new double[problem.l];
    for (int i = 0; i < problem.l; i++) {
      double[] p = new double[2];
      Linear.predictProbability(model, problem.x[i], p);
      scores[i] = p[one];
    }
    return scores;
  }

  private static Problem problem(
      Path file, ModelConfig config, Map<String, Integer> columns, boolean grow) {
    List<Trajectory> patients = CohortReader.readAll(file);
    Problem problem = new Problem();
    problem.l = patients.size();
    problem.bias = -1;
    problem.x = new Feature[problem.l][];
    problem.y = new double[problem.l];
    for (int i = 0; i < problem.l; i++) {
      problem.y[i] = patients.get(i).label();
      problem.x[i] = row(patients.get(i), config.tabular(), columns, grow);
    }
    problem.n = columns.size();
    return problem;
  }

  private static Feature[] row(
      Trajectory patient, Tabular branch, Map<String, Integer> columns, boolean grow) {
    Map<String, Double> named = new TreeMap<>();
    for (Visit visit : patient.visits()) {
      visit.codes().forEach(code -> named.merge("code " + code, 1.0, Double::sum));
    }
    named.replaceAll((code, count) -> Math.log1p(count));
    // large, so that the penalty hardly touches the intercept
    named.put("intercept", 10.0);
    if (branch != null) {
      branch
          .features()
          .forEach(
              f -> named.put("value " + f.name(), f.normalise(patient.tabular().get(f.name()))));
    }
    Map<Integer, Double> row = new TreeMap<>();
    named.forEach(
        (name, value) -> {
          if (grow) {
            columns.putIfAbsent(name, columns.size() + 1);
          }
          if (columns.containsKey(name)) {
            row.put(columns.get(name), value);
          }
        });
    List<Feature> features = new ArrayList<>();
    row.forEach((column, value) -> features.add(new FeatureNode(column, value)));
    return features.toArray(Feature[]::new);
  }
}
