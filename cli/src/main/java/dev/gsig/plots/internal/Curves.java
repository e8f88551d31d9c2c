package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Svg.Anchor;
import dev.gsig.plots.internal.Ticks.Tick;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Lines, each with a band where its interval is known: one panel for each quantity, one above the
 * other.
 *
 * @param title what the picture shows
 * @param note what lines and bands are, and of how many; may be empty
 * @param panels at least one
 */
public record Curves(String title, String note, List<Panel> panels) {
  private static final double HEIGHT = 92;
  private static final double LEADING = 9;
  private static final double GAP = 5;
  private static final int MOST_MARKS = 6;

  /** Copies the panels. */
  public Curves {
    panels = List.copyOf(panels);
  }

  /**
   * What an axis is.
   *
   * @param words the quantity, with its unit
   * @param isLogarithmic whether equal ratios are equally wide; all values are above 0 then
   */
  public record Scale(String words, boolean isLogarithmic) {
    /** On which equal differences are equally wide. */
    public static Scale linear(String words) {
      return new Scale(words, false);
    }

    /** On which equal ratios are equally wide. */
    public static Scale logarithmic(String words) {
      return new Scale(words, true);
    }

    /** An axis that holds all values, with a little room. */
    private Axis axis(DoubleStream values, double from, double to) {
      double[] finite = values.filter(Double::isFinite).toArray();
      double low = Arrays.stream(finite).min().orElse(0);
      double high = Arrays.stream(finite).max().orElse(1);
      double room = high > low ? 1.05 : 2;
      return isLogarithmic
          ? new Axis(true, low / room, high * room, from, to)
          : Axis.around(low, high, from, to);
    }
  }

  /**
   * A quantity over another.
   *
   * @param x the horizontal axis
   * @param y the vertical axis
   * @param direction which way the quantity is better
   * @param mark a place on the horizontal axis that is pointed out; NaN for none
   * @param lines at least one, with a point
   */
  public record Panel(Scale x, Scale y, Direction direction, double mark, List<Line> lines) {
    /** Copies the lines. */
    public Panel {
      lines = List.copyOf(lines);
    }

    private DoubleStream xs() {
      DoubleStream points = lines.stream().flatMapToDouble(line -> Arrays.stream(line.x));
      return Double.isNaN(mark) ? points : DoubleStream.concat(points, DoubleStream.of(mark));
    }

    private DoubleStream ys() {
      return lines.stream()
          .flatMapToDouble(
              line -> Stream.of(line.y, line.low, line.high).flatMapToDouble(Arrays::stream));
    }
  }

  /**
   * A line.
   *
   * @param name in the legend; empty where there is nothing to tell it from
   * @param x ascending
   * @param y as many as x
   * @param low lower ends of the intervals, as many as x; none for no band
   * @param high upper ends
   */
  public record Line(String name, double[] x, double[] y, double[] low, double[] high) {
    /** Copies the arrays. */
    public Line {
      x = x.clone();
      y = y.clone();
      low = low.clone();
      high = high.clone();
    }
  }

  /** The SVG file, so many millimetres wide. */
  public String svg(int millimetres) {
    Svg svg = new Svg(millimetres);
    double y = Rows.head(svg, title, note);
    for (Panel panel : panels) {
      y = panel(svg, panel, y);
    }
    return svg.file(y + Rows.MARGIN, title, note);
  }

