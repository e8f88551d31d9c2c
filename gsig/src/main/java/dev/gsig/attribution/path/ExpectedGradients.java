package dev.gsig.attribution.path;

import java.util.Set;

/**
 * Expected Gradients (Erion et al., Nature Machine Intelligence 3, 2021): integrated gradients with
 * a bank of n references in the place of one baseline,
 *
 * <pre>
 *   EG_i = 1/n sum over references r of (x_i - r_i) integral_0^1 df/dx_i (r + a (x - r)) da
 * </pre>
 *
 * The definition's expectation over a is taken for each reference to a tolerance ({@link
 * AdaptiveIntegral}) or by a quadrature rule, not by one random draw, so the result is
 * deterministic and its only sampling error is that of the bank. The mean over the references is
 * that of the path, {@code MeanPath}.
 */
record ExpectedGradients() implements PathMethod {
  @Override
  public String label() {
    return "expected-gradients";
  }

  @Override
  public String title() {
    return "Expected Gradients";
  }

  @Override
  public String description() {
    return "validation patients in the place of one baseline";
  }

  @Override
  public Set<MethodOption> uses() {
    return MethodOption.with(
        MethodOption.OF_REFERENCES, MethodOption.QUADRATURE, MethodOption.TOLERANCE);
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
