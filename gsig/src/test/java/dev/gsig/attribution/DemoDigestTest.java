package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.DemoDigests.Digest;
import dev.gsig.attribution.Explainer.Batching;
import dev.gsig.attribution.internal.run.CohortRun;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The demo's results have the committed bits, however they were computed. {@code .ci/run} runs this
 * on two JDKs, each with and without the Vector API; {@code -Dgsig.digests=write} writes the
 * committed file anew.
 */
class DemoDigestTest {
  private static final Path DEMO = Path.of("../demo");

  /** Of the matrix; all patients are explained once. */
  private static final int PATIENTS = 12;

  private static List<Trajectory> cohort;

  @BeforeAll
  static void readCohort() {
    cohort = CohortReader.readAll(DEMO.resolve("test.jsonl"));
    if ("write".equals(System.getProperty(DemoDigests.PROPERTY))) {
      DemoDigests.write(explain(USUAL, cohort, 1));
    }
  }

  /** One way of computing. */
  private record Way(String backend, int threads, Batching batching, boolean reversed) {}

  private static final Way USUAL = new Way("simd", 2, Batching.DEFAULT, false);

  static List<Way> ways() {
    Batching usual = Batching.DEFAULT;
    return List.of(
        new Way("simd", 1, usual, false),
        new Way("simd", 2, usual, true),
        new Way("simd", 5, usual, false),
        new Way("simd", 1, new Batching(1, true), false),
        new Way("simd", 2, new Batching(7, true), true),
        new Way("simd", 1, new Batching(50, true), false),
        new Way("simd", 2, new Batching(0, false), false),
        new Way("simd", 5, new Batching(3, false), true),
        new Way("simd", 2, new Batching(0, 2, true), false),
        new Way("simd", 1, new Batching(5, 3, true), true),
        new Way("simd", 5, new Batching(70, 5, false), false),
        new Way("simd-scalar", 2, usual, false),
        new Way("simd-scalar", 5, new Batching(7, 2, false), true),
        new Way("simd-vector", 2, usual, true),
        new Way("simd-vector", 1, new Batching(3, 3, false), false));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theBitsAreTheCommittedOnes(Way way) {
    List<Trajectory> patients = new ArrayList<>(cohort.subList(0, PATIENTS));
    if (way.reversed()) {
      Collections.reverse(patients);
    }
    Map<String, Digest> results = explain(way, patients, 1);
    assertThat(results).hasSize(PATIENTS);
    DemoDigests.assertCommitted(way.toString(), results);
  }

  /** Repeated: what one patient leaves behind does not reach the next. */
  @Test
  void aSecondRunInTheSameModelIsTheSame() {
    DemoDigests.assertCommitted("run twice", explain(USUAL, cohort.subList(0, PATIENTS), 2));
  }

  @Test
  void ofAllPatients() {
    Map<String, Digest> results = explain(USUAL, cohort, 1);
    assertThat(new ArrayList<>(results.keySet()))
        .isEqualTo(new ArrayList<>(DemoDigests.committed().keySet()));
    DemoDigests.assertCommitted("all together", results);
  }

  private static Map<String, Digest> explain(Way way, List<Trajectory> patients, int times) {
    Map<String, Digest> results = new LinkedHashMap<>();
    try (Model model = Model.load(DEMO.resolve("model"), way.backend())) {
      ExplainOptions options = ExplainOptions.DEFAULT;
      Baseline baseline = Baseline.load(DEMO.resolve("model").resolve(Baseline.FILE_NAME));
      Explainer explainer = Explainer.of(model, baseline, options, way.batching());
      for (int time = 0; time < times; time++) {
        results.clear();
        explainer.explainAll(
            patients,
            way.threads(),
            (patient, readings) -> {
              PathAttribution raw = readings.first();
              return Map.entry(raw.trajectory().subjectId(), Digest.of(raw, model, options));
            },
            new CohortRun<>(
                result -> results.put(result.getKey(), result.getValue()), CohortRun.REFUSE));
      }
    }
    return results;
  }
}
