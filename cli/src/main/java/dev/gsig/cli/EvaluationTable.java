package dev.gsig.cli;

import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.EvaluationResult.Row;
import dev.gsig.cli.EvaluationResult.Sanity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

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

  /** Metrics that are estimated from random draws; no line where there are none. */
  static List<String> sampled(EvaluationResult result) {
    List<Metric> metrics =
        Stream.of(Metric.INFIDELITY, Metric.INFIDELITY_NORMALISED, Metric.MAX_SENSITIVITY)
            .filter(result.metrics()::contains)
            .toList();
    if (metrics.isEmpty()) {
      return List.of();
    }
    Stream<String> header = metrics.stream().map(m -> m.label().replace('_', ' '));
    return table(
        result, header, row -> metrics.stream().map(m -> interval(row.means().get(m), 1, 3, "")));
  }

  /**
   * Rank correlations of the sanity check, of signed scores and of their sizes; no line where there
   * was none.
   */
  static List<String> sanity(EvaluationResult result) {
    List<Sanity> steps = result.rows().isEmpty() ? List.of() : result.rows().get(0).sanity();
    if (steps.isEmpty()) {
      return List.of();
    }
    return table(
        result,
        steps.stream().map(Sanity::part),
        row -> row.sanity().stream().map(s -> mean(s.signed()) + ", " + mean(s.absolute())));
  }

  /** A line for each row, with the cells of some columns. */
  private static List<String> table(
      EvaluationResult result, Stream<String> header, Function<Row, Stream<String>> cells) {
    Columns table =
        new Columns(
            2, Stream.concat(Stream.of("baseline", "method"), header).toArray(String[]::new));
    for (Row row : result.rows()) {
      Stream<String> line = Stream.of(row.baseline(), row.line().method().title());
      table.add(Stream.concat(line, cells.apply(row)).toArray(String[]::new));
    }
    return table.lines();
  }

  private static String mean(Estimate e) {
    return e.n() == 0 ? "-" : Text.decimal(e.mean(), 2);
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