  private static double panel(Svg svg, Panel panel, double y) {
    double top = legend(svg, panel, y) + 4;
    Axis vertical = panel.y.axis(panel.ys(), top, top + HEIGHT);
    List<Tick> ys = ofHeight(vertical);
    double labels = ys.stream().mapToDouble(t -> Font.TEXT.width(t.label())).max().orElse(0);
    double left = Rows.MARGIN + labels + GAP;
    Axis x = panel.x.axis(panel.xs(), left, svg.width() - 2 * Rows.MARGIN);
    double bottom = top + HEIGHT;
    for (Tick tick : ys) {
      double at = turned(vertical, tick.value());
      svg.line(x.left(), at, x.right(), at, Colours.GRID, 0.5);
      svg.text(left - GAP, at + 2.5, Anchor.END, Font.TEXT, tick.label());
    }
    if (!Double.isNaN(panel.mark)) {
      svg.dashes(x.at(panel.mark), top, x.at(panel.mark), bottom, Colours.AXIS, 0.8);
    }
    for (int i = 0; i < panel.lines.size(); i++) {
      band(svg, panel.lines.get(i), i, x, vertical);
    }
    for (int i = 0; i < panel.lines.size(); i++) {
      line(svg, panel.lines.get(i), i, x, vertical);
    }
    return Rows.axis(svg, x, x.ticks(), bottom, panel.x.words, "") + 6;
  }

  /** The quantity and which way it is better, and the lines' names with their signs. */
  private static double legend(Svg svg, Panel panel, double top) {
    double room = svg.width() - 2 * Rows.MARGIN;
    String words = panel.y.words + (panel.direction == Direction.NONE ? "" : ": " + plain(panel));
    double y = top;
    for (String line : Font.TEXT.wrap(words, room)) {
      y += LEADING;
      svg.text(Rows.MARGIN, y, Anchor.START, Font.TEXT, line);
    }
    double x = Rows.MARGIN;
    for (int i = 0; i < panel.lines.size(); i++) {
      String name = Font.TEXT.cut(panel.lines.get(i).name, room - 16);
      if (name.isEmpty()) {
        continue;
      }
      double width = 16 + Font.TEXT.width(name) + 8;
      if (i == 0 || x + width - 8 > svg.width() - Rows.MARGIN) {
        x = Rows.MARGIN;
        y += LEADING + 1;
      }
      String colour = colour(i);
      svg.line(x, y - 2.5, x + 12, y - 2.5, colour, 1);
      Markers.draw(svg, i, x + 6, y - 2.5, colour);
      svg.text(x + 16, y, Anchor.START, Font.TEXT, name);
      x += width;
    }
    return y;
  }

  /** Without an arrow, which would point along the wrong axis. */
  private static String plain(Panel panel) {
    return panel.direction.words().replaceAll("[\u2190\u2192]", "").strip();
  }

  private static List<Tick> ofHeight(Axis vertical) {
    return vertical.logarithmic()
        ? Ticks.logarithmic(vertical.low(), vertical.high(), MOST_MARKS)
        : Ticks.linear(vertical.low(), vertical.high(), MOST_MARKS);
  }

  /** The axis is laid out downwards; values grow upwards. */
  private static double turned(Axis vertical, double value) {
    return vertical.left() + vertical.right() - vertical.at(value);
  }

  private static void band(Svg svg, Line line, int number, Axis x, Axis vertical) {
    int n = line.low.length;
    double[] xs = new double[2 * n];
    double[] ys = new double[2 * n];
    for (int i = 0; i < n; i++) {
      xs[i] = x.at(line.x[i]);
      ys[i] = turned(vertical, line.low[i]);
      xs[2 * n - 1 - i] = xs[i];
      ys[2 * n - 1 - i] = turned(vertical, line.high[i]);
    }
    if (n > 1) {
      svg.area(xs, ys, colour(number));
    }
  }

  private static void line(Svg svg, Line line, int number, Axis x, Axis vertical) {
    double[] xs = Arrays.stream(line.x).map(x::at).toArray();
    double[] ys = Arrays.stream(line.y).map(y -> turned(vertical, y)).toArray();
    svg.path(xs, ys, colour(number), 1);
    for (int i = 0; i < xs.length; i++) {
      Markers.draw(svg, number, xs[i], ys[i], colour(number));
    }
  }

  private static String colour(int line) {
    return Colours.SERIES.get(line % Colours.SERIES.size());
  }
}
