package dev.gsig.attribution.path;

import java.util.List;

/** The attribution methods that the command line has names for. Another one is added here. */
public final class PathMethods {
  /** Group-sparse manifold-aware integrated gradients: theta is chosen for each patient. */
  public static final PathMethod GSIG = new GroupSparseIntegratedGradients();

  /** Plain integrated gradients: theta = 1, any quadrature. */
  public static final PathMethod IG = new IntegratedGradients();

  /** The bounded path measure: weights along the straight path, sparse and exactly complete. */
  public static final PathMethod BOUNDED_MEASURE = new BoundedMeasure();

  /** Expected Gradients: validation patients in the place of one baseline. */
  public static final PathMethod EXPECTED_GRADIENTS = new ExpectedGradients();

  /** IDGI: each step's change of the score, shared out by the squared gradient. */
  public static final PathMethod IDGI = new ImportantDirections();

  /** Guided integrated gradients: the inputs with the smallest gradients move first. */
  public static final PathMethod GUIDED_IG = new GuidedIntegratedGradients(0.25, 0.02);

  /** Discretised integrated gradients: a path through the embeddings of near codes. */
  public static final PathMethod DIG = new DiscretizedIntegratedGradients();

  /** Sampled Shapley values of codes, which ask for scores alone. */
  public static final PathMethod SHAPLEY = new ShapleyValues();

  private static final List<PathMethod> NAMED =
      List.of(GSIG, IG, BOUNDED_MEASURE, EXPECTED_GRADIENTS, IDGI, GUIDED_IG, DIG, SHAPLEY);

  private PathMethods() {}

  /** All of them, in the order in which they are listed for people. */
  public static List<PathMethod> named() {
    return NAMED;
  }
}
