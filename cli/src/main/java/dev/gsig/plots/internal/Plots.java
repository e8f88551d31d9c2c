package dev.gsig.plots.internal;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The kinds of plots that there are; each gives the text of an SVG file. */
public final class Plots {
  /** Stands as a comment near the beginning of every plot: by it they are told from others'. */
  public static final String MARK = "Drawn by gsig";

  private static final int WIDTH = 720;
  private static final int HEIGHT = 460;
  private static final int ROW = 22;
  private static final int FRAME = 120;

  /** Room for names, in widths of all intervals together. */
  private static final double NAMES = 0.9;

  /** Told apart by people who are colour-blind, too (Okabe and Ito, 2008). */
  private static final Color[] COLOURS = {
    new Color(0x0072B2),
    new Color(0xD55E00),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0x56B4E9),
    new Color(0xE69F00),
    new Color(0x000000)
  };

  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE,
    SeriesMarkers.DIAMOND,
    SeriesMarkers.SQUARE,
    SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.TRIANGLE_DOWN,
    SeriesMarkers.CROSS,
    SeriesMarkers.PLUS
  };

  private Plots() {}

  /**
   * A line through points.
   *
   * @param name in the legend
   * @param x as many as y; above 0 where the axis is logarithmic
   */
  public record Line(String name, double[] x, double[] y) {
    /** Copies the arrays. */
    public Line {
      x = x.clone();
      y = y.clone();
    }
  }

  /**
   * A figure with its interval.
   *
   * @param name what it is of
   */
  public record Interval(String name, double value, double low, double high) {}

  /**
   * One bar of a histogram.
   *
   * @param name below it; no two alike
   */
  public record Bar(String name, double height) {}

  /** Bars side by side from 0 up, in their order; heights are 0 or more. */
  public static String bars(String title, String x, String y, List<Bar> bars) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    style(chart.getStyler());
    double highest = bars.stream().mapToDouble(Bar::height).max().orElse(0);
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(highest > 0 ? 1.05 * highest : 1);
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setXAxisLabelRotation(45);
    chart
        .addSeries(
            y, bars.stream().map(Bar::name).toList(), bars.stream().map(Bar::height).toList())
        .setFillColor(COLOURS[0]);
    return Svg.of(chart);
  }

  /**
   * Lines over a logarithmic axis.
   *
   * @param title above the plot
   * @param x what the horizontal axis is
   * @param y what the vertical axis is
   */
  public static String lines(String title, String x, String y, List<Line> lines) {
    XYChart chart = chart(title, x, y, HEIGHT);
    chart.getStyler().setXAxisLogarithmic(true);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      XYSeries series = chart.addSeries(line.name, line.x, line.y);
      series.setLineColor(COLOURS[i % COLOURS.length]);
      series.setMarkerColor(COLOURS[i % COLOURS.length]);
      series.setMarker(MARKERS[i % MARKERS.length]);
      series.setLineStyle(new BasicStroke(1.5f));
    }
    return Svg.of(chart);
  }

  /** One row for each figure, the first on top: a dot, and a line over its interval. */
  public static String intervals(String title, String x, List<Interval> rows) {
    int n = rows.size();
    XYChart chart = chart(title, x, "", FRAME + ROW * n);
    XYStyler styler = chart.getStyler();
    styler.setLegendVisible(false);
    styler.setYAxisMin(-0.5).setYAxisMax(n - 0.5);
    styler.setYAxisTicksVisible(false);
    double low = rows.stream().mapToDouble(Interval::low).min().orElse(0);
    double high = rows.stream().mapToDouble(Interval::high).max().orElse(1);
    double width = high > low ? high - low : 1;
    // Axis ticks need not fall on the rows, so the names stand in the plot, left of all intervals.
    styler.setXAxisMin(low - NAMES * width).setXAxisMax(high + 0.05 * width);
    styler.setAnnotationTextFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    for (int i = 0; i < n; i++) {
      Interval row = rows.get(i);
      double y = n - 1 - i;
      if (!row.name.isEmpty()) {
        chart.addAnnotation(new AnnotationText(row.name, low - NAMES / 2 * width, y, false));
      }
      XYSeries line =
          chart.addSeries("interval " + i, new double[] {row.low, row.high}, new double[] {y, y});
      line.setMarker(SeriesMarkers.NONE);
      line.setLineColor(COLOURS[0]);
      line.setLineStyle(new BasicStroke(1.5f));
    }
    double[] values = rows.stream().mapToDouble(Interval::value).toArray();
    double[] at = new double[n];
    Arrays.setAll(at, i -> n - 1 - i);
    XYSeries dots = chart.addSeries("means", values, at);
    dots.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    dots.setMarker(SeriesMarkers.CIRCLE);
    dots.setMarkerColor(COLOURS[1]);
    return Svg.of(chart);
  }

  private static XYChart chart(String title, String x, String y, int height) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    style(chart.getStyler());
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    styler.setLocale(Locale.ROOT);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xDDDDDD));
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    styler.setMarkerSize(6);
  }
}
