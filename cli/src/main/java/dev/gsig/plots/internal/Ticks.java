package dev.gsig.plots.internal;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Values that are marked on axes, and how they are written. */
final class Ticks {
  private static final char MINUS = '\u2212';
  private static final int[] MANTISSAS = {1, 2, 5};

  private Ticks() {}

  /**
   * A marked value.
   *
   * @param label as it stands at the axis
   */
  record Tick(double value, String label) {}

  /**
   * Multiples of 1, 2 or 5 times a power of ten.
   *
   * @param low where the axis begins; below {@code high}
   * @param high where it ends
   * @param most how many there may be, at least 2
   */
  static List<Tick> linear(double low, double high, int most) {
    int exponent = (int) Math.floor(StrictMath.log10(high - low)) - 2;
    for (int i = 0; ; i++) {
      BigDecimal step = BigDecimal.valueOf(MANTISSAS[i % 3]).scaleByPowerOfTen(exponent + i / 3);
      long first = (long) Math.ceil(low / step.doubleValue() - 1e-9);
      long last = (long) Math.floor(high / step.doubleValue() + 1e-9);
      if (last - first < most) {
        List<Tick> ticks = new ArrayList<>();
        for (long k = first; k <= last; k++) {
          BigDecimal value = step.multiply(BigDecimal.valueOf(k));
          ticks.add(new Tick(value.doubleValue(), written(value)));
        }
        return ticks;
      }
    }
  }

  /**
   * 1, 2 and 5 times the powers of ten between two numbers above 0; where they are too many, the
   * powers alone.
   */
  static List<Tick> logarithmic(double low, double high, int most) {
    List<Tick> ticks = logarithmic(low, high, MANTISSAS);
    return ticks.size() > most ? logarithmic(low, high, new int[] {1}) : ticks;
  }

  private static List<Tick> logarithmic(double low, double high, int[] mantissas) {
    List<Tick> ticks = new ArrayList<>();
    int last = (int) Math.ceil(StrictMath.log10(high));
    for (int e = (int) Math.floor(StrictMath.log10(low)); e <= last; e++) {
      for (int mantissa : mantissas) {
        BigDecimal value = BigDecimal.valueOf(mantissa).scaleByPowerOfTen(e);
        double v = value.doubleValue();
        if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) {
          ticks.add(new Tick(v, written(value)));
        }
      }
    }
    return ticks;
  }

  /** Probabilities at their log-odds, written as percentages. */
  static List<Tick> logOdds(double low, double high) {
    List<Tick> ticks = new ArrayList<>();
    for (String percent :
        "0.01 0.1 0.5 1 2 5 10 20 30 40 50 60 70 80 90 95 98 99 99.5 99.9 99.99".split(" ")) {
      double p = Double.parseDouble(percent) / 100;
      double at = StrictMath.log(p / (1 - p));
      if (at >= low && at <= high) {
        ticks.add(new Tick(at, percent + "%"));
      }
    }
    return ticks.size() >= 3 ? ticks : narrow(low, high);
  }

  private static List<Tick> narrow(double low, double high) {
    double from = 100 / (1 + StrictMath.exp(-low));
    double to = 100 / (1 + StrictMath.exp(-high));
    if (to - from < 1e-9) {
      return List.of();
    }
    return linear(from, to, 6).stream()
        .filter(tick -> tick.value > 0 && tick.value < 100)
        .map(t -> new Tick(StrictMath.log(t.value / (100 - t.value)), t.label + "%"))
        .toList();
  }

  private static String written(BigDecimal value) {
    BigDecimal shortest = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    int magnitude = shortest.precision() - shortest.scale();
    return minus(magnitude < -4 || magnitude > 7 ? shortest.toString() : shortest.toPlainString());
  }

  /** With the sign that is as wide as plus. */
  static String minus(String number) {
    return number.replace('-', MINUS);
  }
}
