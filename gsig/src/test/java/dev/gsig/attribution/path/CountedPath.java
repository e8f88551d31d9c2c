package dev.gsig.attribution.path;

import java.util.List;

/** Another path, whose gradients are counted. */
class CountedPath implements PathGradient {
  private final PathGradient path;

  /** Points at which the gradient was asked for. */
  int gradients;

  CountedPath(PathGradient path) {
    this.path = path;
  }

  @Override
  public double[] difference() {
    return path.difference();
  }

  @Override
  public int size() {
    return path.size();
  }

  @Override
  public boolean isSmooth() {
    return path.isSmooth();
  }

  @Override
  public double[] integrate(Quadrature.Rule rule) {
    gradients += rule.alphas().length;
    return path.integrate(rule);
  }

  @Override
  public double[][] at(double[] alphas) {
    gradients += alphas.length;
    return path.at(alphas);
  }

  @Override
  public List<PathGradient.Point> points(double[][] coefficients) {
    gradients += coefficients.length;
    return path.points(coefficients);
  }

  @Override
  public double[] scores(double[][] coefficients) {
    return path.scores(coefficients);
  }

  @Override
  public double[] scores(double[] alphas) {
    return path.scores(alphas);
  }

  @Override
  public double[] array() {
    return path.array();
  }
}
