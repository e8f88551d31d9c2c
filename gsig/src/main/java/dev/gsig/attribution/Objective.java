package dev.gsig.attribution;

/**
 * Norms of an attribution, section by section: embedding rows are groups, special positions do not
 * count; tabular values count for completeness only.
 */
final class Objective {
  private final PathGradient path;
  private final int hiddenSize;
  private final boolean[] valid;
  private final double lambdaGroup;
  private final double lambdaL1;

  /**
   * Norms for one patient.
   *
   * @param hiddenSize width of a row
   * @param valid which rows hold a code
   */
  Objective(
      PathGradient path, int hiddenSize, boolean[] valid, double lambdaGroup, double lambdaL1) {
    this.path = path;
    this.hiddenSize = hiddenSize;
    this.valid = valid;
    this.lambdaGroup = lambdaGroup;
    this.lambdaL1 = lambdaL1;
  }

  /** {@code sum over valid rows of ||difference * g||_2}. */
  double l21(double[] g) {
    double[] difference = path.difference();
    double sum = 0;
    for (int j = 0; j < valid.length; j++) {
      if (valid[j]) {
        double squares = 0;
        for (int i = j * hiddenSize; i < (j + 1) * hiddenSize; i++) {
          double v = difference[i] * g[i];
          squares += v * v;
        }
        sum += Math.sqrt(squares);
      }
    }
    return sum;
  }

  /**
   * Of each valid row the products of its attributions at K points, {@code G[k,l] = <difference *
   * g_k, difference * g_l>}: the 2-norm of the row under the weights w is {@code sqrt(w' G w)}.
   *
   * @param gradients K of them
   * @return {@code [K, K]} row-major each, symmetric
   */
  double[][] grams(double[][] gradients) {
    int n = gradients.length;
    double[] difference = path.difference();
    double[][] grams = new double[rows()][];
    double[][] columns = new double[hiddenSize][n];
    int count = 0;
    for (int j = 0; j < valid.length; j++) {
      if (valid[j]) {
        for (int k = 0; k < n; k++) {
          for (int e = 0; e < hiddenSize; e++) {
            int i = j * hiddenSize + e;
            columns[e][k] = difference[i] * gradients[k][i];
          }
        }
        grams[count++] = gram(columns, n);
      }
    }
    return grams;
  }

  /** Lower half by rows, four features at once: the compiler makes vectors of the inner loop. */
  private static double[] gram(double[][] columns, int n) {
    double[] gram = new double[n * n];
    double[] none = new double[n];
    for (int e = 0; e < columns.length; e += 4) {
      double[] a = columns[e];
      double[] b = e + 1 < columns.length ? columns[e + 1] : none;
      double[] c = e + 2 < columns.length ? columns[e + 2] : none;
      double[] d = e + 3 < columns.length ? columns[e + 3] : none;
      for (int k = 0; k < n; k++) {
        double x = a[k];
        double y = b[k];
        double z = c[k];
        double t = d[k];
        int row = k * n;
        for (int l = 0; l <= k; l++) {
          gram[row + l] += x * a[l] + y * b[l] + z * c[l] + t * d[l];
        }
      }
    }
    for (int k = 0; k < n; k++) {
      for (int l = k + 1; l < n; l++) {
        gram[k * n + l] = gram[l * n + k];
      }
    }
    return gram;
  }

  /** Number of valid rows. */
  private int rows() {
    int count = 0;
    for (boolean v : valid) {
      count += v ? 1 : 0;
    }
    return count;
  }

  private double l1(double[] g) {
    double[] difference = path.difference();
    double sum = 0;
    for (int j = 0; j < valid.length; j++) {
      for (int i = j * hiddenSize; valid[j] && i < (j + 1) * hiddenSize; i++) {
        sum += Math.abs(difference[i] * g[i]);
      }
    }
    return sum;
  }

  /** {@code lambdaGroup * l21 + lambdaL1 * l1}, a norm of g. */
  double value(double[] g) {
    return lambdaGroup * l21(g) + (lambdaL1 == 0 ? 0 : lambdaL1 * l1(g));
  }

  /** {@code <difference, g>} over all inputs: what the attributions add up to. */
  double sum(double[] g) {
    double[] difference = path.difference();
    double sum = 0;
    for (int i = 0; i < difference.length; i++) {
      sum += difference[i] * g[i];
    }
    return sum;
  }

  /** Completeness gap of attributions that add up to {@code sum}. */
  double gap(double sum) {
    return Math.abs(sum - scoreChange());
  }

  double scoreChange() {
    return path.endScore() - path.startScore();
  }

  /** The exact candidate with these summed gradients. */
  Candidate exact(double theta, double[] g) {
    double[] difference = path.difference();
    double[] attribution = new double[difference.length];
    for (int i = 0; i < attribution.length; i++) {
      attribution[i] = difference[i] * g[i];
    }
    return new Candidate(theta, value(g), 0, l21(g), gap(sum(g)), attribution);
  }

  /** The gap relative to the score change; null when that is below 1e-9. */
  Double relativeGap(double gap) {
    double change = Math.abs(scoreChange());
    return change < 1e-9 ? null : Double.valueOf(gap / change);
  }

  /** Entries before the tabular values. */
  int embedded() {
    return valid.length * hiddenSize;
  }

  boolean isValid(int row) {
    return valid[row];
  }
}
