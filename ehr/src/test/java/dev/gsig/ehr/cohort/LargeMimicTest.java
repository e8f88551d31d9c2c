package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A made-up MIMIC-IV of full size, in a JVM with a heap of 4 GB. */
@Tag("slow")
class LargeMimicTest {
  private static final int PATIENTS = 300_000;
  private static final int DIAGNOSES = 5_000_000;
  private static final int PRESCRIPTIONS = 15_000_000;

  @TempDir static Path temp;

  @BeforeAll
  static void makeTables() throws IOException {
    LargeMimic.write(temp, PATIENTS, DIAGNOSES, PRESCRIPTIONS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heart-failure", "mortality"})
  void theWholeOfMimicFitsInFourGigabytes(String task) throws Exception {
    Path out = temp.resolve(task);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx4g",
                // as the launcher does
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LargeMimic.class.getName()));
    command.addAll(List.of(temp.toString(), task, out.toString()));

    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();

    JsonObject report = Json.read(out.resolve("cohort-report.json"));
    assertThat(report.object("rows_read").integer("patients")).isEqualTo(PATIENTS);
    assertThat(report.object("rows_read").integer("diagnoses_icd")).isEqualTo(DIAGNOSES);
    assertThat(report.object("rows_read").integer("prescriptions")).isEqualTo(PRESCRIPTIONS);
    int lines = report.object("parts").object("test").integer("lines");
    try (CohortReader reader = CohortReader.open(out.resolve("test.jsonl"))) {
      int read = 0;
      for (var patient : reader) {
        read += patient.hasCodes() ? 1 : 0;
      }
      assertThat(read).isEqualTo(lines).isPositive();
    }
  }
}
