package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which codes an integral to 1% in float32 shows first, against 128 points of Gauss-Legendre in
 * float64: for 30 patients of the demo the strongest code and the order of the first five, by the
 * size l2, which the command line and the report sort by, and by the size of the signed effect.
 *
 * <p>What is within the tolerance may change places. The scale is that of the tolerance, which
 * bounds the sum of the errors of all rows by 1% of the sum of all rows' l2, l21: two codes whose
 * l2 is further apart than that cannot change places, for their two errors would have to bridge it.
 * Of signed effects the sum of their sizes stands in the place of l21.
 */
@Tag("slow")
class OrderOfCodesTest {
  private static final Path DEMO = Path.of("../demo");
  private static final int PATIENTS = 30;
  private static final int FIRST = 5;
  private static final double TOLERANCE = 0.01;

  /**
   * How often the two agree without any allowance, and how far apart, of the scale, two codes were
   * at most that changed places.
   */
  private static final class Tally {
    private int strongest;
    private int first;
    private double worst;

    void add(Map<String, Double> reference, Map<String, Double> found) {
      List<String> expected = order(reference);
      List<String> shown = order(found);
      assertThat(shown).hasSameSizeAs(expected);
      strongest += expected.get(0).equals(shown.get(0)) ? 1 : 0;
      int n = Math.min(FIRST, expected.size());
      first += expected.subList(0, n).equals(shown.subList(0, n)) ? 1 : 0;
      double scale = reference.values().stream().mapToDouble(Double::doubleValue).sum();
      for (int i = 0; i < n; i++) {
        for (String behind : expected.subList(i + 1, expected.size())) {
          if (shown.indexOf(expected.get(i)) > shown.indexOf(behind)) {
            double apart = reference.get(expected.get(i)) - reference.get(behind);
            worst = Math.max(worst, apart / scale);
          }
        }
      }
    }

    private static List<String> order(Map<String, Double> sizes) {
      List<String> codes = new ArrayList<>(sizes.keySet());
      codes.sort((a, b) -> Double.compare(sizes.get(b), sizes.get(a)));
      return codes;
    }
  }

  /** A code's occurrences added up, in the order in which they come. */
  private static Map<String, Double> sizes(
      Attribution attribution, ToDoubleFunction<Attribution.Scores> score) {
    Map<String, Double> sizes = new LinkedHashMap<>();
    for (Attribution.TokenScore token : attribution.tokens()) {
      if (token.known()) {
        sizes.merge(token.code(), score.applyAsDouble(token.scores()), Double::sum);
      }
    }
    sizes.replaceAll((code, value) -> Math.abs(value));
    return sizes;
  }

  private static ExplainOptions.Builder options() {
    return ExplainOptions.DEFAULT.toBuilder()
        .method(PathMethods.IG)
        .baselines(SequenceBaselines.MANIFOLD_MEAN_UNPADDED, TabularBaselines.MEAN);
  }

  @Test
  void thirtyPatientsShowTheCodesThatFloat64Shows() {
    List<Trajectory> patients =
        CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, PATIENTS);
    Baseline baseline = Baseline.load(DEMO.resolve("model").resolve(Baseline.FILE_NAME));
    Tally bySize = new Tally();
    Tally bySigned = new Tally();
    try (Model simd = Model.load(DEMO.resolve("model"), "simd");
        Model ejml = Model.load(DEMO.resolve("model"), "ejml")) {
      Explainer quick = Explainer.of(simd, baseline, options().tolerance(TOLERANCE).build());
      Explainer exact =
          Explainer.of(
              ejml, baseline, options().quadrature(Quadrature.GAUSS_LEGENDRE).steps(128).build());
      for (Trajectory patient : patients) {
        Attribution reference = exact.explain(patient);
        Attribution found = quick.explain(patient);
        bySize.add(sizes(reference, Attribution.Scores::l2), sizes(found, Attribution.Scores::l2));
        bySigned.add(
            sizes(reference, Attribution.Scores::signed), sizes(found, Attribution.Scores::signed));
      }
    }
    print("size", bySize);
    print("signed effect", bySigned);
    assertThat(bySize.worst).isLessThanOrEqualTo(TOLERANCE);
    assertThat(bySigned.worst).isLessThanOrEqualTo(TOLERANCE);
  }

  private static void print(String by, Tally tally) {
    System.out.printf(
        "order of codes by %s, integral to 1%% against float64, %d demo patients: the same strongest"
            + " code %d, the same first five in order %d; apart that changed places: %.1e%n",
        by, PATIENTS, tally.strongest, tally.first, tally.worst);
  }
}
