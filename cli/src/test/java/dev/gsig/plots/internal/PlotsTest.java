package dev.gsig.plots.internal;

import static dev.gsig.plots.internal.Curves.Scale.linear;
import static dev.gsig.plots.internal.Curves.Scale.logarithmic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

class PlotsTest {
  /** Names as data may have them. */
  private static final List<String> NAMES =
      List.of(
          "age",
          "</text><script>alert(1)</script>",
          "a & b < c > \"d\" 'e'",
          "Acetaminophen 325 MG / Oxycodone Hydrochloride 10 MG Oral Tablet [Percocet] of somebody",
          "W".repeat(200),
          "\u0000\u001b[31m\u0007",
          "",
          "\u00c4rztliche Untersuchung",
          "\u5fc3\u4e0d\u5168".repeat(20),
          "half a pair \ud83d");

  private static final String TITLE =
      "A title that is long, so that it does not fit one column at all";
  private static final String NOTE = "Dots: means over patients; lines: 95% bootstrap intervals.";
  private static final double[] NONE = {};

  private static String name(int i) {
    return NAMES.get(i % NAMES.size()) + (i < NAMES.size() ? "" : " " + i);
  }

  private static DotPlot dots(int n, double scale) {
    Random random = new Random(1);
    List<DotPlot.Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double value = scale * random.nextGaussian();
      double half = scale * random.nextDouble();
      rows.add(new DotPlot.Row(name(i), value, value - half, value + half, 10 + i));
    }
    return new DotPlot(TITLE, NOTE, "fall of the predicted probability", Direction.HIGHER, rows);
  }

  private static Waterfall waterfall(int n, boolean logOdds, double missing) {
    Random random = new Random(2);
    List<Waterfall.Part> parts = new ArrayList<>();
    double sum = -2;
    for (int i = 0; i < n; i++) {
      parts.add(new Waterfall.Part(name(i), random.nextGaussian()));
      sum += parts.get(i).signed();
    }
    return new Waterfall(
        TITLE,
        NOTE,
        "predicted probability of death within a year, on a scale of log-odds",
        new Waterfall.End("reference", -2, "12%"),
        parts,
        missing,
        new Waterfall.End("patient", sum + missing, "47.3%"),
        logOdds);
  }

  private static Beeswarm swarm(int n, int patients) {
    Random random = new Random(3);
    List<Beeswarm.Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      List<Beeswarm.Point> points = new ArrayList<>();
      for (int p = 0; p < patients; p++) {
        points.add(new Beeswarm.Point(random.nextGaussian(), p % 7 == 0 ? Double.NaN : p));
      }
      rows.add(new Beeswarm.Row(name(i), patients, points));
    }
    return new Beeswarm(TITLE, NOTE, "effect on the log-odds", "low to high value", rows);
  }

  private static Histogram histogram(int... counts) {
    List<Histogram.Bar> bars = new ArrayList<>();
    for (int count : counts) {
      bars.add(new Histogram.Bar(name(bars.size()), count));
    }
    return new Histogram(TITLE, "n = 7", "patients", bars);
  }

  private static Curves curves(int lines, int points, double scale) {
    List<Curves.Line> all = new ArrayList<>();
    for (int l = 0; l < lines; l++) {
      double[] x = new double[points];
      double[] y = new double[points];
      double[] low = new double[points];
      double[] high = new double[points];
      for (int i = 0; i < points; i++) {
        x[i] = 0.1 * StrictMath.pow(50, points == 1 ? 0 : i / (points - 1.0));
        y[i] = scale * StrictMath.sin(i + l);
        low[i] = y[i] - 0.3 * scale;
        high[i] = y[i] + 0.2 * scale;
      }
      boolean band = l % 2 == 0;
      all.add(new Curves.Line(name(l), x, y, band ? low : NONE, band ? high : NONE));
    }
    Curves.Scale theta = logarithmic("theta");
    return new Curves(
        TITLE,
        NOTE,
        List.of(
            new Curves.Panel(theta, linear("l21, in units of the score"), Direction.LOWER, 1, all),
            new Curves.Panel(theta, linear("gap"), Direction.NONE, Double.NaN, all)));
  }

  private static TimeLine timeLine(int events, double years) {
    Random random = new Random(4);
    List<TimeLine.Event> all = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      double time = -years * Math.floor(9 * random.nextDouble()) / 8;
      all.add(new TimeLine.Event(name(i), i % 3, time, random.nextGaussian()));
    }
    return new TimeLine(
        TITLE, NOTE, "years before the last visit", List.of("diagnoses", "drugs", "other"), all);
  }

  static Stream<Arguments> plots() {
    List<Arguments> all = new ArrayList<>();
    for (int n : new int[] {1, 3, 42}) {
      for (double scale : new double[] {0, 1e-7, 1, 3e8}) {
        add(all, n + " dots of " + scale, mm -> dots(n, scale).svg(mm));
        add(
            all,
            "curves of " + n + " times " + scale,
            mm -> curves(Math.min(n, 9), n, scale).svg(mm));
      }
      add(all, "waterfall of " + n, mm -> waterfall(n, true, 0).svg(mm));
      add(all, "waterfall of scores of " + n, mm -> waterfall(n, false, -0.7).svg(mm));
      add(all, "swarm of " + n, mm -> swarm(Math.min(n, 20), 10 * n).svg(mm));
      add(all, "time line of " + n, mm -> timeLine(n * n, 60).svg(mm));
      add(all, "time line of a moment of " + n, mm -> timeLine(n, 0).svg(mm));
    }
    add(all, "waterfall of nothing", mm -> waterfall(0, true, 0).svg(mm));
    add(all, "bars", mm -> histogram(3, 0, 12345, 7).svg(mm));
    add(all, "a bar of nothing", mm -> histogram(0).svg(mm));
    return all.stream();
  }

  private static void add(List<Arguments> all, String name, IntFunction<String> plot) {
    all.add(Arguments.of(name, plot));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plots")
  void isLegibleAtBothWidthsAndAlwaysTheSame(String name, IntFunction<String> plot) {
    for (int mm : new int[] {89, 183}) {
      String svg = plot.apply(mm);
      Drawn drawn = new Drawn(svg);
      assertThat(drawn.attribute("width")).isEqualTo(mm + "mm");
      assertThat(drawn.all("title").get(0).getTextContent()).isEqualTo(TITLE);
      assertThat(String.join(" ", drawn.texts())).contains(TITLE);
      assertThat(drawn.all("script")).isEmpty();
      drawn.assertLegible();
      assertThat(svg.equals(plot.apply(mm))).isTrue();
      assertThat(svg.substring(0, 200)).contains("<!--" + Svg.MARK + "-->");
    }
  }

  @Test
  void dotsStandAtTheirValuesBetweenTheEndsOfTheirIntervals() {
    Drawn drawn =
        new Drawn(
            new DotPlot(
                    "t",
                    "",
                    "gap",
                    Direction.LOWER,
                    List.of(
                        new DotPlot.Row("one", 1, 0, 4, 30), new DotPlot.Row("two", 3, 2, 4, 29)))
                .svg(183));
    assertThat(drawn.texts())
        .contains("one", "two", "n = 30", "n = 29", "gap", "\u2190 lower is better", "0", "4");
    double zero = tick(drawn, "0");
    double four = tick(drawn, "4");
    List<Element> dots = drawn.all("circle");
    assertThat(dots).hasSize(2);
    assertThat(Drawn.number(dots.get(0), "cx")).isCloseTo(zero + (four - zero) / 4, within(0.02));
    assertThat(Drawn.number(dots.get(1), "cx"))
        .isCloseTo(zero + 3 * (four - zero) / 4, within(0.02));
    assertThat(drawn.all("line"))
        .anyMatch(
            line ->
                line.getAttribute("stroke").equals(Colours.LOWERS)
                    && Math.abs(Drawn.number(line, "x1") - zero) < 0.02
                    && Math.abs(Drawn.number(line, "x2") - four) < 0.02);
  }

  private static double tick(Drawn drawn, String label) {
    return drawn.all("text").stream()
        .filter(text -> text.getTextContent().equals(label))
        .mapToDouble(text -> Drawn.number(text, "x"))
        .findFirst()
        .orElseThrow();
  }

  /** Of log-odds, half is in the middle of 20% and 80%. */
  @Test
  void aWaterfallLeadsFromTheReferenceToThePatient() {
    Waterfall fall =
        new Waterfall(
            "t",
            "",
            "risk",
            new Waterfall.End("reference", -1.5, "18%"),
            List.of(new Waterfall.Part("up", 4), new Waterfall.Part("down", -1)),
            0.25,
            new Waterfall.End("patient", 1.75, "85%"),
            true);
    Drawn drawn = new Drawn(fall.svg(183));
    assertThat(drawn.texts())
        .contains("reference", "up", "down", "not accounted for", "patient")
        .contains("18%", "+4.00", "\u22121.00", "+0.25", "85%", "20%", "50%", "80%");
    double half = tick(drawn, "50%");
    assertThat(half).isCloseTo((tick(drawn, "20%") + tick(drawn, "80%")) / 2, within(0.02));
    double unit = (tick(drawn, "80%") - half) / StrictMath.log(4);
    List<Element> bars = drawn.all("rect");
    assertThat(bars.get(1).getAttribute("fill")).isEqualTo(Colours.RAISES);
    assertThat(Drawn.number(bars.get(1), "x")).isCloseTo(half - 1.5 * unit, within(0.05));
    assertThat(Drawn.number(bars.get(1), "width")).isCloseTo(4 * unit, within(0.05));
    assertThat(bars.get(2).getAttribute("fill")).isEqualTo(Colours.LOWERS);
    assertThat(Drawn.number(bars.get(2), "x")).isCloseTo(half + 1.5 * unit, within(0.05));
    assertThat(Drawn.number(bars.get(2), "width")).isCloseTo(unit, within(0.05));
    assertThat(bars.get(3).getAttribute("fill")).isEqualTo("none");
    List<Element> ends = drawn.all("circle");
    assertThat(Drawn.number(ends.get(0), "cx")).isCloseTo(half - 1.5 * unit, within(0.05));
    assertThat(Drawn.number(ends.get(1), "cx")).isCloseTo(half + 1.75 * unit, within(0.05));
  }

  @Test
  void aSwarmHasADotForEachPatientDarkerWhereTheValueIsHigher() {
    List<Beeswarm.Point> points = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      points.add(new Beeswarm.Point(i / 10.0, i));
    }
    Collections.shuffle(points, new Random(5));
    Drawn drawn =
        new Drawn(
            new Beeswarm("t", "", "effect", "age", List.of(new Beeswarm.Row("age", 9, points)))
                .svg(183));
    List<Element> dots = drawn.all("circle");
    assertThat(dots).hasSize(9);
    for (int i = 1; i < 9; i++) {
      assertThat(Drawn.number(dots.get(i), "cx"))
          .isGreaterThan(Drawn.number(dots.get(i - 1), "cx"));
      assertThat(red(dots.get(i))).isLessThan(red(dots.get(i - 1)));
    }
  }

  private static int red(Element dot) {
    return Integer.parseInt(dot.getAttribute("fill").substring(1, 3), 16);
  }

  /** Four times the effect is twice as wide. */
  @Test
  void dotsOfATimeLineHaveTheAreaOfTheirEffect() {
    Drawn drawn =
        new Drawn(
            new TimeLine(
                    "t",
                    "",
                    "years",
                    List.of("drugs"),
                    List.of(
                        new TimeLine.Event("a", 0, -8, 0.25),
                        new TimeLine.Event("b", 0, 0, -1),
                        new TimeLine.Event("c", 0, -4, 0.25)))
                .svg(183));
    List<Element> dots = drawn.all("circle");
    assertThat(dots.get(0).getAttribute("fill")).isEqualTo(Colours.LOWERS);
    assertThat(Drawn.number(dots.get(0), "r"))
        .isCloseTo(2 * Drawn.number(dots.get(1), "r"), within(0.01));
    assertThat(Drawn.number(dots.get(2), "cx"))
        .isCloseTo(
            (Drawn.number(dots.get(0), "cx") + Drawn.number(dots.get(1), "cx")) / 2, within(0.02));
    assertThat(drawn.texts())
        .contains("a", "b", "c", "0", "8")
        .noneMatch(t -> t.contains("\u2212"));
  }

  @Test
  void linesRiseWhereValuesDoAndBandsAreAroundThem() {
    double[] x = {1, 10, 100};
    Curves.Line line =
        new Curves.Line(
            "l", x, new double[] {0, 1, 3}, new double[] {-1, 0, 2}, new double[] {1, 2, 4});
    Curves.Panel panel =
        new Curves.Panel(logarithmic("steps"), linear("y"), Direction.HIGHER, 10, List.of(line));
    Drawn drawn = new Drawn(new Curves("t", "", List.of(panel)).svg(89));
    double[] ys = coordinates(drawn.all("polyline").get(0), 1);
    double[] xs = coordinates(drawn.all("polyline").get(0), 0);
    assertThat(xs[1] - xs[0]).isCloseTo(xs[2] - xs[1], within(0.02));
    assertThat(ys[0] - ys[2]).isCloseTo(3 * (ys[0] - ys[1]), within(0.05));
    double[] band = coordinates(drawn.all("polygon").get(0), 1);
    assertThat(band[0] - ys[0]).isCloseTo(ys[0] - ys[1], within(0.05));
    assertThat(drawn.texts()).contains("l", "steps", "y: higher is better", "10", "100");
  }

  @Test
  void aScaleIsEqualInDifferencesOrInRatios() {
    double[] squares = {1, 4, 16, 256};
    Curves.Line line = new Curves.Line("", new double[] {1, 2, 3, 5}, squares, NONE, NONE);
    Curves.Panel panel =
        new Curves.Panel(linear("k"), logarithmic("y"), Direction.NONE, Double.NaN, List.of(line));
    Drawn drawn = new Drawn(new Curves("t", "", List.of(panel)).svg(89));
    double[] xs = coordinates(drawn.all("polyline").get(0), 0);
    double[] ys = coordinates(drawn.all("polyline").get(0), 1);
    assertThat(xs[3] - xs[2]).isCloseTo(2 * (xs[1] - xs[0]), within(0.03));
    assertThat(ys[0] - ys[1]).isCloseTo(ys[1] - ys[2], within(0.03));
    assertThat(ys[2] - ys[3]).isCloseTo(2 * (ys[0] - ys[1]), within(0.03));
    assertThat(drawn.texts()).contains("1", "2", "3", "4", "5", "10", "100");
  }

  private static double[] coordinates(Element shape, int which) {
    return Stream.of(shape.getAttribute("points").split(" "))
        .mapToDouble(point -> Double.parseDouble(point.split(",")[which]))
        .toArray();
  }
}
