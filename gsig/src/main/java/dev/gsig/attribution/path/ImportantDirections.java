package dev.gsig.attribution.path;

import java.util.Arrays;

/**
 * Important direction gradient integration, IDGI (Yang, Wang and Bilgic, CVPR 2023, algorithm 1),
 * along the straight path: of each step what the score really changes by is shared out by the
 * squares of the gradient at its beginning, for the part of a step that is at right angles to the
 * gradient changes nothing and is noise,
 *
 * <pre>
 *   x_k = x' + k/K (x - x'),   g_k = df/dx (x_k)
 *   IDGI_i = sum over k = 0..K-1 of (g_k,i)^2 / ||g_k||^2 (f(x_(k+1)) - f(x_k))
 * </pre>
 *
 * It adds up to the change of the score, whatever K is. An input that is the same at both ends has
 * a share, too, as the authors have it. A step without a gradient has no direction: its change is
 * nobody's, and shows in the completeness gap.
 */
record ImportantDirections() implements PathMethod {
  /** Steps whose gradients are held at the same time. */
  private static final int AT_ONCE = 64;

  @Override
  public String label() {
    return "idgi";
  }

  @Override
  public String title() {
    return "IDGI";
  }

  @Override
  public String description() {
    return "each step's change, shared out by the squared gradient";
  }

  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    int steps = options.steps();
    double[] attribution = new double[path.size()];
    PathGradient.Point last = null;
    for (int from = 0; from < steps; from += AT_ONCE) {
      double[][] alphas = new double[Math.min(AT_ONCE, steps - from)][1];
      for (int k = 0; k < alphas.length; k++) {
        alphas[k][0] = (double) (from + k) / steps;
      }
      for (PathGradient.Point point : path.points(alphas)) {
        if (last != null) {
          share(last.gradient(), point.score() - last.score(), attribution);
        }
        last = point;
      }
    }
    share(last.gradient(), path.endScore() - last.score(), attribution);
    return norms.result(attribution);
  }

  private static void share(double[] gradient, double change, double[] attribution) {
    double largest = Arrays.stream(gradient, 0, attribution.length).map(Math::abs).max().orElse(0);
    double squares = 0;
    for (int i = 0; i < attribution.length; i++) {
      double g = largest == 0 ? 0 : gradient[i] / largest;
      squares += g * g;
    }
    for (int i = 0; squares > 0 && i < attribution.length; i++) {
      double g = gradient[i] / largest;
      attribution[i] += g * g / squares * change;
    }
  }
}
