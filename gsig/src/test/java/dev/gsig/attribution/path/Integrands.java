package dev.gsig.attribution.path;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Paths over a few two-dimensional tokens whose gradients are given by formulas. */
public final class Integrands {
  /** Width of a token. */
  static final int D = 2;

  private static final int TOKENS = 5;

  private Integrands() {}

  /** All rows of a path count. */
  public static AttributionNorms objective(ClosedFormPath path) {
    return objective(path, 1, 0);
  }

  /** All rows of a path count. */
  public static AttributionNorms objective(
      ClosedFormPath path, double lambdaGroup, double lambdaL1) {
    boolean[] valid = new boolean[path.difference().length / D];
    Arrays.fill(valid, true);
    return norms(path, lambdaGroup, lambdaL1, D, valid);
  }

  /** Groups of one width, and one behind them that does not count; the objective is l21. */
  public static AttributionNorms norms(PathGradient path, int width, boolean... counted) {
    return norms(path, 1, 0, width, counted);
  }

  /** Groups of one width, and one behind them that does not count. */
  static AttributionNorms norms(
      PathGradient path, double lambdaGroup, double lambdaL1, int width, boolean... counted) {
    int groups = counted.length + (counted.length * width < path.size() ? 1 : 0);
    int[] bounds = IntStream.rangeClosed(0, groups).map(j -> j * width).toArray();
    bounds[groups] = path.size();
    PathOptions d = PathOptions.DEFAULT;
    PathOptions options =
        new PathOptions(
            d.steps(), d.quadrature(), null, d.theta(), d.search(), lambdaGroup, lambdaL1, null);
    return new AttributionNorms(path, bounds, Arrays.copyOf(counted, groups), options);
  }

  static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /**
   * {@code f(x) = sum_i A_i sigmoid((x_i - c_i) / s_i) + B_i x_i} from 0 to the difference: each
   * input saturates at its own place on the path.
   *
   * @param narrow the smallest width s
   * @param wide the largest
   */
  public static ClosedFormPath sigmoids(long seed, double narrow, double wide) {
    Random random = new Random(seed);
    int n = TOKENS * D;
    double[] difference = random.doubles(n, -1, 1).toArray();
    double[] amplitude = random.doubles(n, -1, 1).toArray();
    double[] centre = random.doubles(n, -0.1, 1.1).toArray();
    double[] width = random.doubles(n, Math.log(narrow), Math.log(wide)).map(Math::exp).toArray();
    double[] slope = random.doubles(n, -0.1, 0.1).toArray();
    double change = 0;
    for (int i = 0; i < n; i++) {
      double rise = sigmoid((1 - centre[i]) / width[i]) - sigmoid(-centre[i] / width[i]);
      change += difference[i] * (amplitude[i] * rise + slope[i]);
    }
    return new ClosedFormPath(
        difference,
        0,
        change,
        a -> {
          double[] g = new double[n];
          for (int i = 0; i < n; i++) {
            double p = sigmoid((a - centre[i]) / width[i]);
            g[i] = amplitude[i] * p * (1 - p) / width[i] + slope[i];
          }
          return g;
        });
  }

  /** One token whose gradient is the same everywhere: every sum is exact. */
  public static ClosedFormPath constant(double value) {
    return new ClosedFormPath(
        new double[] {3, -4}, 0, 7 * value, a -> new double[] {value, -value});
  }

  /** The gradient jumps from 1 to 2 right after a = 1/2, as that of a ReLU may. */
  public static ClosedFormPath jump() {
    return new ClosedFormPath(
        new double[] {1, 1}, 0, 3, a -> new double[] {a > 0.5 ? 2 : 1, a > 0.5 ? 2 : 1});
  }

  /** A path with all values of another, said to have a gradient that may jump. */
  static PathGradient notSmooth(PathGradient path) {
    return new CountedPath(path) {
      @Override
      public boolean isSmooth() {
        return false;
      }
    };
  }

  /** Nothing can be interpolated: every point has a gradient of its own. */
  public static ClosedFormPath noise() {
    return new ClosedFormPath(
        new double[] {1, 1},
        0,
        1,
        a -> {
          double x = 43758.5453 * Math.sin(9999 * a + 1);
          double y = 24634.6345 * Math.sin(7777 * a + 2);
          return new double[] {x - Math.floor(x), y - Math.floor(y)};
        });
  }
}
