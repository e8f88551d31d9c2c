package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Ticks.Tick;
import java.util.List;

/**
 * How many there are of each kind: bars from 0, one row each, the first on top.
 *
 * @param title what the picture shows
 * @param note said below it; may be empty
 * @param axis what is counted
 * @param bars at least one
 */
public record Histogram(String title, String note, String axis, List<Bar> bars) {
  private static final double ROW = 11;

  /** Copies the bars. */
  public Histogram {
    bars = List.copyOf(bars);
  }

  /**
   * A bar.
   *
   * @param name what is counted in it
   * @param count 0 or more
   */
  public record Bar(String name, int count) {}

  /** The SVG file, so many millimetres wide. */
  public String svg(int millimetres) {
    List<String> names = bars.stream().map(Bar::name).toList();
    List<String> counts = bars.stream().map(bar -> Integer.toString(bar.count)).toList();
    Rows frame = new Rows(millimetres, title, note, names, counts, ROW);
    int most = Math.max(1, bars.stream().mapToInt(Bar::count).max().orElseThrow());
    Axis x = new Axis(false, 0, 1.04 * most, frame.left(), frame.right());
    List<Tick> ticks = x.ticks().stream().filter(t -> t.value() == Math.rint(t.value())).toList();
    frame.grid(x, ticks);
    for (int i = 0; i < bars.size(); i++) {
      double width = x.at(bars.get(i).count) - x.left();
      frame.svg().rectangle(x.left(), frame.middle(i) - 4, width, 8, Colours.LOWERS);
    }
    return frame.file(x, ticks, axis, Direction.NONE);
  }
}
