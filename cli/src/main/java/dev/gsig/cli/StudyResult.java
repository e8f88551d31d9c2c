package dev.gsig.cli;

import dev.gsig.attribution.evaluation.StepStudy.Curve;
import dev.gsig.attribution.evaluation.StepStudy.Point;
import dev.gsig.cli.Bootstrap.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The surfaces of a study, and what GS-IG chooses on them. */
final class StudyResult {
  private final List<List<Curve>> patients;
  private final Bootstrap bootstrap;
  private final List<Cell> cells = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();

  /**
   * One number of steps and one theta.
   *
   * @param l21Change mean of l21 / l21 at theta = 1 and the same steps, minus 1
   */
  record Cell(
      int steps,
      double theta,
      Estimate l21,
      Estimate l21Change,
      Estimate gap,
      Estimate comprehensiveness,
      Estimate sufficiency,
      Estimate signedComprehensiveness,
      Estimate signedSufficiency,
      int chosen) {}

  /**
   * One number of steps, with the theta that GS-IG chooses for each patient.
   *
   * @param l21Change l21 / l21 at theta = 1, minus 1
   * @param gapAtOne relative completeness gap of theta = 1
   * @param comprehensiveness difference from theta = 1, and so the next three
   * @param atEdge patients whose theta is the smallest or the largest there is
   */
  record Row(
      int steps,
      Estimate l21Change,
      Estimate gapAtOne,
      Estimate gap,
      Estimate theta,
      int atEdge,
      Estimate comprehensiveness,
      Estimate sufficiency,
      Estimate signedComprehensiveness,
      Estimate signedSufficiency) {}

  StudyResult(List<List<Curve>> patients, Bootstrap bootstrap) {
    this.patients = patients;
    this.bootstrap = bootstrap;
    for (int k = 0; k < patients.get(0).size(); k++) {
      rows.add(row(k));
      List<Point> points = patients.get(0).get(k).points();
      Integer[] ascending = new Integer[points.size()];
      Arrays.setAll(ascending, i -> i);
      Arrays.sort(
          ascending, (a, b) -> Double.compare(points.get(a).theta(), points.get(b).theta()));
      for (int i : ascending) {
        cells.add(cell(k, i));
      }
    }
  }

  /** How many patients there are. */
  int patients() {
    return patients.size();
  }

  /** Whether no removal of codes changed a probability: there is nothing that could be faithful. */
  boolean ignoresCodes() {
    return IgnoredCodes.by(
        patients.stream()
            .flatMap(List::stream)
            .flatMap(curve -> curve.points().stream())
            .flatMap(point -> Stream.of(point.byL2(), point.bySigned())));
  }

  /** All surfaces: steps in their order, thetas ascending. */
  List<Cell> cells() {
    return cells;
  }

  /** One row for each number of steps. */
  List<Row> rows() {
    return rows;
  }

  private Estimate mean(int k, Function<Curve, Double> value) {
    return bootstrap.mean(
        patients.stream()
            .map(curves -> value.apply(curves.get(k)))
            .mapToDouble(v -> v == null ? Double.NaN : v)
            .toArray());
  }

  private static Double change(double l21, double reference) {
    return reference == 0 ? null : Double.valueOf(l21 / reference - 1);
  }

  private Cell cell(int k, int i) {
    Curve first = patients.get(0).get(k);
    return new Cell(
        first.steps(),
        first.points().get(i).theta(),
        mean(k, c -> c.points().get(i).l21()),
        mean(k, c -> change(c.points().get(i).l21(), c.one().l21())),
        mean(k, c -> c.points().get(i).relativeGap()),
        mean(k, c -> c.points().get(i).byL2().comprehensiveness()),
        mean(k, c -> c.points().get(i).byL2().sufficiency()),
        mean(k, c -> c.points().get(i).bySigned().comprehensiveness()),
        mean(k, c -> c.points().get(i).bySigned().sufficiency()),
        (int) patients.stream().filter(curves -> curves.get(k).chosen() == i).count());
  }

  private Row row(int k) {
    List<Point> points = patients.get(0).get(k).points();
    double low = points.stream().mapToDouble(Point::theta).min().orElseThrow();
    double high = points.stream().mapToDouble(Point::theta).max().orElseThrow();
    return new Row(
        patients.get(0).get(k).steps(),
        mean(k, c -> change(c.best().l21(), c.one().l21())),
        mean(k, c -> c.one().relativeGap()),
        mean(k, c -> c.best().relativeGap()),
        mean(k, c -> c.best().theta()),
        (int)
            patients.stream()
                .mapToDouble(curves -> curves.get(k).best().theta())
                .filter(t -> t == low || t == high)
                .count(),
        difference(k, p -> p.byL2().comprehensiveness()),
        difference(k, p -> p.byL2().sufficiency()),
        difference(k, p -> p.bySigned().comprehensiveness()),
        difference(k, p -> p.bySigned().sufficiency()));
  }

  private Estimate difference(int k, ToDoubleFunction<Point> value) {
    return mean(k, c -> value.applyAsDouble(c.best()) - value.applyAsDouble(c.one()));
  }
}
