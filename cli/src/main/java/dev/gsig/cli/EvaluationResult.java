package dev.gsig.cli;

import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.cli.Bootstrap.Estimate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Means, intervals and paired differences of an evaluation. */
final class EvaluationResult {
  /** What everything else is compared with. */
  static final Line REFERENCE = new Line(EvaluatedMethods.IG, SequenceBaselines.ZERO);

  private final List<Row> rows = new ArrayList<>();
  private final boolean ignoresCodes;

  /**
   * One line.
   *
   * @param differences against {@link #REFERENCE}, over the patients where both are defined; empty
   *     where that was not evaluated
   * @param fellBack patients whose constraint could not be met
   */
  record Row(
      Line line, Map<Metric, Estimate> means, Map<Metric, Estimate> differences, int fellBack) {
    String baseline() {
      return line.baseline() == null ? "-" : line.baseline().label();
    }
  }

  EvaluationResult(List<Line> lines, List<Evaluation> patients, Bootstrap bootstrap) {
    int reference = lines.indexOf(REFERENCE);
    ignoresCodes =
        IgnoredCodes.by(
            patients.stream()
                .flatMap(patient -> patient.measures().stream())
                .flatMap(measures -> Stream.of(measures.byL2(), measures.bySigned())));
    for (int i = 0; i < lines.size(); i++) {
      Map<Metric, Estimate> means = new EnumMap<>(Metric.class);
      Map<Metric, Estimate> differences = new EnumMap<>(Metric.class);
      for (Metric metric : Metric.values()) {
        double[] values = values(patients, i, metric);
        means.put(metric, bootstrap.mean(values));
        if (reference >= 0) {
          differences.put(
              metric, bootstrap.difference(values, values(patients, reference, metric)));
        }
      }
      int line = i;
      int fellBack = (int) patients.stream().filter(p -> p.measures().get(line).fellBack()).count();
      rows.add(new Row(lines.get(i), means, differences, fellBack));
    }
  }

  private static double[] values(List<Evaluation> patients, int line, Metric metric) {
    return patients.stream().mapToDouble(p -> metric.of(p.measures().get(line))).toArray();
  }

  /** Whether no removal of codes changed a probability: there is nothing that could be faithful. */
  boolean ignoresCodes() {
    return ignoresCodes;
  }

  List<Row> rows() {
    return rows;
  }
}
