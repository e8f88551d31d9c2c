package dev.gsig.cli;

import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import dev.gsig.cli.Bootstrap.Estimate;
import dev.gsig.cli.EvaluationResult.Row;
import dev.gsig.cli.EvaluationResult.Sanity;
import dev.gsig.cli.table.CsvText;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An evaluation for programs: CSV (RFC 4180) and JSON. */
final class EvaluationFiles {
  static final String SUMMARY = "evaluation.csv";
  static final String JSON = "evaluation.json";
  static final String PATIENTS = "evaluation-patients.csv";

  /** Of the summary. */
  static final String COLUMNS =
      "baseline,method,metric,patients,mean,low,high,median,"
          + "difference_patients,difference,difference_low,difference_high";

  private EvaluationFiles() {}

  /** One line for each method and metric. */
  static String summary(EvaluationResult result) {
    StringBuilder csv = new StringBuilder(COLUMNS).append('\n');
    for (Row row : result.rows()) {
      for (Metric metric : result.metrics()) {
        Estimate mean = row.means().get(metric);
        Estimate difference = row.differences().get(metric);
        csv.append(row.line().baseline() == null ? "" : CsvText.cell(row.baseline()))
            .append(',')
            .append(row.line().method().label())
            .append(',')
            .append(metric.label())
            .append(',')
            .append(mean.n());
        cells(csv, mean.mean(), mean.low(), mean.high(), mean.median());
        if (difference == null) {
          csv.append(",,,,");
        } else {
          csv.append(',').append(difference.n());
          cells(csv, difference.mean(), difference.low(), difference.high());
        }
        csv.append('\n');
      }
    }
    return csv.toString();
  }

  /** One line for each patient and method. */
  static String patients(List<Line> lines, List<Evaluation> patients, List<Metric> metrics) {
    StringBuilder csv = new StringBuilder("subject_id,codes,predicted_class,baseline,method");
    for (Metric metric : metrics) {
      csv.append(',').append(metric.label());
    }
    csv.append('\n');
    for (Evaluation patient : patients) {
      for (int i = 0; i < lines.size(); i++) {
        Line line = lines.get(i);
        csv.append(CsvText.cell(patient.subjectId()))
            .append(',')
            .append(patient.codes())
            .append(',')
            .append(patient.predictedClass())
            .append(',')
            .append(line.baseline() == null ? "" : CsvText.cell(line.baseline().label()))
            .append(',')
            .append(line.method().label());
        for (Metric metric : metrics) {
          cells(csv, metric.of(patient.measures().get(i)));
        }
        csv.append('\n');
      }
    }
    return csv.toString();
  }

  /** Everything about the run, and the rows of the summary. */
  static String json(EvaluationResult result, Setup setup, EvaluationOptions options, int n) {
    Map<String, Object> json = run(setup, options, n);
    json.put("steps", options.steps());
    SampledMetrics sampled = options.sampled();
    if (sampled.removals() > 0) {
      json.put("infidelity_draws", sampled.removals());
    }
    if (sampled.neighbours() > 0) {
      json.put("sensitivity_draws", sampled.neighbours());
      json.put("sensitivity_radius", sampled.radius());
    }
    json.put(IgnoredCodes.KEY, result.ignoresCodes());
    List<Object> rows = new ArrayList<>();
    for (Row row : result.rows()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("baseline", row.line().baseline() == null ? null : row.baseline());
      line.put("method", row.line().method().label());
      line.put("constraint_not_met", row.fellBack());
      for (Metric metric : result.metrics()) {
        Map<String, Object> figures = estimate(row.means().get(metric));
        Estimate difference = row.differences().get(metric);
        figures.put("difference_to_ig_zero", difference == null ? null : estimate(difference));
        line.put(metric.label(), figures);
      }
      if (!row.sanity().isEmpty()) {
        line.put("sanity_check", row.sanity().stream().map(EvaluationFiles::sanity).toList());
      }
      rows.add(line);
    }
    json.put("rows", rows);
    return Json.write(json) + "\n";
  }

  private static Map<String, Object> sanity(Sanity step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("random_down_to", step.part());
    json.put("rank_correlation_signed", estimate(step.signed()));
    json.put("rank_correlation_absolute", estimate(step.absolute()));
    return json;
  }

  /** What the figures depend on. */
  static Map<String, Object> run(Setup setup, EvaluationOptions options, int patients) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("engine", "gsig " + Version.number());
    json.put("model", setup.model().folder().toString());
    json.put("weights_sha256", setup.model().weightsSha256());
    json.put("patients", patients);
    json.put("tabular_baseline", options.tabularBaseline().label());
    if (!options.fixed().isEmpty()) {
      json.put("fixed", options.fixed().stream().sorted().toList());
    }
    json.put("target", options.target().label());
    json.put("class", options.explainedClass());
    json.put("removal", options.removal().label());
    json.put("removal_baseline", options.removalBaseline().label());
    json.put("k_percent", options.percents());
    json.put("seed", options.seed());
    json.put("backend", setup.model().backendDescription());
    json.put("threads", setup.threads());
    return json;
  }

  static Map<String, Object> estimate(Estimate e) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("patients", e.n());
    json.put("mean", number(e.mean()));
    json.put("low", number(e.low()));
    json.put("high", number(e.high()));
    json.put("median", number(e.median()));
    return json;
  }

  /** Six digits, as many as float32 supports. */
  static Double number(double value) {
    return Double.isNaN(value) ? null : Digits.round(value);
  }

  static void cells(StringBuilder csv, double... values) {
    for (double value : values) {
      csv.append(',').append(Double.isNaN(value) ? "" : Json.write(number(value)));
    }
  }
}
