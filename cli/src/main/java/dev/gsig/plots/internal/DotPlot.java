package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Ticks.Tick;
import java.util.List;

/**
 * Figures with their intervals, one row each, the first on top: a dot, and a line over its
 * interval.
 *
 * @param title what the picture shows
 * @param note what dots and lines are, and of how many; may be empty
 * @param axis what the figure is, with its unit
 * @param direction which way it is better
 * @param rows at least one
 */
public record DotPlot(String title, String note, String axis, Direction direction, List<Row> rows) {
  private static final double ROW = 11;

  /** Copies the rows. */
  public DotPlot {
    rows = List.copyOf(rows);
  }

  /**
   * A figure.
   *
   * @param name what it is of
   * @param low where its interval begins
   * @param high where it ends
   * @param n how many patients it is of
   */
  public record Row(String name, double value, double low, double high, int n) {}

  /** The SVG file, so many millimetres wide. */
  public String svg(int millimetres) {
    List<String> names = rows.stream().map(Row::name).toList();
    List<String> counts = rows.stream().map(row -> "n = " + row.n).toList();
    Rows frame = new Rows(millimetres, title, note, names, counts, ROW);
    double low = rows.stream().mapToDouble(Row::low).min().orElseThrow();
    double high = rows.stream().mapToDouble(Row::high).max().orElseThrow();
    Axis x = Axis.around(low, high, frame.left(), frame.right());
    List<Tick> ticks = x.ticks();
    frame.grid(x, ticks);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      double y = frame.middle(i);
      frame.svg().line(x.at(row.low), y, x.at(row.high), y, Colours.LOWERS, 1);
      frame.svg().dot(x.at(row.value), y, 2, Colours.LOWERS);
    }
    return frame.file(x, ticks, axis, direction);
  }
}
