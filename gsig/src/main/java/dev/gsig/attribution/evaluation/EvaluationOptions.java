package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaseline;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.Evaluation.Infidelity;
import java.util.List;
import java.util.Set;

/**
 * What an {@link Evaluator} compares, and how.
 *
 * @param methods methods and controls
 * @param baselines where the paths of those that have one start
 * @param steps K of the right Riemann sums, GS-IG, the bounded measure, IDGI, Guided IG and DIG
 * @param tabularBaseline where the path of the tabular input starts
 * @param target the score that is explained
 * @param explainedClass the class; null for class 1 of one label, else the predicted class
 * @param removal what becomes of removed codes
 * @param removalBaseline the rows that stand in for them under {@link RemovalRules#BASELINE}
 * @param percents shares k of the codes that are removed, each above 0 and at most 100
 * @param seed of the random scores and of all other draws
 * @param sampled what is estimated from random draws
 * @param fixed names of inputs of the model that all paths hold at the patient's values, as {@link
 *     ExplainOptions#fixed} has it
 */
public record EvaluationOptions(
    List<EvaluatedMethod> methods,
    List<SequenceBaseline> baselines,
    int steps,
    TabularBaseline tabularBaseline,
    Target target,
    Integer explainedClass,
    RemovalRule removal,
    SequenceBaseline removalBaseline,
    List<Double> percents,
    long seed,
    SampledMetrics sampled,
    Set<String> fixed) {

  /** Options without metrics that are estimated from random draws, and inputs that are held. */
  public EvaluationOptions(
      List<EvaluatedMethod> methods,
      List<SequenceBaseline> baselines,
      int steps,
      TabularBaseline tabularBaseline,
      Target target,
      Integer explainedClass,
      RemovalRule removal,
      SequenceBaseline removalBaseline,
      List<Double> percents,
      long seed) {
    this(
        methods,
        baselines,
        steps,
        tabularBaseline,
        target,
        explainedClass,
        removal,
        removalBaseline,
        percents,
        seed,
        SampledMetrics.NONE,
        Set.of());
  }

  /**
   * Copies the lists and the set.
   *
   * @throws IllegalArgumentException saying what is wrong and what it may be
   */
  public EvaluationOptions {
    methods = List.copyOf(methods);
    baselines = List.copyOf(baselines);
    percents = List.copyOf(percents);
    fixed = Set.copyOf(fixed);
    if (steps < 1 || steps > 1_000_000) {
      throw new IllegalArgumentException("steps must be 1 to 1000000, but is " + steps);
    }
    if (percents.isEmpty() || !percents.stream().allMatch(k -> k > 0 && k <= 100)) {
      throw new IllegalArgumentException(
          "the shares k must be above 0 and at most 100 percent, but are " + percents);
    }
    if (baselines.contains(SequenceBaselines.REFERENCES)
        || removalBaseline == SequenceBaselines.REFERENCES
        || tabularBaseline == TabularBaselines.REFERENCES) {
      throw new IllegalArgumentException(
          "the baseline 'references' goes with the method expected-gradients alone");
    }
  }

  /** These options with metrics that are estimated from random draws. */
  public EvaluationOptions with(SampledMetrics metrics) {
    return new EvaluationOptions(
        methods,
        baselines,
        steps,
        tabularBaseline,
        target,
        explainedClass,
        removal,
        removalBaseline,
        percents,
        seed,
        metrics,
        fixed);
  }

  /** The shares as an array. */
  double[] shares() {
    return percents.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Metrics that are estimated from random draws, and how many: {@link Infidelity}, and how much an
   * explanation changes where the patient hardly does, the max-sensitivity of Yeh et al. (NeurIPS
   * 2019, definition 3.1), relative to the explanation and over random neighbours:
   *
   * <pre>
   *   max over x' of || phi(x') - phi(x) ||_2 / || phi(x) ||_2,    || x'_j - x_j ||_2 = r || x_j ||_2
   * </pre>
   *
   * <p>phi are the signed scores of the codes and x_j a code's row at the attribution point;
   * directions are uniform. The class that is explained and the start of the path stay. Draws are
   * each patient's own, and the same for every line.
   *
   * @param removals sets of codes that are removed for the infidelity; 0 to leave it out
   * @param neighbours points x' near a patient for the sensitivity; 0 to leave it out
   * @param radius r, above 0 and at most 1
   */
  public record SampledMetrics(int removals, int neighbours, double radius) {
    /** None of them. */
    public static final SampledMetrics NONE = new SampledMetrics(0, 0, 0.05);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException saying what is wrong and what it may be
     */
    public SampledMetrics {
      requireCount("sets that are removed", removals);
      requireCount("neighbours", neighbours);
      if (!(radius > 0) || radius > 1) {
        throw new IllegalArgumentException(
            "the radius must be above 0 and at most 1, but is " + radius);
      }
    }

    private static void requireCount(String what, int count) {
      if (count < 0 || count > 1_000_000) {
        throw new IllegalArgumentException(
            "the number of " + what + " must be 0 to 1000000, but is " + count);
      }
    }
  }
}
