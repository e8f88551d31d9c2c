package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Fixture;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.PatientPath;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.safetensors.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The comparators against a second implementation of each, on models in PyTorch in float64 ({@code
 * tools/fixtures/make_comparator_fixtures.py}). Deviations are relative to the largest entry.
 */
class ComparatorParityTest {
  private static final Path FOLDER = Path.of("src/test/resources/comparators");
  private static final Map<String, Double> WORST = new TreeMap<>();

  @AfterAll
  static void report() {
    WORST.forEach((what, d) -> System.out.printf("comparators, %-24s %.1e%n", what, d));
  }

  @ParameterizedTest
  @CsvSource({
    "multi-label, ejml",
    "multi-label-named, ejml",
    "no-cls-no-unk, ejml",
    "pre-norm-no-residual, ejml",
    "scaled-pooled-norm, ejml",
    "multi-label, simd",
    "multi-label-named, simd",
    "no-cls-no-unk, simd",
    "pre-norm-no-residual, simd",
    "scaled-pooled-norm, simd"
  })
  void agreesWithPyTorch(String name, String backend) {
    double tolerance = backend.equals("ejml") ? 1e-9 : 1e-4;
    Fixture fixture = Fixture.named(name);
    try (Model model = fixture.model(backend);
        Safetensors expected = Safetensors.open(FOLDER.resolve(name + ".safetensors"))) {
      ExplainOptions options = fixture.options();
      Explainer explainer = Explainer.of(model, fixture.baseline(model), options);
      for (int i = 0; i < 2; i++) {
        String p = "p" + i + ".";
        Trajectory patient = fixture.cohort().get(i);
        Consumer<PatientPath> compare =
            path -> {
              Check check = new Check(backend, expected, tolerance, path);
              check.compare(p + "idgi", PathMethods.IDGI, 50);
              check.compare(p + "guided-ig", PathMethods.GUIDED_IG, 50);
              check.compare(p + "guided-ig-free", new GuidedIntegratedGradients(0.25, 1), 50);
              check.compare(p + "dig", PathMethods.DIG, 31);
              check.compare(p + "dig-62", PathMethods.DIG, 62);
              check.shapley(p + "shapley", model.tokenizer().tokenize(patient));
            };
        explainer.withPath(
            patient,
            path -> {
              compare.accept(path);
              return null;
            });
      }
    }
  }

  private record Check(String backend, Safetensors expected, double tolerance, PatientPath path) {
    void compare(String name, PathMethod method, int steps) {
      PathOptions options = PathSettings.steps(method, steps);
      PathResult result = method.attribute(path.gradient(), path.norms(), options);
      compare(name, expected.read(name), result.attribution());
    }

    private void compare(String name, double[] exact, double[] actual) {
      assertThat(actual).as(name).hasSize(exact.length);
      double scale = Arrays.stream(exact).map(Math::abs).max().orElse(0);
      double worst = 0;
      for (int i = 0; i < exact.length; i++) {
        worst = Math.max(worst, Math.abs(actual[i] - exact[i]) / scale);
      }
      WORST.merge(backend + " " + name.substring(3), worst, Math::max);
      assertThat(worst).as("%s on %s", name, backend).isLessThan(tolerance);
    }

    /** Exact values over all coalitions of the players, and those that are sampled. */
    void shapley(String name, TokenSequence sequence) {
      PathGradient gradient = path.gradient();
      ShapleyValues.Game game = new ShapleyValues.Game(gradient, path.norms().groups());
      double[] values = game.atFirstEntries(byCoalitions(game));
      double[] exact = byPlayer(name, sequence);
      double[] actual = byPlayer(values, sequence);
      compare(name, exact, actual);

      PathOptions options = PathSettings.sampling(PathMethods.SHAPLEY, 400, 7);
      PathResult sampled = PathMethods.SHAPLEY.attribute(gradient, path.norms(), options);
      double[] found = byPlayer(sampled.attribution(), sequence);
      double[] errors = byPlayer(sampled.standardErrors(), sequence);
      double scale = Arrays.stream(exact).map(Math::abs).max().orElse(0);
      for (int i = 0; i < exact.length; i++) {
        assertThat(Math.abs(found[i] - exact[i]))
            .as("%s, player %s", name, i)
            .isLessThan(4 * errors[i] + tolerance * scale);
        assertThat(errors[i]).isLessThan(0.1 * scale);
      }
    }

    private double[] byPlayer(String name, TokenSequence sequence) {
      double[] codes = expected.read(name + ".codes");
      return Stream.of(
              Arrays.copyOf(codes, sequence.length()),
              expected.read(name + ".special"),
              expected.read(name + ".tabular"))
          .flatMapToDouble(Arrays::stream)
          .toArray();
    }

    /** Of each position, of the special tokens together, of each tabular value. */
    private double[] byPlayer(double[] values, TokenSequence sequence) {
      double[] codes = new double[sequence.length()];
      double special = 0;
      FeatureGroups groups = path.norms().groups();
      int width = groups.to(0);
      int tabular = expected.read("p0.shapley.tabular").length;
      int rows = values.length - tabular;
      for (int i = 0; i < rows; i++) {
        int j = i / width;
        if (groups.isCounted(j)) {
          codes[j] += values[i];
        } else {
          special += values[i];
        }
      }
      return Stream.of(
              codes, new double[] {special}, Arrays.copyOfRange(values, rows, values.length))
          .flatMapToDouble(Arrays::stream)
          .toArray();
    }

    private double[] byCoalitions(ShapleyValues.Game game) {
      int n = game.players();
      double[][] points = new double[1 << n][path.gradient().size()];
      for (int s = 0; s < points.length; s++) {
        for (int i = 0; i < n; i++) {
          if (((s >> i) & 1) == 1) {
            game.enter(i, points[s]);
          }
        }
      }
      double[] scores = path.gradient().scores(points);
      double[] values = new double[n];
      for (int s = 0; s < (1 << n); s++) {
        double weight = 1.0 / n;
        for (int k = 1; k <= Integer.bitCount(s); k++) {
          weight *= (double) k / (n - k);
        }
        for (int i = 0; i < n; i++) {
          if (((s >> i) & 1) == 0) {
            values[i] += weight * (scores[s | (1 << i)] - scores[s]);
          }
        }
      }
      return values;
    }
  }

  /** A fixture that tests nothing would agree, too. */
  @ParameterizedTest
  @CsvSource({"multi-label", "no-cls-no-unk", "scaled-pooled-norm"})
  void theMethodsDiffer(String name) {
    try (Safetensors expected = Safetensors.open(FOLDER.resolve(name + ".safetensors"))) {
      double[] idgi = expected.read("p1.idgi");
      double[] dig = expected.read("p1.dig");
      double[] guided = expected.read("p1.guided-ig-free");
      double scale = Arrays.stream(dig).map(Math::abs).max().orElse(0);
      assertThat(largest(idgi, dig)).isGreaterThan(0.05 * scale);
      assertThat(largest(guided, dig)).isGreaterThan(0.05 * scale);
      assertThat(largest(expected.read("p1.dig-62"), dig)).isGreaterThan(1e-3 * scale);
      assertThat(Arrays.stream(idgi).sum()).isNotCloseTo(0, within(1e-3));
    }
  }

  private static double largest(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }
}
