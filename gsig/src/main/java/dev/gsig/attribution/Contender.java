package dev.gsig.attribution;

import java.util.function.BiFunction;

/** What an {@link Evaluator} compares: attribution methods, and controls that they have to beat. */
public enum Contender {
  /** Plain integrated gradients by the right Riemann sum. */
  IG("ig", "IG, right Riemann", true),
  /** Plain integrated gradients by 16 Gauss-Legendre nodes. */
  IG_GAUSS_LEGENDRE("ig-gauss-legendre", "IG, Gauss-Legendre 16", true),
  /** GS-IG with the default search. */
  GSIG("gsig", "GS-IG", true),
  /** GS-IG that takes only exponents whose relative completeness gap is at most 5%. */
  GSIG_GAP_5("gsig-gap-5", "GS-IG, gap at most 5%", true),
  /** The bounded path measure. */
  BOUNDED_MEASURE("bounded-measure", "bounded measure", true),
  /** Expected Gradients, 8 Gauss-Legendre nodes for each reference. */
  EXPECTED_GRADIENTS("expected-gradients", "Expected Gradients", false),
  /** Control: random scores. */
  RANDOM("random", "random scores", false),
  /** Control: the gradient at the input times the input. */
  GRADIENT_X_INPUT("gradient-x-input", "gradient x input", false),
  /** Control: the score change when one code is removed, for each code. */
  OCCLUSION("occlusion", "leave one code out", false);

  static final int GAUSS_LEGENDRE_NODES = 16;
  static final int NODES_FOR_EACH_REFERENCE = 8;

  private final String label;
  private final String description;
  private final boolean baseline;

  Contender(String label, String description, boolean baseline) {
    this.label = label;
    this.description = description;
    this.baseline = baseline;
  }

  /** The name on the command line and in results. */
  public String label() {
    return label;
  }

  /** The name in tables for people. */
  public String description() {
    return description;
  }

  /** Whether the sequence baseline makes a difference to it. */
  public boolean usesBaseline() {
    return baseline;
  }

  /** How it is explained; null for what is no path attribution. */
  ExplainOptions options(EvaluationOptions o, SequenceBaseline start) {
    BiFunction<Method, Quadrature, ExplainOptions> plain =
        (method, quadrature) ->
            options(o, method, quadrature, o.steps(), start, o.tabularBaseline(), null);
    return switch (this) {
      case IG -> plain.apply(Method.IG, Quadrature.RIGHT);
      case IG_GAUSS_LEGENDRE ->
          options(
              o,
              Method.IG,
              Quadrature.GAUSS_LEGENDRE,
              GAUSS_LEGENDRE_NODES,
              start,
              o.tabularBaseline(),
              null);
      case GSIG -> plain.apply(Method.GSIG, Quadrature.RIGHT);
      case GSIG_GAP_5 ->
          options(o, Method.GSIG, Quadrature.RIGHT, o.steps(), start, o.tabularBaseline(), 0.05);
      case BOUNDED_MEASURE -> plain.apply(Method.BOUNDED_MEASURE, Quadrature.RIGHT);
      case EXPECTED_GRADIENTS ->
          options(
              o,
              Method.EXPECTED_GRADIENTS,
              Quadrature.GAUSS_LEGENDRE,
              NODES_FOR_EACH_REFERENCE,
              SequenceBaseline.REFERENCES,
              TabularBaseline.REFERENCES,
              null);
      // One right Riemann step from zero is x * df/dx at x.
      case GRADIENT_X_INPUT ->
          options(
              o, Method.IG, Quadrature.RIGHT, 1, SequenceBaseline.ZERO, TabularBaseline.ZERO, null);
      case RANDOM, OCCLUSION -> null;
    };
  }

  private static ExplainOptions options(
      EvaluationOptions o,
      Method method,
      Quadrature quadrature,
      int steps,
      SequenceBaseline start,
      TabularBaseline tabular,
      Double maxGap) {
    return new ExplainOptions(
        method,
        steps,
        quadrature,
        ThetaCandidates.auto(),
        ThetaSearch.SHARED,
        1,
        0,
        start,
        tabular,
        o.target(),
        o.explainedClass(),
        maxGap);
  }
}
