package dev.gsig.cli;

import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.StudyResult.Cell;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A study for people and for programs. */
final class StudyFiles {
  static final String SURFACES = "study.csv";
  static final String JSON = "study.json";

  /** Of the surfaces. */
  static final String COLUMNS =
      "steps,theta,chosen_by_patients,metric,patients,mean,low,high,median,"
          + "lower_quartile,upper_quartile";

  private StudyFiles() {}

  /** What GS-IG chooses, one line for each number of steps. */
  static List<String> table(StudyResult result) {
    Columns table =
        new Columns(
            0,
            "steps",
            "l21 against theta = 1",
            "gap at 1",
            "gap at chosen",
            "theta",
            "at an edge",
            "compr. (l2)",
            "suff. (l2)",
            "compr. (signed)",
            "suff. (signed)");
    for (StudyResult.Row row : result.rows()) {
      table.add(
          Integer.toString(row.steps()),
          Text.percent(row.l21Change().mean())
              + " ["
              + Text.percent(row.l21Change().low())
              + ", "
              + Text.percent(row.l21Change().high())
              + "]",
          median(row.gapAtOne()),
          median(row.gap()),
          Text.decimal(row.theta().median(), 2),
          Integer.toString(row.atEdge()),
          difference(row.comprehensiveness()),
          difference(row.sufficiency()),
          difference(row.signedComprehensiveness()),
          difference(row.signedSufficiency()));
    }
    return table.lines();
  }

  private static String median(Estimate e) {
    return e.n() == 0 ? "-" : Text.percent(e.median());
  }

  private static String difference(Estimate e) {
    return Text.decimal(e.mean(), 3)
        + " ["
        + Text.decimal(e.low(), 3)
        + ", "
        + Text.decimal(e.high(), 3)
        + "]";
  }

  private static Map<String, Estimate> figures(Cell cell) {
    Map<String, Estimate> figures = new LinkedHashMap<>();
    figures.put("l21", cell.l21());
    figures.put("l21_change", cell.l21Change());
    figures.put("completeness_gap_relative", cell.gap());
    figures.put("comprehensiveness_l2", cell.comprehensiveness());
    figures.put("sufficiency_l2", cell.sufficiency());
    figures.put("comprehensiveness_signed", cell.signedComprehensiveness());
    figures.put("sufficiency_signed", cell.signedSufficiency());
    return figures;
  }

  /** One line for each number of steps, theta and figure. */
  static String surfaces(StudyResult result) {
    StringBuilder csv = new StringBuilder(COLUMNS).append('\n');
    for (Cell cell : result.cells()) {
      figures(cell)
          .forEach(
              (name, e) -> {
                csv.append(cell.steps());
                EvaluationFiles.cells(csv, cell.theta());
                csv.append(',').append(cell.chosen()).append(',').append(name);
                csv.append(',').append(e.n());
                EvaluationFiles.cells(csv, e.mean(), e.low(), e.high(), e.median());
                EvaluationFiles.cells(csv, e.lower(), e.upper());
                csv.append('\n');
              });
    }
    return csv.toString();
  }

  /** Everything about the run, the surfaces, and what GS-IG chooses. */
  static String json(StudyResult result, Setup setup, EvaluationOptions options, boolean exact) {
    Map<String, Object> json = EvaluationFiles.run(setup, options, result.patients());
    json.put("baseline", options.baselines().get(0).label());
    json.put("sums", exact ? "exact" : "shared nodes");
    json.put(IgnoredCodes.KEY, result.ignoresCodes());
    List<Object> surface = new ArrayList<>();
    for (Cell cell : result.cells()) {
      Map<String, Object> point = new LinkedHashMap<>();
      point.put("steps", cell.steps());
      point.put("theta", Digits.round(cell.theta()));
      point.put("chosen_by_patients", cell.chosen());
      figures(cell).forEach((name, e) -> point.put(name, EvaluationFiles.estimate(e)));
      surface.add(point);
    }
    json.put("surface", surface);
    List<Object> chosen = new ArrayList<>();
    for (StudyResult.Row row : result.rows()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("steps", row.steps());
      line.put("l21_change", EvaluationFiles.estimate(row.l21Change()));
      line.put("gap_at_theta_1", EvaluationFiles.estimate(row.gapAtOne()));
      line.put("gap", EvaluationFiles.estimate(row.gap()));
      line.put("theta", EvaluationFiles.estimate(row.theta()));
      line.put("theta_at_edge", row.atEdge());
      line.put("comprehensiveness_l2_change", EvaluationFiles.estimate(row.comprehensiveness()));
      line.put("sufficiency_l2_change", EvaluationFiles.estimate(row.sufficiency()));
      line.put(
          "comprehensiveness_signed_change",
          EvaluationFiles.estimate(row.signedComprehensiveness()));
      line.put("sufficiency_signed_change", EvaluationFiles.estimate(row.signedSufficiency()));
      chosen.add(line);
    }
    json.put("chosen", chosen);
    return Json.write(json) + "\n";
  }
}
