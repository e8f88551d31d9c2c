package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.Explainer.Batching;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Patients who are explained together, and what one of them does to the others. */
@Timeout(60)
class PatientBatchTest {
  private static final Path DEMO = Path.of("..", "demo");

  private final Model model = Model.load(DEMO.resolve("model"), "simd");
  private final List<Trajectory> patients =
      CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, 13);

  private List<Attribution> explainAll(List<Trajectory> cohort, int together, int threads) {
    List<Attribution> results = new ArrayList<>();
    Explainer.of(model, null, Options.zero().steps(4).build(), new Batching(0, together, true))
        .explainAll(cohort, threads, results::add);
    return results;
  }

  /** Its numbers overflow. */
  private static Trajectory unsound(Trajectory patient) {
    Map<String, Double> tabular = new LinkedHashMap<>(patient.tabular());
    tabular.replaceAll((feature, old) -> 1e300);
    return new Trajectory("unsound", patient.visits(), tabular, null);
  }

  /** Most leave early or ask for more than the others; all are as they would be alone. */
  @Test
  void patientsDoNotNeedTheSameNumberOfPasses() {
    List<Attribution> alone = explainAll(patients, 1, 1);
    assertThat(alone.stream().map(a -> a.notes().gradients()).distinct().count()).isGreaterThan(1);
    assertThat(explainAll(patients, 5, 1)).isEqualTo(alone);
    assertThat(explainAll(patients, 16, 1)).isEqualTo(alone);
    assertThat(explainAll(patients, 4, 3)).isEqualTo(alone);
  }

  /** One whose numbers overflow is named, and whoever comes before is delivered. */
  @Test
  void onePatientWhoCannotBeExplainedDoesNotHarmThoseBefore() {
    for (int bad = 0; bad < 5; bad++) {
      List<Trajectory> cohort = new ArrayList<>(patients.subList(0, 5));
      cohort.set(bad, unsound(cohort.get(bad)));
      List<Attribution> results = new ArrayList<>();
      Explainer explainer =
          Explainer.of(model, null, Options.zero().steps(4).build(), new Batching(0, 4, true));
      assertThatThrownBy(() -> explainer.explainAll(cohort, 2, results::add))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("patient \"unsound\"");
      assertThat(results).isEqualTo(explainAll(cohort.subList(0, bad), 1, 1));
    }
  }

  @Test
  void aTaskThatFailsEndsTheWaitOfTheOthers() {
    for (int failing = 0; failing < 4; failing++) {
      int bad = failing;
      model.withWorkspace(
          workspace -> {
            PatientBatch batch = new PatientBatch(new Passes(model, workspace, 3, 0, null));
            assertThatThrownBy(
                    () ->
                        batch.map(
                            List.of(0, 1, 2, 3),
                            i -> {
                              if (i == bad) {
                                throw new IllegalStateException("task " + i);
                              }
                              batch.run(never());
                              return i;
                            }))
                .hasMessage("task " + bad);
            return null;
          });
    }
  }

  private static PathRequest never() {
    return new PathRequest(null, new double[0]) {
      @Override
      void open() {
        throw new AssertionError("not everybody has asked");
      }

      @Override
      void accept(Slice slice, Pass pass) {}
    };
  }

  @Test
  void aPassThatFailsReachesEveryone() {
    model.withWorkspace(
        workspace -> {
          PatientBatch batch = new PatientBatch(new Passes(model, workspace, 3, 0, null));
          List<Throwable> met = new ArrayList<>();
          assertThatThrownBy(
                  () ->
                      batch.map(
                          List.of(0, 1, 2),
                          i -> {
                            try {
                              batch.run(never());
                            } catch (AssertionError e) {
                              synchronized (met) {
                                met.add(e);
                              }
                              throw e;
                            }
                            return i;
                          }))
              .hasMessage("not everybody has asked");
          assertThat(met).hasSize(3);
          return null;
        });
  }
}
