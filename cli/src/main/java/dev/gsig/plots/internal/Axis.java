package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Ticks.Tick;
import java.util.ArrayList;
import java.util.List;

/**
 * A horizontal axis: where values stand between its ends, and the marked ones that have room.
 *
 * @param logarithmic whether equal ratios are equally wide
 * @param low value at the left end; above 0 on a logarithmic axis
 * @param high value at the right end, above {@code low}
 * @param left of the picture, in points
 * @param right of the picture, in points
 */
record Axis(boolean logarithmic, double low, double high, double left, double right) {
  private static final double GAP = 6;

  /** An axis that holds values with a little room at both ends, also if they are all the same. */
  static Axis around(double low, double high, double left, double right) {
    double spread = high > low ? high - low : Math.max(1e-6, Math.abs(low));
    double room = high > low ? 0.04 * spread : 0.5 * spread;
    return new Axis(false, low - room, high + room, left, right);
  }

  /** Where a value stands. */
  double at(double value) {
    double share =
        logarithmic
            ? StrictMath.log(value / low) / StrictMath.log(high / low)
            : (value - low) / (high - low);
    return left + share * (right - left);
  }

  /** Values to mark. */
  List<Tick> ticks() {
    if (logarithmic) {
      return fitting(Ticks.logarithmic(low, high, Integer.MAX_VALUE));
    }
    for (int most = 9; most > 2; most--) {
      List<Tick> ticks = Ticks.linear(low, high, most);
      if (fitting(ticks).size() == ticks.size()) {
        return ticks;
      }
    }
    return fitting(Ticks.linear(low, high, 2));
  }

  /** Those of some ticks that have room, from the left. */
  List<Tick> fitting(List<Tick> ticks) {
    List<Tick> kept = new ArrayList<>();
    double end = Double.NEGATIVE_INFINITY;
    for (Tick tick : ticks) {
      double half = Font.TEXT.width(tick.label()) / 2;
      if (at(tick.value()) - half > end) {
        kept.add(tick);
        end = at(tick.value()) + half + GAP;
      }
    }
    return kept;
  }
}
