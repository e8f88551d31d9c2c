package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Ticks.Tick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What things do to the scores of many patients: a row for each, a dot for each patient who has it,
 * dark where its value is high.
 *
 * @param title what the picture shows
 * @param note said below it; may be empty
 * @param axis what the effect is, with its unit
 * @param shade what light and dark mean
 * @param rows at least one, each with a point
 */
public record Beeswarm(String title, String note, String axis, String shade, List<Row> rows) {
  private static final double ROW = 16;
  private static final double RADIUS = 1.3;

  /** Copies the rows. */
  public Beeswarm {
    rows = List.copyOf(rows);
  }

  /**
   * A thing.
   *
   * @param n how many patients have it; the points may be a sample of them
   */
  public record Row(String name, int n, List<Point> points) {
    /** Copies the points. */
    public Row {
      points = List.copyOf(points);
    }
  }

  /**
   * A patient.
   *
   * @param effect above 0 if it raises the score
   * @param value ranks the patients of the row; NaN if there is none
   */
  public record Point(double effect, double value) {}

  /** The SVG file, so many millimetres wide. */
  public String svg(int millimetres) {
    List<String> names = rows.stream().map(Row::name).toList();
    List<String> counts = rows.stream().map(row -> "n = " + row.n).toList();
    String words = (note.isEmpty() ? "" : note + " ") + "Light to dark: " + shade + ".";
    Rows frame = new Rows(millimetres, title, words, names, counts, ROW);
    double[] effects =
        rows.stream().flatMap(row -> row.points.stream()).mapToDouble(Point::effect).toArray();
    double low = Math.min(0, Arrays.stream(effects).min().orElseThrow());
    double high = Math.max(0, Arrays.stream(effects).max().orElseThrow());
    Axis x = Axis.around(low, high, frame.left(), frame.right());
    List<Tick> ticks = x.ticks();
    frame.grid(x, ticks);
    for (int i = 0; i < rows.size(); i++) {
      swarm(frame, x, rows.get(i), frame.middle(i));
    }
    return frame.file(x, ticks, axis, Direction.NONE);
  }

  /** Points that would hide one another stand above and below in turn, as far as the row goes. */
  private static void swarm(Rows frame, Axis x, Row row, double middle) {
    List<Point> points = new ArrayList<>(row.points);
    points.sort(Comparator.comparingDouble(Point::effect).thenComparingDouble(Point::value));
    double[] values =
        points.stream().mapToDouble(Point::value).filter(v -> !Double.isNaN(v)).sorted().toArray();
    double[] columns =
        points.stream().mapToDouble(p -> Math.rint(x.at(p.effect) / RADIUS)).toArray();
    for (int i = 0, start = 0; i < columns.length; i++) {
      start = columns[i] == columns[start] ? start : i;
      int size = 1;
      while (start + size < columns.length && columns[start + size] == columns[start]) {
        size++;
      }
      double step = Math.min(2 * RADIUS, (ROW - 2 * RADIUS - 1) / Math.max(1, size - 1));
      double y = middle + (i - start - (size - 1) / 2.0) * step;
      Point point = points.get(i);
      frame.svg().dot(x.at(point.effect), y, RADIUS, Colours.ramp(share(point.value, values)));
    }
  }

  /**
   * Where a value stands among those of its row, from 0 to 1; in the middle if all are the same.
   */
  private static double share(double value, double[] sorted) {
    if (Double.isNaN(value) || sorted[0] == sorted[sorted.length - 1]) {
      return 0.5;
    }
    int below = (int) Arrays.stream(sorted).filter(v -> v < value).count();
    int above = (int) Arrays.stream(sorted).filter(v -> v > value).count();
    return 0.5 + 0.5 * (below - above) / (sorted.length - 1.0);
  }
}
