package dev.gsig.attribution;

import dev.gsig.attribution.internal.MethodOption;
import java.io.Serializable;
import java.util.Arrays;

/**
 * What {@link Explainer} computes. An option that the method makes no use of is refused unless it
 * has its default: see the table of {@code dev.gsig.attribution.internal.MethodOption}.
 *
 * @param method attribution method
 * @param steps K, the number of steps of the sum
 * @param quadrature rule of the sum; other than right only with {@link Method#IG} and {@link
 *     Method#EXPECTED_GRADIENTS}
 * @param theta candidates for {@link Method#GSIG}
 * @param search how candidates are compared
 * @param lambdaGroup weight of l21 in the objective
 * @param lambdaL1 weight of the 1-norm of the valid tokens' attribution in the objective
 * @param sequenceBaseline where the path of the sequence starts
 * @param tabularBaseline where the path of the tabular input starts
 * @param target the score that is explained
 * @param explainedClass the class; null for class 1 of one label, else the predicted class
 * @param maxCompletenessGap bound on the relative completeness gap of {@link Method#GSIG}; null for
 *     none
 */
public record ExplainOptions(
    Method method,
    int steps,
    Quadrature quadrature,
    ThetaCandidates theta,
    ThetaSearch search,
    double lambdaGroup,
    double lambdaL1,
    SequenceBaseline sequenceBaseline,
    TabularBaseline tabularBaseline,
    Target target,
    Integer explainedClass,
    Double maxCompletenessGap)
    implements Serializable {

  /** GS-IG as the paper has it: 50 steps, manifold-mean baseline, objective l21. */
  public static final ExplainOptions DEFAULT =
      new ExplainOptions(
          Method.GSIG,
          50,
          Quadrature.RIGHT,
          ThetaCandidates.auto(),
          ThetaSearch.SHARED,
          1,
          0,
          SequenceBaseline.MANIFOLD_MEAN,
          TabularBaseline.MEAN,
          Target.LOGIT,
          null,
          null);

  /**
   * Checks the options that do not depend on a model.
   *
   * @throws IllegalArgumentException saying which option is wrong and what it may be
   */
  public ExplainOptions {
    if (steps < 1 || steps > 1_000_000) {
      throw new IllegalArgumentException("steps must be 1 to 1000000, but is " + steps);
    }
    if (quadrature == Quadrature.GAUSS_LEGENDRE && steps > GaussLegendre.MOST) {
      throw new IllegalArgumentException(
          "gauss-legendre takes at most "
              + GaussLegendre.MOST
              + " steps, more than it ever needs, but there are "
              + steps);
    }
    if (!(lambdaGroup >= 0 && lambdaL1 >= 0 && lambdaGroup + lambdaL1 > 0)
        || Double.isInfinite(lambdaGroup + lambdaL1)) {
      throw new IllegalArgumentException(
          "lambda-group and lambda-l1 must be 0 or more, finite, and not both 0");
    }
    ThetaCandidates auto = ThetaCandidates.auto();
    boolean isAuto =
        !theta.continuous() && !theta.fixed() && Arrays.equals(theta.values(), auto.values());
    refuse(MethodOption.THETA, method, theta, !isAuto);
    refuse(MethodOption.THETA_SEARCH, method, theta, search != ThetaSearch.SHARED);
    refuse(MethodOption.LAMBDA_GROUP, method, theta, lambdaGroup != 1);
    refuse(MethodOption.LAMBDA_L1, method, theta, lambdaL1 != 0);
    refuse(MethodOption.MAX_COMPLETENESS_GAP, method, theta, maxCompletenessGap != null);
    refuse(MethodOption.QUADRATURE, method, theta, quadrature != Quadrature.RIGHT);
    boolean references = method == Method.EXPECTED_GRADIENTS;
    if (references != (sequenceBaseline == SequenceBaseline.REFERENCES)
        || references != (tabularBaseline == TabularBaseline.REFERENCES)) {
      throw new IllegalArgumentException(
          "the baseline 'references', for codes and tabular values, goes with the method"
              + " expected-gradients and with no other");
    }
    if (maxCompletenessGap != null && !(maxCompletenessGap > 0)) {
      throw new IllegalArgumentException(
          "the largest completeness gap must be above 0, but is " + maxCompletenessGap);
    }
  }

  private static void refuse(
      MethodOption option, Method method, ThetaCandidates theta, boolean isSet) {
    String refusal = isSet ? option.refusal(method, theta) : null;
    if (refusal != null) {
      throw new IllegalArgumentException(refusal);
    }
  }

  /**
   * These options with another method.
   *
   * @throws IllegalArgumentException if one of them does not go with it
   */
  public ExplainOptions withMethod(Method m) {
    return toBuilder().method(m).build();
  }

  /**
   * For options that differ in some: {@code
   * ExplainOptions.DEFAULT.toBuilder().method(Method.IG).steps(16).build()}. Unlike the constructor
   * it stays as it is when options are added.
   */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Options in the making. Not for several threads. */
  public static final class Builder {
    private Method method;
    private int steps;
    private Quadrature quadrature;
    private ThetaCandidates theta;
    private ThetaSearch search;
    private double lambdaGroup;
    private double lambdaL1;
    private SequenceBaseline sequenceBaseline;
    private TabularBaseline tabularBaseline;
    private Target target;
    private Integer explainedClass;
    private Double maxCompletenessGap;

    private Builder(ExplainOptions options) {
      method = options.method;
      steps = options.steps;
      quadrature = options.quadrature;
      theta = options.theta;
      search = options.search;
      lambdaGroup = options.lambdaGroup;
      lambdaL1 = options.lambdaL1;
      sequenceBaseline = options.sequenceBaseline;
      tabularBaseline = options.tabularBaseline;
      target = options.target;
      explainedClass = options.explainedClass;
      maxCompletenessGap = options.maxCompletenessGap;
    }

    /** Attribution method. */
    public Builder method(Method value) {
      method = value;
      return this;
    }

    /** K, the number of steps of the sum. */
    public Builder steps(int value) {
      steps = value;
      return this;
    }

    /** Rule of the sum. */
    public Builder quadrature(Quadrature value) {
      quadrature = value;
      return this;
    }

    /** Candidates for {@link Method#GSIG}, and how they are compared. */
    public Builder theta(ThetaCandidates candidates, ThetaSearch how) {
      theta = candidates;
      search = how;
      return this;
    }

    /** Weights of l21 and of the 1-norm in the objective. */
    public Builder objective(double group, double l1) {
      lambdaGroup = group;
      lambdaL1 = l1;
      return this;
    }

    /** Where the paths of the sequence and of the tabular input start. */
    public Builder baselines(SequenceBaseline sequence, TabularBaseline tabular) {
      sequenceBaseline = sequence;
      tabularBaseline = tabular;
      return this;
    }

    /** The score that is explained. */
    public Builder target(Target value) {
      target = value;
      return this;
    }

    /** The class; null for class 1 of one label, else the predicted class. */
    public Builder explainedClass(Integer value) {
      explainedClass = value;
      return this;
    }

    /** Bound on the relative completeness gap; null for none. */
    public Builder maxCompletenessGap(Double value) {
      maxCompletenessGap = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException saying which option is wrong and what it may be
     */
    public ExplainOptions build() {
      return new ExplainOptions(
          method,
          steps,
          quadrature,
          theta,
          search,
          lambdaGroup,
          lambdaL1,
          sequenceBaseline,
          tabularBaseline,
          target,
          explainedClass,
          maxCompletenessGap);
    }
  }
}
