package dev.gsig.cli;

import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.EvaluationResult.Row;
import dev.gsig.plots.internal.DotPlot;
import java.util.ArrayList;
import java.util.List;

/** An evaluation as plots: one for each metric, a dot and an interval for each method. */
final class EvaluationPlots {
  private EvaluationPlots() {}

  /**
   * Writes the plots that have anything to show.
   *
   * @param width of the plots in millimetres
   */
  static void write(EvaluationResult result, int width, OutputFolder folder) {
    for (Metric metric : result.metrics()) {
      List<DotPlot.Row> rows = new ArrayList<>();
      for (Row row : result.rows()) {
        Estimate e = row.means().get(metric);
        if (e.n() > 0) {
          String from = row.line().baseline() == null ? "" : ", " + row.baseline();
          String name = Text.escape(row.line().method().title() + from);
          rows.add(new DotPlot.Row(name, e.mean(), e.low(), e.high(), e.n()));
        }
      }
      if (!rows.isEmpty()) {
        DotPlot plot =
            new DotPlot(
                metric.title(),
                "Means over patients with 95% bootstrap intervals, by method and baseline.",
                metric.unit(),
                metric.direction(),
                rows);
        folder.add("evaluation-" + metric.label().replace('_', '-') + ".svg", plot.svg(width));
      }
    }
    folder.save();
  }
}
