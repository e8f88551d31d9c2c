package dev.gsig.cli;

import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.StudyResult.Cell;
import dev.gsig.plots.internal.Plots;
import dev.gsig.plots.internal.Plots.Line;
import java.util.List;
import java.util.function.Function;

/** A study as plots: every figure over theta, a line for each number of steps. */
final class StudyPlots {
  private StudyPlots() {}

  static void write(StudyResult result, OutputFolder folder) {
    plot(result, folder, "l21", "l21", Cell::l21, false);
    plot(result, folder, "l21-change", "l21 against theta = 1", Cell::l21Change, false);
    plot(result, folder, "gap", "median relative completeness gap", Cell::gap, true);
    plot(result, folder, "comprehensiveness", "comprehensiveness", Cell::comprehensiveness, false);
    plot(result, folder, "sufficiency", "sufficiency", Cell::sufficiency, false);
    plot(
        result,
        folder,
        "comprehensiveness-signed",
        "comprehensiveness, signed ranking",
        Cell::signedComprehensiveness,
        false);
    plot(
        result,
        folder,
        "sufficiency-signed",
        "sufficiency, signed ranking",
        Cell::signedSufficiency,
        false);
    folder.save();
  }

  private static void plot(
      StudyResult result,
      OutputFolder folder,
      String name,
      String title,
      Function<Cell, Estimate> figure,
      boolean median) {
    List<Line> lines =
        result.cells().stream()
            .map(Cell::steps)
            .distinct()
            .map(steps -> line(result, steps, figure, median))
            .filter(line -> line.x().length > 0)
            .toList();
    if (!lines.isEmpty()) {
      folder.add("study-" + name + ".svg", Plots.lines(title, "theta", title, lines));
    }
  }

  private static Line line(
      StudyResult result, int steps, Function<Cell, Estimate> figure, boolean median) {
    List<Cell> cells =
        result.cells().stream().filter(c -> c.steps() == steps && figure.apply(c).n() > 0).toList();
    return new Line(
        Text.count(steps, "step"),
        cells.stream().mapToDouble(Cell::theta).toArray(),
        cells.stream().map(figure).mapToDouble(e -> median ? e.median() : e.mean()).toArray());
  }
}
