package dev.gsig.cli;

import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.EvaluationResult.Row;
import dev.gsig.plots.internal.Plots;
import dev.gsig.plots.internal.Plots.Interval;
import java.util.ArrayList;
import java.util.List;

/** An evaluation as plots: one for each metric, a dot and an interval for each method. */
final class EvaluationPlots {
  private EvaluationPlots() {}

  /** Writes the plots that have anything to show. */
  static void write(EvaluationResult result, OutputFolder folder) {
    for (Metric metric : result.metrics()) {
      List<Interval> rows = new ArrayList<>();
      for (Row row : result.rows()) {
        Estimate e = row.means().get(metric);
        if (e.n() > 0) {
          String from = row.line().baseline() == null ? "" : ", " + row.baseline();
          rows.add(new Interval(row.line().method().title() + from, e.mean(), e.low(), e.high()));
        }
      }
      if (!rows.isEmpty()) {
        String title = metric.label().replace('_', ' ');
        folder.add(
            "evaluation-" + metric.label().replace('_', '-') + ".svg",
            Plots.intervals(title, "mean and 95% interval over patients", rows));
      }
    }
    folder.save();
  }
}
