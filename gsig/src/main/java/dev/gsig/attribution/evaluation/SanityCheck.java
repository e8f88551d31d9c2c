package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.internal.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Whether attributions depend on what a model has learnt: the cascading randomisation of Adebayo,
 * Gilmer, Muelly, Goodfellow, Hardt and Kim, "Sanity checks for saliency maps" (NeurIPS 2018),
 * section 3.1. The weights of one part after the other, from the classifier to the embeddings, are
 * replaced by random ones ({@link ExplainableModel#randomised}), and after each the attributions of
 * every patient's codes are compared with those of the model itself. A method whose attributions
 * stay alike explains something else than the model: the input, say.
 *
 * <p>What is explained of a patient stays the class that it was, and so do the baselines' means.
 */
public final class SanityCheck {
  private SanityCheck() {}

  /**
   * Attributions after one more part was replaced.
   *
   * @param part the part that was replaced last; all before it are replaced as well
   * @param patients for each patient, for each line of the evaluator: how alike they still are
   */
  public record Step(String part, List<List<RankCorrelation>> patients) {
    /** Copies the list. */
    public Step {
      patients = List.copyOf(patients);
    }
  }

  /** A patient's attributions before anything was replaced. */
  private record Before(Trajectory patient, int explainedClass, List<double[]> scores) {}

  /**
   * Makes sure that a model's weights can be replaced.
   *
   * @throws InvalidInputException if not, with what it lacks
   */
  public static void requirePossible(ExplainableModel model) {
    if (model.weightParts().isEmpty()) {
      throw new InvalidInputException(
          model
              + ": no sanity check, for it does not say what parts its weights have; leave the"
              + " check out, or override weightParts and randomised");
    }
  }

  /** How often {@link #run} will say that a patient's scores are there. */
  public static long count(Evaluator evaluator, int patients) {
    return (1L + evaluator.model().weightParts().size()) * patients * evaluator.lines().size();
  }

  /**
   * Checks all lines of an evaluator.
   *
   * @param cohort patients that it can evaluate
   * @param threads number of workers, at least 1; no choice changes a result
   * @param seed of the random weights
   * @param measured called on any thread when a line has its scores of a patient, {@link #count}
   *     times
   * @return a step for each of {@link ExplainableModel#weightParts}
   * @throws InvalidInputException if the model's weights cannot be replaced, or a patient cannot be
   *     explained
   */
  public static List<Step> run(
      Evaluator evaluator, List<Trajectory> cohort, int threads, long seed, Runnable measured) {
    ExplainableModel model = evaluator.model();
    requirePossible(model);
    List<Before> before = map(model, cohort, threads, p -> before(evaluator, p, measured));
    List<Step> steps = new ArrayList<>();
    for (String part : model.weightParts()) {
      try (ExplainableModel randomised = model.randomised(steps.size() + 1, seed)) {
        Evaluator after = evaluator.on(randomised);
        steps.add(
            new Step(part, map(randomised, before, threads, b -> compare(after, b, measured))));
      }
    }
    return steps;
  }

  private static <T, R> List<R> map(
      ExplainableModel model, List<T> items, int threads, Function<T, R> function) {
    List<R> results = new ArrayList<>();
    try (Workers workers = new Workers(threads)) {
      workers.map(items, function, results::add);
    } finally {
      model.letGoOfIdle();
    }
    return results;
  }

  private static Before before(Evaluator evaluator, Trajectory patient, Runnable measured) {
    int explainedClass = evaluator.explainedClass(patient);
    return new Before(
        patient, explainedClass, scores(evaluator, patient, explainedClass, measured));
  }

  private static List<RankCorrelation> compare(Evaluator after, Before before, Runnable measured) {
    List<double[]> scores = scores(after, before.patient, before.explainedClass, measured);
    List<RankCorrelation> correlations = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      correlations.add(RankCorrelation.of(before.scores.get(i), scores.get(i)));
    }
    return correlations;
  }

  private static List<double[]> scores(
      Evaluator evaluator, Trajectory patient, int explainedClass, Runnable measured) {
    List<double[]> scores = new ArrayList<>();
    for (Line line : evaluator.lines()) {
      scores.add(Sensitivity.signed(evaluator.tokens(line, patient, explainedClass)));
      measured.run();
    }
    return scores;
  }

  /**
   * How alike two attributions of one patient's codes rank them (Spearman, 1904): the correlation
   * of ranks, equal values sharing the mean of their ranks.
   *
   * @param signed of the signed scores, -1 to 1; null where all of one attribution are equal, or
   *     there are fewer than two codes
   * @param absolute the same of their sizes
   */
  public record RankCorrelation(Double signed, Double absolute) {
    /**
     * Compares two attributions.
     *
     * @param before signed scores
     * @param after of the same codes
     */
    static RankCorrelation of(double[] before, double[] after) {
      return new RankCorrelation(spearman(before, after), spearman(sizes(before), sizes(after)));
    }

    private static double[] sizes(double[] x) {
      return Arrays.stream(x).map(Math::abs).toArray();
    }

    /** The correlation of the ranks; null where it is not defined. */
    static Double spearman(double[] x, double[] y) {
      double[] r = ranks(x);
      double[] s = ranks(y);
      double middle = (x.length + 1) / 2.0;
      double rs = 0;
      double rr = 0;
      double ss = 0;
      for (int i = 0; i < r.length; i++) {
        rs += (r[i] - middle) * (s[i] - middle);
        rr += (r[i] - middle) * (r[i] - middle);
        ss += (s[i] - middle) * (s[i] - middle);
      }
      return rr == 0 || ss == 0 ? null : Double.valueOf(rs / Math.sqrt(rr * ss));
    }

    /** Ranks from 1 on; equal values share the mean of theirs. */
    static double[] ranks(double[] x) {
      int[] order =
          IntStream.range(0, x.length)
              .boxed()
              .sorted((i, j) -> Double.compare(x[i], x[j]))
              .mapToInt(Integer::intValue)
              .toArray();
      double[] ranks = new double[x.length];
      for (int from = 0; from < order.length; ) {
        int to = from;
        while (to < order.length && x[order[to]] == x[order[from]]) {
          to++;
        }
        for (int i = from; i < to; i++) {
          ranks[order[i]] = (from + 1 + to) / 2.0;
        }
        from = to;
      }
      return ranks;
    }
  }
}
