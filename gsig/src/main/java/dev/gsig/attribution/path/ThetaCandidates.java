package dev.gsig.attribution.path;

import dev.gsig.attribution.path.PathResult.Candidate;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The values of theta that GS-IG chooses from. theta = 1 is always among them and is looked at
 * first; the others follow in ascending order, without repetition.
 *
 * @param values theta = 1, then the others in ascending order
 * @param continuous whether the best of them is refined by a local search between its neighbours,
 *     which need not find the smallest objective of all
 * @param fixed whether the only value asked for is to be used even if theta = 1 is better
 */
public record ThetaCandidates(double[] values, boolean continuous, boolean fixed)
    implements Serializable {
  /** Bounds of the compatibility grid. */
  public static final double LOWEST = 0.1;

  /** Upper bound of the compatibility grid. */
  public static final double HIGHEST = 5;

  private static final int GRID_SIZE = 10;

  /**
   * Copies the values.
   *
   * @throws IllegalArgumentException unless theta = 1 comes first and the others ascend
   */
  public ThetaCandidates {
    values = values.clone();
    boolean inOrder = values.length > 0 && values[0] == 1;
    for (int i = 1; i < values.length; i++) {
      requireTheta(values[i]);
      inOrder &= values[i] != 1 && (i == 1 || values[i] > values[i - 1]);
    }
    if (!inOrder) {
      throw new IllegalArgumentException(
          "theta = 1 must come first and the other candidates ascend, but there is "
              + Arrays.toString(values));
    }
  }

  /** The compatibility grid: 10 log-spaced values from 0.1 to 5. */
  public static ThetaCandidates auto() {
    return grid(LOWEST, HIGHEST, GRID_SIZE);
  }

  /** The compatibility grid, and a local search around the best of it. */
  public static ThetaCandidates refined() {
    return new ThetaCandidates(auto().values, true, false);
  }

  /** Exactly this theta. */
  public static ThetaCandidates fixedAt(double theta) {
    requireTheta(theta);
    return new ThetaCandidates(withOne(theta), false, true);
  }

  /**
   * Log-spaced values.
   *
   * @throws IllegalArgumentException unless 0 &lt; low &lt; high and count is at least 2
   */
  public static ThetaCandidates grid(double low, double high, int count) {
    requireTheta(low);
    requireTheta(high);
    if (low >= high || count < 2 || count > 10_000) {
      throw new IllegalArgumentException(
          "a theta grid needs low < high and 2 to 10000 values, for example grid:0.1:5:10");
    }
    double from = StrictMath.log(low);
    double step = (StrictMath.log(high) - from) / (count - 1);
    double[] values =
        IntStream.range(0, count).mapToDouble(i -> StrictMath.exp(from + i * step)).toArray();
    values[0] = low;
    values[count - 1] = high;
    return new ThetaCandidates(withOne(values), false, false);
  }

  /** The given values. */
  public static ThetaCandidates of(double... thetas) {
    if (thetas.length == 0) {
      throw new IllegalArgumentException(
          "the list of thetas is empty; give for example list:0.5,2");
    }
    Arrays.stream(thetas).forEach(ThetaCandidates::requireTheta);
    return new ThetaCandidates(withOne(thetas), false, false);
  }

  /**
   * Reads the command line's form: {@code auto}, {@code continuous}, a number, {@code grid:LO:HI:N}
   * or {@code list:A,B,...}.
   *
   * @throws IllegalArgumentException saying what is wrong and what is accepted
   */
  public static ThetaCandidates parse(String text) {
    try {
      if (text.equals("auto")) {
        return auto();
      }
      if (text.equals("continuous")) {
        return refined();
      }
      if (text.startsWith("list:")) {
        return of(
            Arrays.stream(text.substring(5).split(",", -1))
                .mapToDouble(s -> Double.parseDouble(s.trim()))
                .toArray());
      }
      if (text.startsWith("grid:")) {
        String[] parts = text.substring(5).split(":", -1);
        if (parts.length == 3) {
          return grid(
              Double.parseDouble(parts[0]),
              Double.parseDouble(parts[1]),
              Integer.parseInt(parts[2].trim()));
        }
      } else {
        return fixedAt(Double.parseDouble(text));
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for every malformed text
    }
    throw new IllegalArgumentException(
        "theta '" + text + "' is not auto, continuous, a number, grid:LO:HI:N or list:A,B,...");
  }

  /**
   * Every candidate's attribution along a path, by right Riemann sums.
   *
   * @param steps K of each sum
   * @param search {@link Search#EXACT} for the full sum at every theta; otherwise gradients at
   *     shared nodes are summed where they know the objective to 1e-3 by their own estimate
   * @return in the order of the values; each has an attribution
   */
  public List<Candidate> candidates(
      PathGradient path, AttributionNorms norms, int steps, Search search) {
    if (search == Search.EXACT) {
      return Arrays.stream(values)
          .mapToObj(t -> norms.exact(t, path.integrate(Quadrature.RIGHT.rule(steps, t))))
          .toList();
    }
    ThetaCurve curve = new ThetaCurve(path, norms, steps);
    return curve.search(values, true, Candidate.ACCURACY).stream()
        .map(
            estimate -> {
              double theta = estimate.theta();
              double[] sum =
                  estimate.isAccurate()
                      ? curve.sum(theta)
                      : path.integrate(Quadrature.RIGHT.rule(steps, theta));
              return norms.exact(theta, sum);
            })
        .toList();
  }

  private static void requireTheta(double theta) {
    if (!(theta >= 1e-3 && theta <= 1e3)) {
      throw new IllegalArgumentException("theta " + theta + " is outside 0.001 to 1000");
    }
  }

  private static double[] withOne(double... others) {
    double[] ascending = Arrays.stream(others).filter(t -> t != 1).sorted().distinct().toArray();
    double[] values = new double[ascending.length + 1];
    values[0] = 1;
    System.arraycopy(ascending, 0, values, 1, ascending.length);
    return values;
  }

  @Override
  public double[] values() {
    return values.clone();
  }

  /** How the objective of the theta candidates is obtained. */
  public enum Search {
    /** On gradients at shared adaptive nodes, until the choice is certain to 0.1%. */
    SHARED("shared"),
    /** On shared nodes, until every candidate's l21 is known to 1e-3; else by its full sum. */
    SHARED_FULL_CURVE("shared-full-curve"),
    /** The full sum for every candidate. */
    EXACT("exact");

    private final String label;

    Search(String label) {
      this.label = label;
    }

    /** Name for people. */
    public String label() {
      return label;
    }
  }
}
