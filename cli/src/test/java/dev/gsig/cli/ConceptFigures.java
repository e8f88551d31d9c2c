package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.AttributionNorms;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.plots.internal.Curves;
import dev.gsig.plots.internal.Curves.Line;
import dev.gsig.plots.internal.Curves.Panel;
import dev.gsig.plots.internal.Curves.Scale;
import dev.gsig.plots.internal.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** The figures of docs/concepts.md, computed from the demo. */
final class ConceptFigures {
  private static final int PATIENTS = 10;
  private static final int STEPS = 8;
  private static final int POINTS = 33;
  private static final double[] COUNTS = {4, 8, 16, 32, 64, 128};
  private static final double[] TOLERANCES = {0.3, 0.1, 0.03, 0.01, 0.003, 0.001};
  private static final double[] NONE = {};

  private final Model model;
  private final Baseline baseline;
  private final List<Trajectory> patients;

  ConceptFigures(Path demo, Model model) {
    this.model = model;
    this.baseline = Baseline.load(demo.resolve("model").resolve(Baseline.FILE_NAME));
    this.patients = CohortReader.readAll(demo.resolve("test.jsonl")).subList(0, PATIENTS);
  }

  /** Score and slope along the path of the demo's first patient, and what sums of GS-IG take. */
  String path(int millimetres) {
    Along along = new Along();
    explain(patients.get(0), ExplainOptions.DEFAULT.toBuilder().method(along));
    Scale a = Scale.linear("a: 0 is the reference, 1 is the patient");
    Line score = new Line("", along.alphas, along.scores, NONE, NONE);
    List<Panel> panels = new ArrayList<>();
    panels.add(
        new Panel(a, Scale.linear("score, log-odds"), Direction.NONE, Double.NaN, List.of(score)));
    double change = along.scores[along.scores.length - 1] - along.scores[0];
    for (double theta : new double[] {1, 0.3}) {
      Line slope = new Line("g(a)", along.alphas, along.slopes, NONE, NONE);
      Line steps = along.steps(theta);
      String words =
          "slope of the score; the area below it is what is explained, %s, that of the %d steps of"
              + " theta = %s is %s";
      panels.add(
          new Panel(
              a,
              Scale.linear(
                  words.formatted(
                      Text.decimal(change, 2),
                      STEPS,
                      Text.significant(theta),
                      Text.decimal(area(steps), 2))),
              Direction.NONE,
              Double.NaN,
              List.of(slope, steps)));
    }
    return new Curves(
            "The path from the reference to a patient",
            "Patient " + patients.get(0).subjectId() + " of the demo.",
            panels)
        .svg(millimetres);
  }

  /** Below a line of steps. */
  private static double area(Line steps) {
    double area = 0;
    for (int i = 0; i < steps.x().length; i += 2) {
      area += (steps.x()[i + 1] - steps.x()[i]) * steps.y()[i];
    }
    return area;
  }

  /** The median gap over the number of gradients, by rule. */
  String gap(int millimetres) {
    List<Line> lines = new ArrayList<>();
    for (Quadrature rule :
        List.of(Quadrature.RIGHT, Quadrature.TRAPEZOID, Quadrature.GAUSS_LEGENDRE)) {
      lines.add(line(rule.label(), COUNTS, (o, k) -> o.quadrature(rule).steps(k.intValue())));
    }
    lines.add(line("to a tolerance of 30% to 0.1%", TOLERANCES, ExplainOptions.Builder::tolerance));
    lines.add(line("GS-IG", COUNTS, (o, k) -> o.method(PathMethods.GSIG).steps(k.intValue())));
    return new Curves(
            "The completeness gap, and the gradients that it takes",
            "Means of the gradients and medians of the gap, over "
                + PATIENTS
                + " patients of the demo.",
            List.of(
                new Panel(
                    Scale.logarithmic("gradients of a patient, those of the search included"),
                    Scale.logarithmic("relative completeness gap"),
                    Direction.LOWER,
                    Double.NaN,
                    lines)))
        .svg(millimetres);
  }

  /** A line with a point for each setting of integrated gradients. */
  private Line line(
      String name, double[] settings, BiFunction<ExplainOptions.Builder, Double, ?> setting) {
    double[] gradients = new double[settings.length];
    double[] gaps = new double[settings.length];
    for (int i = 0; i < settings.length; i++) {
      ExplainOptions.Builder options = ExplainOptions.DEFAULT.toBuilder().method(PathMethods.IG);
      setting.apply(options, settings[i]);
      List<Attribution> all = patients.stream().map(p -> explain(p, options)).toList();
      gradients[i] = all.stream().mapToInt(a -> a.notes().gradients()).average().orElseThrow();
      double[] sorted =
          all.stream().mapToDouble(Attribution::completenessGapRelative).sorted().toArray();
      gaps[i] = Bootstrap.quantile(sorted, 0.5);
    }
    return new Line(name, gradients, gaps, NONE, NONE);
  }

  private Attribution explain(Trajectory patient, ExplainOptions.Builder options) {
    return Explainer.of(model, baseline, options.build()).explain(patient);
  }

  /** A method that looks along the path, and attributes by Gauss-Legendre. */
  private static final class Along implements PathMethod {
    private final double[] alphas = new double[POINTS];
    private double[] scores;
    private double[] slopes;

    Along() {
      Arrays.setAll(alphas, k -> k / (POINTS - 1.0));
    }

    @Override
    public String label() {
      return "along";
    }

    @Override
    public String description() {
      return "what there is along the path";
    }

    @Override
    public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
      scores = path.scores(alphas);
      slopes =
          Arrays.stream(path.at(alphas))
              .mapToDouble(g -> Arrays.stream(path.attribution(g)).sum())
              .toArray();
      return norms.result(path.attribution(path.integrate(Quadrature.GAUSS_LEGENDRE.rule(16, 1))));
    }

    /** What the sum over {@code a_k = (k / K)^theta} takes the slope for: two points a step. */
    Line steps(double theta) {
      double[] x = new double[2 * STEPS];
      double[] y = new double[2 * STEPS];
      for (int k = 0; k < STEPS; k++) {
        x[2 * k] = StrictMath.pow((double) k / STEPS, theta);
        x[2 * k + 1] = StrictMath.pow((k + 1.0) / STEPS, theta);
        y[2 * k] = slope(x[2 * k + 1]);
        y[2 * k + 1] = y[2 * k];
      }
      return new Line("steps of theta = " + Text.significant(theta), x, y, NONE, NONE);
    }

    /** Linear between the points. */
    private double slope(double point) {
      double at = point * (alphas.length - 1);
      int i = Math.min((int) at, alphas.length - 2);
      return slopes[i] + (at - i) * (slopes[i + 1] - slopes[i]);
    }
  }
}
