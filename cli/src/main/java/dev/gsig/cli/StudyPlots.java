package dev.gsig.cli;

import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.StudyResult.Cell;
import dev.gsig.plots.internal.Curves;
import dev.gsig.plots.internal.Curves.Line;
import dev.gsig.plots.internal.Curves.Panel;
import dev.gsig.plots.internal.Curves.Scale;
import dev.gsig.plots.internal.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * A study as plots: every figure over theta, a line for each number of steps, and over the steps, a
 * line for each of a few thetas, 1 among them.
 */
final class StudyPlots {
  /** As many as there are colours and shapes. */
  private static final int LINES = 7;

  private static final String SIGNED = ", codes ranked by their signed scores";

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("l21", "sum of the codes' weights (l21)", Cell::l21, false, Direction.LOWER),
          new Figure(
              "l21-change",
              "relative change of l21 against theta = 1",
              Cell::l21Change,
              false,
              Direction.LOWER),
          new Figure("gap", "median relative completeness gap", Cell::gap, true, Direction.LOWER),
          new Figure(
              "comprehensiveness",
              "comprehensiveness",
              Cell::comprehensiveness,
              false,
              Direction.HIGHER),
          new Figure("sufficiency", "sufficiency", Cell::sufficiency, false, Direction.LOWER),
          new Figure(
              "comprehensiveness-signed",
              "comprehensiveness" + SIGNED,
              Cell::signedComprehensiveness,
              false,
              Direction.HIGHER),
          new Figure(
              "sufficiency-signed",
              "sufficiency" + SIGNED,
              Cell::signedSufficiency,
              false,
              Direction.LOWER));

  private StudyPlots() {}

  /**
   * What is drawn.
   *
   * @param file its name, but for what all have
   * @param isMedian whether its median and quartiles are shown in place of the mean and its
   *     interval
   */
  private record Figure(
      String file,
      String words,
      Function<Cell, Estimate> of,
      boolean isMedian,
      Direction direction) {}

  /**
   * Writes the plots that have anything to show.
   *
   * @param width of the plots in millimetres
   */
  static void write(StudyResult result, int width, OutputFolder folder) {
    for (Figure figure : FIGURES) {
      List<Line> bySteps = new ArrayList<>();
      for (int steps : few(result.cells().stream().map(Cell::steps).distinct().toList(), null)) {
        add(
            result,
            c -> c.steps() == steps,
            Text.count(steps, "step"),
            Cell::theta,
            figure,
            bySteps);
      }
      List<Line> byTheta = new ArrayList<>();
      for (double theta : few(result.cells().stream().map(Cell::theta).distinct().toList(), 1.0)) {
        String name = "theta " + Text.significant(theta);
        add(result, c -> c.theta() == theta, name, Cell::steps, figure, byTheta);
      }
      if (!bySteps.isEmpty()) {
        String title = Character.toUpperCase(figure.words.charAt(0)) + figure.words.substring(1);
        Curves curves =
            new Curves(
                title,
                (figure.isMedian
                        ? "Medians, with bands from the lower to the upper quartile, over "
                        : "Means, with bands of 95% bootstrap intervals, over ")
                    + Text.count(result.patients(), "patient")
                    + ".",
                List.of(panel("theta", figure, bySteps), panel("steps", figure, byTheta)));
        folder.add("study-" + figure.file + ".svg", curves.svg(width));
      }
    }
    folder.save();
  }

  /** Adds a line, unless no patient has the figure. */
  private static void add(
      StudyResult result,
      Predicate<Cell> which,
      String name,
      ToDoubleFunction<Cell> x,
      Figure figure,
      List<Line> lines) {
    List<Cell> cells =
        result.cells().stream()
            .filter(which)
            .filter(cell -> figure.of.apply(cell).n() > 0)
            .sorted(Comparator.comparingDouble(x))
            .toList();
    if (cells.isEmpty()) {
      return;
    }
    lines.add(
        new Line(
            name,
            cells.stream().mapToDouble(x).toArray(),
            values(cells, figure, figure.isMedian ? Estimate::median : Estimate::mean),
            values(cells, figure, figure.isMedian ? Estimate::lower : Estimate::low),
            values(cells, figure, figure.isMedian ? Estimate::upper : Estimate::high)));
  }

  private static Panel panel(String x, Figure figure, List<Line> lines) {
    return new Panel(
        Scale.logarithmic(x), Scale.linear(figure.words), figure.direction, Double.NaN, lines);
  }

  private static double[] values(
      List<Cell> cells, Figure figure, ToDoubleFunction<Estimate> value) {
    return cells.stream().map(figure.of).mapToDouble(value).toArray();
  }

  /**
   * As many as can be told apart.
   *
   * @param always one that stays; null for none
   */
  private static <T> List<T> few(List<T> all, T always) {
    if (all.size() <= LINES) {
      return all;
    }
    TreeSet<Integer> kept = new TreeSet<>();
    int count = always == null ? LINES : LINES - 1;
    for (int i = 0; i < count; i++) {
      kept.add(Math.toIntExact(Math.round(i * (all.size() - 1.0) / (count - 1))));
    }
    if (all.contains(always)) {
      kept.add(all.indexOf(always));
    }
    return kept.stream().map(all::get).toList();
  }
}
