package dev.gsig.attribution.path;

import java.util.Set;

/**
 * Group-Sparse Manifold-Aware Integrated Gradients (Amirahmadi, Etminani and Ohlsson, 2026):
 * integrated gradients by the right Riemann sum on {@code a_k = (k/K)^theta}, with the theta of
 * each patient whose attribution has the smallest {@code lambdaGroup * l21 + lambdaL1 * l1}. {@link
 * ThetaSelection} finds it.
 */
record GroupSparseIntegratedGradients() implements PathMethod {
  @Override
  public String label() {
    return "gsig";
  }

  @Override
  public String title() {
    return "GS-IG";
  }

  @Override
  public String description() {
    return "theta chosen for each patient";
  }

  /** The exponent that is sparsest may leave out a part of the change. */
  @Override
  public boolean addsUp() {
    return false;
  }

  @Override
  public String fallback() {
    return "the exponent with the smallest gap was taken";
  }

  @Override
  public Set<MethodOption> uses() {
    return MethodOption.with(
        MethodOption.OF_A_BASELINE,
        MethodOption.THETA,
        MethodOption.THETA_SEARCH,
        MethodOption.THETA_CURVE,
        MethodOption.LAMBDA_GROUP,
        MethodOption.LAMBDA_L1,
        MethodOption.MAX_COMPLETENESS_GAP,
        MethodOption.ATTRIBUTION,
        MethodOption.TOLERANCE);
  }

  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    return new ThetaSelection(path, norms, options).select();
  }
}
