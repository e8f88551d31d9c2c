package dev.gsig.attribution.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * The path between two points of a function that is given by a formula, off the straight line, too.
 * It keeps the points at which it was asked.
 */
final class ClosedFormModel implements PathGradient {
  private final double[] start;
  private final double[] difference;
  private final ToDoubleFunction<double[]> score;
  private final UnaryOperator<double[]> gradient;
  private final List<double[]> asked = new ArrayList<>();
  private CodeTable.Positions codes;

  ClosedFormModel(
      double[] start,
      double[] end,
      ToDoubleFunction<double[]> score,
      UnaryOperator<double[]> gradient) {
    this.start = start;
    this.score = score;
    this.gradient = gradient;
    difference = new double[start.length];
    Arrays.setAll(difference, i -> end[i] - start[i]);
  }

  /**
   * {@code f(x) = sum_i a_i sin(x_i + b_i) + sum_j tanh(w_j . x)} between random points: smooth,
   * with interactions.
   *
   * @param dummy an input that f does not depend on
   */
  static ClosedFormModel random(long seed, int inputs, int dummy) {
    Random random = new Random(seed);
    double[] a = random.doubles(inputs, -1, 1).toArray();
    double[] b = random.doubles(inputs, -1, 1).toArray();
    double[][] w = new double[4][];
    for (int j = 0; j < w.length; j++) {
      w[j] = random.doubles(inputs, -1, 1).toArray();
      w[j][dummy] = 0;
    }
    a[dummy] = 0;
    return new ClosedFormModel(
        random.doubles(inputs, -1, 1).toArray(),
        random.doubles(inputs, -2, 2).toArray(),
        x -> {
          double sum = 0;
          for (int i = 0; i < inputs; i++) {
            sum += a[i] * Math.sin(x[i] + b[i]);
          }
          for (double[] row : w) {
            sum += Math.tanh(dot(row, x));
          }
          return sum;
        },
        x -> {
          double[] g = new double[inputs];
          for (double[] row : w) {
            double t = Math.tanh(dot(row, x));
            for (int i = 0; i < inputs; i++) {
              g[i] += row[i] * (1 - t * t);
            }
          }
          Arrays.setAll(g, i -> g[i] + a[i] * Math.cos(x[i] + b[i]));
          return g;
        });
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** With the codes whose rows it ends at. */
  ClosedFormModel with(CodeTable.Positions positions) {
    codes = positions;
    return this;
  }

  /** Coefficients of each point whose gradient was asked for, one for each input. */
  List<double[]> asked() {
    return asked;
  }

  /** Each input is a group that counts, and a player. */
  AttributionNorms norms() {
    boolean[] all = new boolean[start.length];
    Arrays.fill(all, true);
    return Integrands.norms(this, 1, all);
  }

  double[] point(double... coefficients) {
    double[] x = new double[start.length];
    Arrays.setAll(
        x, i -> start[i] + coefficients[coefficients.length == 1 ? 0 : i] * difference[i]);
    return x;
  }

  @Override
  public double[] difference() {
    return difference;
  }

  @Override
  public double startScore() {
    return score.applyAsDouble(point(0));
  }

  @Override
  public double endScore() {
    return score.applyAsDouble(point(1));
  }

  @Override
  public double[] integrate(Quadrature.Rule rule) {
    double[] total = new double[start.length];
    double[][] gradients = at(rule.alphas());
    for (int k = 0; k < gradients.length; k++) {
      for (int i = 0; i < total.length; i++) {
        total[i] += rule.weights()[k] * gradients[k][i];
      }
    }
    return total;
  }

  @Override
  public double[][] at(double[] alphas) {
    return Arrays.stream(alphas).mapToObj(a -> gradient.apply(point(a))).toArray(double[][]::new);
  }

  @Override
  public double[] scores(double[] alphas) {
    return scores(Arrays.stream(alphas).mapToObj(a -> new double[] {a}).toArray(double[][]::new));
  }

  @Override
  public List<PathGradient.Point> points(double[][] coefficients) {
    List<PathGradient.Point> points = new ArrayList<>();
    for (double[] c : coefficients) {
      double[] each = c.clone();
      if (c.length == 1) {
        each = new double[start.length];
        Arrays.fill(each, c[0]);
      }
      asked.add(each);
      double[] x = point(each);
      points.add(new PathGradient.Point(score.applyAsDouble(x), gradient.apply(x)));
    }
    return points;
  }

  @Override
  public double[] scores(double[][] coefficients) {
    return Arrays.stream(coefficients).mapToDouble(c -> score.applyAsDouble(point(c))).toArray();
  }

  @Override
  public CodeTable.Positions codes() {
    return codes;
  }
}
