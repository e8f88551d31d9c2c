package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.safetensors.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every number of the committed fixtures, computed by PyTorch in float64 ({@code
 * tools/fixtures/make_parity_fixtures.py}), against the engine. Deviations are relative to the
 * largest entry of the expected tensor.
 */
class ParityTest {
  private static final double[] THETAS = {0.1, 0.569, 1, 2.096, 5};
  private static final Map<String, Double> WORST = new TreeMap<>();

  static Stream<Arguments> cases() {
    return Stream.of("ejml", "simd")
        .flatMap(backend -> Fixture.all().map(f -> Arguments.of(f, backend)));
  }

  @AfterAll
  static void report() {
    WORST.forEach((what, d) -> System.out.printf("parity with PyTorch, %-40s %.1e%n", what, d));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("cases")
  void agreesWithPyTorch(Fixture fixture, String backend) {
    compare(fixture, backend, backend.equals("ejml") ? 1e-9 : 1e-4, Integer.MAX_VALUE);
  }

  /**
   * Holds a backend against the first patients of a fixture; other modules do so with their own.
   */
  static void compare(Fixture fixture, String backend, double tolerance, int patients) {
    Model model = fixture.model(backend);
    Baseline baseline = fixture.baseline(model);
    try (Safetensors expected = fixture.expected()) {
      Check check = new Check(backend, tolerance, expected);
      check.compare(
          "baseline means", "validation.manifold_mean", baseline.rows(Model.SEQUENCE, true));
      check.compare(
          "baseline means",
          "validation.manifold_mean_unpadded",
          baseline.rows(Model.SEQUENCE, false));
      if (model.config().tabular() != null) {
        check.compare("baseline means", "validation.tabular_mean", baseline.entries(Model.TABULAR));
      }
      List<Trajectory> cohort = fixture.cohort();
      for (int i = 0; i < Math.min(patients, cohort.size()); i++) {
        patient(check, "p" + i + ".", fixture, model, baseline, cohort.get(i));
      }
      check.assertNothingFailed();
    }
  }

  private static void patient(
      Check check, String p, Fixture fixture, Model model, Baseline baseline, Trajectory patient) {
    TokenSequence sequence = model.tokenize(patient);
    ExplainOptions options = fixture.options();
    check.compare(
        "input ids",
        p + "input_ids",
        Arrays.stream(sequence.inputIds()).mapToDouble(i -> i).toArray());
    check.compare("logits", p + "logits", model.logits(patient));
    if (model.config().classifier().labels().multiLabel()) {
      check.compare(
          "probabilities of labels",
          p + "probabilities",
          model.predict(patient).labels().stream()
              .mapToDouble(Prediction.Label::probability)
              .toArray());
    }
    Explainer explainer = Explainer.of(model, baseline, options);
    PathAttribution raw = explainer.explainRaw(patient);
    check.compare("explained class", p + "explained_class", raw.explainedClass());
    check.compare("score", p + "score", raw.score());
    check.compare("score", p + "baseline_score", raw.baselineScore());

    double[] atInput = gradientAtInput(explainer, model, patient, sequence);
    check.compareParts("gradient at the input", p + "gradient", p + "tabular_gradient", atInput);
    for (double theta : THETAS) {
      String name = theta == 1 ? "1" : Double.toString(theta).replaceAll("\\.0$", "");
      ExplainOptions fixed = with(options, ThetaCandidates.fixedAt(theta));
      double[] ig = Explainer.of(model, baseline, fixed).explainRaw(patient).values();
      check.compareParts("integrated gradients", p + "ig." + name, p + "ig_tabular." + name, ig);
    }
    curve(check, p, raw.result());
    for (Quadrature q : Quadrature.values()) {
      if (q != Quadrature.RIGHT) {
        quadrature(check, p, q, Explainer.of(model, baseline, with(options, q)), patient);
      }
    }
  }

  private static void quadrature(
      Check check, String p, Quadrature q, Explainer explainer, Trajectory patient) {
    Candidate c = explainer.explainRaw(patient).result().chosen();
    check.compare("quadratures: l21, gap", p + "quadrature." + q.label(), c.l21(), c.gap());
  }

  private static void curve(Check check, String p, PathResult result) {
    List<Candidate> ascending = new ArrayList<>(result.candidates());
    ascending.sort(java.util.Comparator.comparingDouble(Candidate::theta));
    check.compare("theta grid", p + "curve.theta", column(ascending, Candidate::theta));
    check.compare("l21 of the curve", p + "curve.l21", column(ascending, Candidate::l21));
    double scale = ascending.stream().mapToDouble(Candidate::l21).max().orElseThrow();
    check.compareOnScale(
        "gap of the curve", p + "curve.gap", scale, column(ascending, Candidate::gap));
    check.compare("chosen theta", p + "chosen_theta", result.chosen().theta());
  }

  private static double[] column(
      List<Candidate> curve, java.util.function.ToDoubleFunction<Candidate> f) {
    return curve.stream().mapToDouble(f).toArray();
  }

  private static double[] gradientAtInput(
      Explainer explainer, Model model, Trajectory patient, TokenSequence sequence) {
    return model.withWorkspace(
        workspace -> {
          try (ModelPath path = explainer.patients().path(workspace, patient, sequence)) {
            Prediction prediction = model.prediction(path.endLogits());
            path.explain(explainer.patients().scoreFunction(prediction.predictedClass()));
            return Arrays.copyOf(path.at(new double[] {1})[0], path.size());
          }
        });
  }

  private static ExplainOptions with(ExplainOptions o, ThetaCandidates theta) {
    return o.toBuilder().theta(theta, ThetaCandidates.Search.SHARED).build();
  }

  private static ExplainOptions with(ExplainOptions o, Quadrature quadrature) {
    return o.toBuilder()
        .method(PathMethods.IG)
        .quadrature(quadrature)
        .theta(ThetaCandidates.auto(), ThetaCandidates.Search.SHARED)
        .build();
  }

  /** Compares with the expected file and collects what is too far off. */
  private static final class Check {
    private final String backend;
    private final double tolerance;
    private final Safetensors expected;
    private final List<String> failures = new ArrayList<>();

    Check(String backend, double tolerance, Safetensors expected) {
      this.backend = backend;
      this.tolerance = tolerance;
      this.expected = expected;
    }

    void compare(String what, String name, double... actual) {
      double[] e = expected.read(name);
      compare(what, name, Arrays.stream(e).map(Math::abs).max().orElse(0), e, actual);
    }

    void compareOnScale(String what, String name, double scale, double... actual) {
      compare(what, name, scale, expected.read(name), actual);
    }

    /** Rows left out as padding must be zero in the expected tensor. */
    void compareParts(String what, String name, String tabularName, double[] actual) {
      double[] embedded = expected.read(name);
      double[] tabular =
          expected.names().contains(tabularName) ? expected.read(tabularName) : new double[0];
      int rows = actual.length - tabular.length;
      double[] padded = new double[embedded.length];
      System.arraycopy(actual, 0, padded, 0, rows);
      double scale = Arrays.stream(embedded).map(Math::abs).max().orElse(0);
      compare(what, name, scale, embedded, padded);
      double largest = Arrays.stream(tabular).map(Math::abs).max().orElse(0);
      compare(
          what,
          tabularName,
          Math.max(scale, largest),
          tabular,
          Arrays.copyOfRange(actual, rows, actual.length));
    }

    private void compare(String what, String name, double scale, double[] e, double[] actual) {
      if (e.length != actual.length) {
        failures.add(name + ": expected " + e.length + " values, found " + actual.length);
        return;
      }
      double worst = 0;
      for (int i = 0; i < e.length; i++) {
        double d = Math.abs(e[i] - actual[i]) / Math.max(scale, 1e-12);
        worst = d <= worst ? worst : d;
      }
      WORST.merge(backend + ": " + what, worst, Math::max);
      if (!(worst <= tolerance)) {
        failures.add(String.format("%s: %.2e", name, worst));
      }
    }

    void assertNothingFailed() {
      assertThat(failures).as("deviations above %s on %s", tolerance, backend).isEmpty();
    }
  }
}
