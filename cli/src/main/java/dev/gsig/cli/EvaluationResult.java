package dev.gsig.cli;

import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.attribution.evaluation.SanityCheck;
import dev.gsig.attribution.evaluation.SanityCheck.RankCorrelation;
import dev.gsig.cli.Bootstrap.Estimate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Means, intervals and paired differences of an evaluation. */
final class EvaluationResult {
  /** What everything else is compared with. */
  static final Line REFERENCE = new Line(EvaluatedMethods.IG, SequenceBaselines.ZERO);

  private final List<Metric> metrics;
  private final List<Row> rows = new ArrayList<>();
  private final boolean ignoresCodes;

  /**
   * One line.
   *
   * @param differences against {@link #REFERENCE}, over the patients where both are defined; empty
   *     where that was not evaluated
   * @param fellBack patients whose constraint could not be met
   * @param sanity how alike attributions are that random weights give; empty if not checked
   */
  record Row(
      Line line,
      Map<Metric, Estimate> means,
      Map<Metric, Estimate> differences,
      int fellBack,
      List<Sanity> sanity) {
    String baseline() {
      return line.baseline() == null ? "-" : line.baseline().label();
    }
  }

  /**
   * Rank correlations of attributions before and after.
   *
   * @param part of the weights that was replaced last
   */
  record Sanity(String part, Estimate signed, Estimate absolute) {}

  /**
   * A result.
   *
   * @param metrics those that were measured
   * @param steps of the sanity check; none if there was none
   */
  EvaluationResult(
      List<Line> lines,
      List<Evaluation> patients,
      List<Metric> metrics,
      List<SanityCheck.Step> steps,
      Bootstrap bootstrap) {
    this.metrics = metrics;
    int reference = lines.indexOf(REFERENCE);
    ignoresCodes =
        IgnoredCodes.by(
            patients.stream()
                .flatMap(patient -> patient.measures().stream())
                .flatMap(measures -> Stream.of(measures.byL2(), measures.bySigned())));
    for (int i = 0; i < lines.size(); i++) {
      Map<Metric, Estimate> means = new EnumMap<>(Metric.class);
      Map<Metric, Estimate> differences = new EnumMap<>(Metric.class);
      for (Metric metric : metrics) {
        double[] values = values(patients, i, metric);
        means.put(metric, bootstrap.mean(values));
        if (reference >= 0) {
          differences.put(
              metric, bootstrap.difference(values, values(patients, reference, metric)));
        }
      }
      int line = i;
      int fellBack = (int) patients.stream().filter(p -> p.measures().get(line).fellBack()).count();
      List<Sanity> sanity = steps.stream().map(step -> sanity(step, line, bootstrap)).toList();
      rows.add(new Row(lines.get(i), means, differences, fellBack, sanity));
    }
  }

  private static double[] values(List<Evaluation> patients, int line, Metric metric) {
    return patients.stream().mapToDouble(p -> metric.of(p.measures().get(line))).toArray();
  }

  private static Sanity sanity(SanityCheck.Step step, int line, Bootstrap bootstrap) {
    return new Sanity(
        step.part(),
        bootstrap.mean(values(step, line, RankCorrelation::signed)),
        bootstrap.mean(values(step, line, RankCorrelation::absolute)));
  }

  private static double[] values(
      SanityCheck.Step step, int line, Function<RankCorrelation, Double> which) {
    return step.patients().stream()
        .mapToDouble(
            patient -> Optional.ofNullable(which.apply(patient.get(line))).orElse(Double.NaN))
        .toArray();
  }

  /** The metrics that were measured. */
  List<Metric> metrics() {
    return metrics;
  }

  /** Whether no removal of codes changed a probability: there is nothing that could be faithful. */
  boolean ignoresCodes() {
    return ignoresCodes;
  }

  List<Row> rows() {
    return rows;
  }
}
