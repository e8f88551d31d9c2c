package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.config.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatientCostTest {
  @BeforeAll
  static void findTheDemo() {
    System.setProperty(BenchmarkModel.HOME, "..");
  }

  @Test
  void patientsAreMeasuredInTurn() {
    List<Trajectory> patients = BenchmarkModel.DEMO.patients().subList(0, 2);
    ExplainOptions quick =
        Options.gsig(2, ThetaCandidates.fixedAt(1), ThetaCandidates.Search.SHARED);
    Explainer explainer = BenchmarkModel.DEMO.explainer(quick);

    assertThat(PatientCost.measure(explainer, patients, 0)).hasSize(1);
    assertThat(PatientCost.measure(explainer, patients, 0.5))
        .hasSizeGreaterThan(1)
        .isSorted()
        .doesNotContain(0);
  }

  @Test
  void syntheticModelsHaveAnyLength(@TempDir Path root) {
    Path folder = SyntheticModel.S.writeTo(root, 20);

    assertThat(ModelConfig.read(folder.resolve("config.json")).maxPositionEmbeddings())
        .isEqualTo(20);
    assertThat(CohortReader.readAll(folder.resolve(SyntheticModel.PATIENTS_FILE)))
        .allSatisfy(
            patient ->
                assertThat(patient.visits().stream().mapToInt(v -> v.codes().size() + 1).sum())
                    .isEqualTo(19));
  }
}
