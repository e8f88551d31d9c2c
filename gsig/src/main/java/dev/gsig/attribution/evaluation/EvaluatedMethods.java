package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.Quadrature;
import java.util.List;
import java.util.Set;

/**
 * The methods and controls that the command line has names for. Another one is added here. Those
 * without options of their own take the evaluation's: its steps, right Riemann sums. What
 * integrates to a tolerance in {@code gsig explain} does so here.
 */
public final class EvaluatedMethods {
  static final int GAUSS_LEGENDRE_NODES = 16;
  static final int NODES_FOR_EACH_REFERENCE = 8;

  /** Plain integrated gradients by the right Riemann sum. */
  public static final EvaluatedMethod.WithOptions IG =
      new EvaluatedMethod.WithOptions("ig", "IG, right Riemann", b -> b.method(PathMethods.IG));

  /** Plain integrated gradients by 16 Gauss-Legendre nodes. */
  public static final EvaluatedMethod.WithOptions IG_GAUSS_LEGENDRE =
      new EvaluatedMethod.WithOptions(
          "ig-gauss-legendre",
          "IG, Gauss-Legendre 16",
          b ->
              b.method(PathMethods.IG)
                  .quadrature(Quadrature.GAUSS_LEGENDRE)
                  .steps(GAUSS_LEGENDRE_NODES));

  /** Plain integrated gradients to a tolerance of 1%, as {@code gsig explain} gives them. */
  public static final EvaluatedMethod.WithOptions IG_TO_TOLERANCE =
      new EvaluatedMethod.WithOptions(
          "ig-to-tolerance",
          "IG, to 1%",
          b -> b.method(PathMethods.IG).tolerance(PathOptions.DEFAULT_TOLERANCE));

  /** GS-IG with the default search. */
  public static final EvaluatedMethod.WithOptions GSIG = EvaluatedMethod.of(PathMethods.GSIG);

  /** GS-IG that takes only exponents whose relative completeness gap is at most 5%. */
  public static final EvaluatedMethod.WithOptions GSIG_GAP_5 =
      new EvaluatedMethod.WithOptions(
          "gsig-gap-5",
          "GS-IG, gap at most 5%",
          b -> b.method(PathMethods.GSIG).maxCompletenessGap(0.05));

  /** The bounded path measure, its cells read to a tolerance of 1%. */
  public static final EvaluatedMethod.WithOptions BOUNDED_MEASURE =
      new EvaluatedMethod.WithOptions(
          PathMethods.BOUNDED_MEASURE.label(),
          PathMethods.BOUNDED_MEASURE.title(),
          b -> b.method(PathMethods.BOUNDED_MEASURE).tolerance(PathOptions.DEFAULT_TOLERANCE));

  /** Expected Gradients, 8 Gauss-Legendre nodes for each reference. */
  public static final EvaluatedMethod.WithOptions EXPECTED_GRADIENTS =
      new EvaluatedMethod.WithOptions(
          "expected-gradients",
          "Expected Gradients",
          b ->
              b.method(PathMethods.EXPECTED_GRADIENTS)
                  .baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES)
                  .quadrature(Quadrature.GAUSS_LEGENDRE)
                  .steps(NODES_FOR_EACH_REFERENCE));

  /** IDGI. */
  public static final EvaluatedMethod.WithOptions IDGI = EvaluatedMethod.of(PathMethods.IDGI);

  /** Guided IG, whose steps go through the model one by one. */
  public static final EvaluatedMethod.WithOptions GUIDED_IG =
      EvaluatedMethod.of(PathMethods.GUIDED_IG);

  /** Discretised IG. */
  public static final EvaluatedMethod.WithOptions DIG = EvaluatedMethod.of(PathMethods.DIG);

  /** Sampled Shapley values of codes, with the default number of permutations. */
  public static final EvaluatedMethod.WithOptions SHAPLEY = EvaluatedMethod.of(PathMethods.SHAPLEY);

  /** Control: random scores. */
  public static final EvaluatedMethod RANDOM = new RandomScores();

  /** Control: the gradient at the input times the input, one right Riemann step from zero. */
  public static final EvaluatedMethod.WithOptions GRADIENT_X_INPUT =
      new EvaluatedMethod.WithOptions(
          "gradient-x-input",
          "gradient x input",
          b ->
              b.method(PathMethods.IG)
                  .steps(1)
                  .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO));

  /** Control: the score change when one code is removed, for each code. */
  public static final EvaluatedMethod OCCLUSION = new Occlusion();

  private static final List<EvaluatedMethod> NAMED =
      List.of(
          IG,
          IG_GAUSS_LEGENDRE,
          IG_TO_TOLERANCE,
          GSIG,
          GSIG_GAP_5,
          BOUNDED_MEASURE,
          EXPECTED_GRADIENTS,
          IDGI,
          GUIDED_IG,
          DIG,
          SHAPLEY,
          RANDOM,
          GRADIENT_X_INPUT,
          OCCLUSION);

  /** Some take many times as long as the rest together, and one is not for every model. */
  private static final Set<EvaluatedMethod> ON_DEMAND = Set.of(IDGI, GUIDED_IG, DIG, SHAPLEY);

  private EvaluatedMethods() {}

  /** All of them, in the order in which they are listed for people. */
  public static List<EvaluatedMethod> named() {
    return NAMED;
  }

  /** Those that are compared unless others are asked for: all but four methods of others. */
  public static List<EvaluatedMethod> usual() {
    return NAMED.stream().filter(m -> !ON_DEMAND.contains(m)).toList();
  }
}
