package dev.gsig.attribution.path;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A path whose gradient is given by a formula, so that the exact integral is known. It counts the
 * points at which the gradient was asked for.
 */
public final class ClosedFormPath implements PathGradient {
  private final double[] difference;
  private final DoubleFunction<double[]> gradient;
  private final double startScore;
  private final double endScore;
  private int gradients;

  /**
   * A path.
   *
   * @param difference input minus baseline
   * @param gradient of a, as many entries as {@code difference}
   */
  public ClosedFormPath(
      double[] difference, double startScore, double endScore, DoubleFunction<double[]> gradient) {
    this.difference = difference;
    this.startScore = startScore;
    this.endScore = endScore;
    this.gradient = gradient;
  }

  /** How often the gradient was computed. */
  public int gradients() {
    return gradients;
  }

  @Override
  public double[] difference() {
    return difference;
  }

  @Override
  public double startScore() {
    return startScore;
  }

  @Override
  public double endScore() {
    return endScore;
  }

  @Override
  public double[] integrate(Quadrature.Rule rule) {
    double[] total = new double[difference.length];
    for (int k = 0; k < rule.alphas().length; k++) {
      double[] g = gradientAt(rule.alphas()[k]);
      for (int i = 0; i < total.length; i++) {
        total[i] += rule.weights()[k] * g[i];
      }
    }
    return total;
  }

  @Override
  public double[][] at(double[] alphas) {
    double[][] rows = new double[alphas.length][];
    for (int k = 0; k < rows.length; k++) {
      rows[k] = gradientAt(alphas[k]);
    }
    return rows;
  }

  /** Knows the line only. */
  @Override
  public List<PathGradient.Point> points(double[][] coefficients) {
    throw new UnsupportedOperationException("see ClosedFormModel");
  }

  @Override
  public double[] scores(double[][] coefficients) {
    throw new UnsupportedOperationException("see ClosedFormModel");
  }

  /** By 64 points of the Gauss-Legendre rule between the start and each point. */
  @Override
  public double[] scores(double[] alphas) {
    Quadrature.Rule rule = Quadrature.GAUSS_LEGENDRE.rule(64, 1);
    double[] scores = new double[alphas.length];
    for (int k = 0; k < scores.length; k++) {
      scores[k] = startScore;
      for (int i = 0; i < rule.alphas().length; i++) {
        double[] g = gradient.apply(alphas[k] * rule.alphas()[i]);
        for (int e = 0; e < g.length; e++) {
          scores[k] += alphas[k] * rule.weights()[i] * difference[e] * g[e];
        }
      }
    }
    return scores;
  }

  private double[] gradientAt(double a) {
    gradients++;
    return gradient.apply(a);
  }
}
