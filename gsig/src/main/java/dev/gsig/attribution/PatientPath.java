package dev.gsig.attribution;

import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.attribution.path.AttributionNorms;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.List;
import java.util.function.Supplier;

/**
 * The open path of one patient: what the model says of them, and the gradient along the way from
 * the baseline. Lent by {@link Explainer#withPath} for one call; not for several threads.
 */
public final class PatientPath {
  private final Trajectory trajectory;
  private final TokenSequence sequence;
  private final List<InputSpan> spans;
  private final Supplier<Prediction> prediction;
  private final int explainedClass;
  private final PathGradient gradient;
  private final ValueStarts starts;
  private final AttributionNorms norms;
  private final Account account;

  /** What is known of a path when a method has attributed along it. */
  interface Account {
    /** Points at which the gradient was computed so far. */
    int gradients();

    /** Probability of the explained class at the baseline; of several references the mean. */
    double startProbability();

    /** Probability of the explained class at the patient. */
    double endProbability();
  }

  /**
   * A path.
   *
   * @param spans where inputs are in the vectors of the gradient
   * @param prediction asked at no cost once the gradient at the patient was taken
   * @param account of that gradient
   */
  PatientPath(
      Trajectory trajectory,
      TokenSequence sequence,
      List<InputSpan> spans,
      Supplier<Prediction> prediction,
      int explainedClass,
      PathGradient gradient,
      PathOptions options,
      Account account,
      ValueStarts starts) {
    this.trajectory = trajectory;
    this.sequence = sequence;
    this.spans = spans;
    this.prediction = prediction;
    this.explainedClass = explainedClass;
    this.gradient = gradient;
    this.starts = starts;
    this.account = account;
    int[] bounds = InputSpan.groupBounds(spans);
    boolean[] counted = InputSpan.countedGroups(spans, sequence);
    int[] players = InputSpan.players(spans, sequence);
    norms = new AttributionNorms(gradient, bounds, counted, players, options);
  }

  /** What the model says of the patient. */
  public Prediction prediction() {
    return prediction.get();
  }

  /** The class whose score is explained. */
  public int explainedClass() {
    return explainedClass;
  }

  /** The gradient of that score along the path. */
  public PathGradient gradient() {
    return gradient;
  }

  /** Norms of attributions along the path: rows of codes count. */
  public AttributionNorms norms() {
    return norms;
  }

  /**
   * The scores of the codes, in the order of the sequence.
   *
   * @param attribution of every input, as {@link #gradient} orders them
   */
  public List<TokenScore> tokens(double[] attribution) {
    return PathAttribution.tokens(sequence, attribution, spans);
  }

  /**
   * The attribution by a method, which takes the gradients that are there.
   *
   * @throws dev.gsig.ehr.InvalidInputException naming the patient, if a number is not finite
   */
  PathAttribution attribute(PathMethod method, PathOptions options) {
    int before = account.gradients();
    PathResult result = method.attribute(gradient, norms, options);
    double[] sums = {result.l21(), result.completenessGap()};
    Finite.require(trajectory.subjectId(), "the attribution", result.attribution());
    Finite.require(trajectory.subjectId(), "the sum of the attribution", sums);
    return new PathAttribution(
        method,
        trajectory,
        sequence,
        spans,
        prediction(),
        explainedClass,
        gradient.endScore(),
        gradient.startScore(),
        account.startProbability(),
        account.endProbability(),
        result,
        norms.relativeGap(result.completenessGap()),
        account.gradients() - before,
        starts);
  }
}
