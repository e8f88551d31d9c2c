package dev.gsig.cli;

import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.EvaluationResult.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An evaluation for people. */
final class EvaluationTable {
  private EvaluationTable() {}

  /** Means with their intervals. */
  static List<String> means(EvaluationResult result) {
    Columns table =
        new Columns(
            2,
            "baseline",
            "method",
            "comprehensiveness",
            "sufficiency",
            "l21",
            "gap",
            "(median)",
            "codes for 90%",
            "ms");
    for (Row row : result.rows()) {
      Map<Metric, Estimate> m = row.means();
      table.add(
          Text.escape(row.baseline()),
          row.line().method().title(),
          interval(m.get(Metric.COMPREHENSIVENESS), 1, 3, ""),
          interval(m.get(Metric.SUFFICIENCY), 1, 3, ""),
          interval(m.get(Metric.L21), 1, 2, ""),
          interval(m.get(Metric.GAP), 100, 1, "%"),
          median(m.get(Metric.GAP)),
          interval(m.get(Metric.CODES_FOR_90), 1, 1, ""),
          interval(m.get(Metric.MILLISECONDS), 1, 1, ""));
    }
    return table.lines();
  }

  /** Mean metrics of the ranking by signed scores: those that depend on the ranking only. */
  static List<String> signedMeans(EvaluationResult result) {
    Columns table = new Columns(2, "baseline", "method", "comprehensiveness", "sufficiency");
    for (Row row : result.rows()) {
      table.add(
          Text.escape(row.baseline()),
          row.line().method().title(),
          interval(row.means().get(Metric.SIGNED_COMPREHENSIVENESS), 1, 3, ""),
          interval(row.means().get(Metric.SIGNED_SUFFICIENCY), 1, 3, ""));
    }
    return table.lines();
  }

  /** Paired differences; no line where there is nothing to compare with. */
  static List<String> differences(EvaluationResult result) {
    Columns table =
        new Columns(
            2,
            "baseline",
            "method",
            "comprehensiveness",
            "sufficiency",
            "signed compr.",
            "signed suff.",
            "l21");
    for (Row row : result.rows()) {
      if (row.differences().isEmpty()) {
        return new ArrayList<>();
      }
      if (!row.line().equals(EvaluationResult.REFERENCE)) {
        Map<Metric, Estimate> d = row.differences();
        table.add(
            Text.escape(row.baseline()),
            row.line().method().title(),
            interval(d.get(Metric.COMPREHENSIVENESS), 1, 3, ""),
            interval(d.get(Metric.SUFFICIENCY), 1, 3, ""),
            interval(d.get(Metric.SIGNED_COMPREHENSIVENESS), 1, 3, ""),
            interval(d.get(Metric.SIGNED_SUFFICIENCY), 1, 3, ""),
            interval(d.get(Metric.L21), 1, 2, ""));
      }
    }
    return table.lines();
  }

  private static String interval(Estimate e, double factor, int digits, String unit) {
    if (e.n() == 0) {
      return "-";
    }
    return Text.decimal(factor * e.mean(), digits)
        + unit
        + " ["
        + Text.decimal(factor * e.low(), digits)
        + ", "
        + Text.decimal(factor * e.high(), digits)
        + "]";
  }

  private static String median(Estimate e) {
    return e.n() == 0 ? "-" : Text.percent(e.median());
  }
}
