package dev.gsig.attribution.path;

import java.io.Serializable;
import java.util.Set;

/**
 * An attribution method: how the gradient along the straight path from a baseline to a patient, or
 * score and gradient at other points between the two, become an attribution of every input. A
 * record without components is the shortest form; {@link IntegratedGradients} is one of a few
 * lines. Given to {@code ExplainOptions.Builder.method} it is explained, evaluated and reported as
 * the methods of {@link PathMethods} are. Shared by threads.
 */
public interface PathMethod extends Serializable {
  /** The name on the command line and in results: lower case, with hyphens. */
  String label();

  /** What people call it, in a table and in a sentence. */
  default String title() {
    return label();
  }

  /** What sets it apart, in a few words behind its name. */
  String description();

  /**
   * The options that it reads; others are refused where somebody sets them. With {@link
   * MethodOption#REFERENCES} the path is the mean of those from a bank of patients; otherwise it
   * starts from one baseline.
   */
  default Set<MethodOption> uses() {
    return MethodOption.OF_A_BASELINE;
  }

  /**
   * Whether its path leads through the rows of other codes, {@link PathGradient#codes}: a model
   * whose input does not consist of rows of a table is refused.
   */
  default boolean needsCodes() {
    return false;
  }

  /**
   * Whether its attributions add up to the change of the score, but for the error of a sum: what
   * may stand first where people read how much each input contributed.
   */
  default boolean addsUp() {
    return true;
  }

  /** What it takes where it cannot keep to a constraint, in a sentence behind a semicolon. */
  default String fallback() {
    return "it did without";
  }

  /**
   * The attribution of one patient.
   *
   * @param path asked for gradients; open during this call only
   * @param norms makes the result
   * @param options steps, quadrature and what else {@link #uses} names
   * @return of {@link AttributionNorms#result}
   */
  PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options);
}
