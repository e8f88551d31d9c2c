package dev.gsig.attribution;

import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@link Explainer} computes. An option that no method makes use of is refused unless it has
 * its default: see {@link PathMethod#uses}.
 *
 * @param methods attribution methods, of {@link PathMethods} or of your own, each once. They share
 *     one path and the gradients along it. The first leads, the others are {@link
 *     Attribution#readings} beside it, each to the last bit what it is alone
 * @param path how it sums along the path
 * @param sequenceBaseline where the path of the sequence starts
 * @param tabularBaseline where the path of the tabular input starts
 * @param valueBaseline where the path of the values beside the codes starts
 * @param target the score that is explained
 * @param explainedClass the class; null for class 1 of one label, else the predicted class
 * @param fixed names of inputs of the model that are held along the path: they keep the patient's
 *     values, and their attributions are 0
 */
public record ExplainOptions(
    List<PathMethod> methods,
    PathOptions path,
    SequenceBaseline sequenceBaseline,
    TabularBaseline tabularBaseline,
    ValueBaseline valueBaseline,
    Target target,
    Integer explainedClass,
    Set<String> fixed)
    implements Serializable {

  /** GS-IG as the paper has it: 50 steps, manifold-mean baseline, objective l21. */
  public static final ExplainOptions DEFAULT =
      new ExplainOptions(
          PathMethods.GSIG,
          PathOptions.DEFAULT,
          SequenceBaselines.MANIFOLD_MEAN,
          TabularBaselines.MEAN,
          Target.LOGIT,
          null);

  /**
   * Options of one method without an input that is held.
   *
   * @throws IllegalArgumentException saying which option is wrong and what it may be
   */
  public ExplainOptions(
      PathMethod method,
      PathOptions path,
      SequenceBaseline sequenceBaseline,
      TabularBaseline tabularBaseline,
      Target target,
      Integer explainedClass) {
    this(
        List.of(method),
        path,
        sequenceBaseline,
        tabularBaseline,
        ValueBaseline.MEAN,
        target,
        explainedClass,
        Set.of());
  }

  /**
   * Checks the options that do not depend on a model.
   *
   * @throws IllegalArgumentException saying which option is wrong and what it may be
   */
  public ExplainOptions {
    methods = List.copyOf(methods);
    fixed = Set.copyOf(fixed);
    requireTogether(methods);
    path.requireUsedBy(methods);
    boolean references = MethodOption.REFERENCES.isUsedBy(methods.get(0));
    boolean held = !fixed.isEmpty();
    boolean rowsFit =
        (held && sequenceBaseline == SequenceBaselines.SELF)
            || references == (sequenceBaseline == SequenceBaselines.REFERENCES);
    boolean entriesFit =
        (held && tabularBaseline == TabularBaselines.SELF)
            || references == (tabularBaseline == TabularBaselines.REFERENCES);
    if (!rowsFit || !entriesFit) {
      throw new IllegalArgumentException(
          "the baseline 'references', for codes and tabular values, goes with the method"
              + " expected-gradients and with no other");
    }
  }

  /** Each once, and along one path. */
  private static void requireTogether(List<PathMethod> methods) {
    if (methods.isEmpty()) {
      throw new IllegalArgumentException("there must be a method");
    }
    if (methods.stream().map(PathMethod::label).distinct().count() < methods.size()) {
      throw new IllegalArgumentException(
          "each method is named once, but there are "
              + String.join(", ", methods.stream().map(PathMethod::label).toList()));
    }
    for (PathMethod method : methods) {
      if (MethodOption.REFERENCES.isUsedBy(method)
          != MethodOption.REFERENCES.isUsedBy(methods.get(0))) {
        throw new IllegalArgumentException(
            "methods of one run share a path, but of "
                + methods.get(0).label()
                + " and "
                + method.label()
                + " one starts from a bank of patients and one from a baseline; explain the patients"
                + " twice");
      }
    }
  }

  /** The method that leads. */
  public PathMethod method() {
    return methods.get(0);
  }

  /** Whether of several classes each patient's predicted one is explained. */
  public boolean isOfPrediction() {
    return explainedClass == null && target.next() == null;
  }

  /** Whether paths start from a bank of patients, and not from one baseline. */
  public boolean startsFromReferences() {
    return MethodOption.REFERENCES.isUsedBy(method());
  }

  /**
   * These options with another method.
   *
   * @throws IllegalArgumentException if one of them does not go with it
   */
  public ExplainOptions withMethod(PathMethod m) {
    return toBuilder().method(m).build();
  }

  /**
   * For options that differ in some: {@code
   * ExplainOptions.DEFAULT.toBuilder().method(PathMethods.IG).steps(16).build()}. Unlike the
   * constructor it stays as it is when options are added.
   */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Options in the making. Not for several threads. */
  public static final class Builder {
    private List<PathMethod> methods;
    private int steps;
    private Quadrature quadrature;
    private Double tolerance;
    private ThetaCandidates theta;
    private ThetaCandidates.Search search;
    private double lambdaGroup;
    private double lambdaL1;
    private SequenceBaseline sequenceBaseline;
    private TabularBaseline tabularBaseline;
    private ValueBaseline valueBaseline;
    private Target target;
    private Integer explainedClass;
    private Double maxCompletenessGap;
    private Set<String> fixed;
    private PathOptions.Sampling sampling;
    private boolean sharedAttribution;

    private Builder(ExplainOptions options) {
      methods = options.methods;
      steps = options.path.steps();
      quadrature = options.path.quadrature();
      tolerance = options.path.tolerance();
      theta = options.path.theta();
      search = options.path.search();
      lambdaGroup = options.path.lambdaGroup();
      lambdaL1 = options.path.lambdaL1();
      sequenceBaseline = options.sequenceBaseline;
      tabularBaseline = options.tabularBaseline;
      valueBaseline = options.valueBaseline;
      target = options.target;
      explainedClass = options.explainedClass;
      maxCompletenessGap = options.path.maxCompletenessGap();
      fixed = options.fixed;
      sampling = options.path.sampling();
      sharedAttribution = options.path.sharedAttribution();
    }

    /**
     * Attribution methods.
     *
     * @param value the one that leads
     * @param beside others, along the same path
     */
    public Builder method(PathMethod value, PathMethod... beside) {
      methods = Stream.concat(Stream.of(value), Stream.of(beside)).toList();
      return this;
    }

    /** K, the number of steps of the sum, in place of a tolerance. */
    public Builder steps(int value) {
      steps = value;
      tolerance = null;
      return this;
    }

    /** Rule of the sum, in place of a tolerance. */
    public Builder quadrature(Quadrature value) {
      quadrature = value;
      tolerance = null;
      return this;
    }

    /** Relative error to which methods that integrate do so, in place of a number of steps. */
    public Builder tolerance(double value) {
      tolerance = value;
      return this;
    }

    /** Exponents of the path to choose from, and how they are compared. */
    public Builder theta(ThetaCandidates candidates, ThetaCandidates.Search how) {
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

    /** Where the path of the values beside the codes starts. */
    public Builder valueBaseline(ValueBaseline value) {
      valueBaseline = value;
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

    /** How many permutations are drawn, and the seed of the drawing. */
    public Builder sampling(int permutations, long seed) {
      sampling = new PathOptions.Sampling(permutations, seed);
      return this;
    }

    /** Whether GS-IG's attribution, too, is read off shared nodes, to the tolerance. */
    public Builder sharedAttribution(boolean value) {
      sharedAttribution = value;
      return this;
    }

    /** Names of inputs of the model that are held along the path. */
    public Builder fixed(String... inputs) {
      fixed = Set.of(inputs);
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException saying which option is wrong and what it may be
     */
    public ExplainOptions build() {
      PathOptions path =
          new PathOptions(
              steps,
              quadrature,
              tolerance,
              theta,
              search,
              lambdaGroup,
              lambdaL1,
              maxCompletenessGap,
              sampling,
              sharedAttribution);
      return new ExplainOptions(
          methods,
          path,
          sequenceBaseline,
          tabularBaseline,
          valueBaseline,
          target,
          explainedClass,
          fixed);
    }
  }
}
