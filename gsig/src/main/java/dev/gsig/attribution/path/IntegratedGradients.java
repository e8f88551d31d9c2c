package dev.gsig.attribution.path;

import java.util.Set;

/**
 * Integrated gradients (Sundararajan, Taly and Yan, ICML 2017): the difference from the baseline
 * times the gradient's integral along the straight path, to a tolerance ({@link AdaptiveIntegral})
 * or by a {@link Quadrature}.
 */
record IntegratedGradients() implements PathMethod {
  @Override
  public String label() {
    return "ig";
  }

  @Override
  public String title() {
    return "IG";
  }

  @Override
  public String description() {
    return "plain integrated gradients";
  }

  @Override
  public Set<MethodOption> uses() {
    return MethodOption.with(
        MethodOption.OF_A_BASELINE, MethodOption.QUADRATURE, MethodOption.TOLERANCE);
  }

  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    if (options.tolerance() != null) {
      return AdaptiveIntegral.over(path, norms, options.tolerance());
    }
    double[] g = path.integrate(options.quadrature().rule(options.steps(), 1));
    return norms.result(path.attribution(g));
  }
}
