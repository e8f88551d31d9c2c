package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Made-up bulk data of 10,000 patients with their observations, in a JVM with a heap of 1 GiB. */
@Tag("slow")
class LargeFhirTest {
  private static final int PATIENTS = 10_000;

  @TempDir Path temp;

  @Test
  void tenThousandPatientsFitInOneGibibyte() throws Exception {
    Path bulk = Files.createDirectory(temp.resolve("bulk"));
    LargeFhir.write(bulk, PATIENTS);
    Path out = temp.resolve("cohort");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            // as the launcher does
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            LargeFhir.class.getName(),
            bulk.toString(),
            out.toString());

    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();

    JsonObject report = Json.read(out.resolve("cohort-report.json"));
    assertThat(report.object("rows_read").integer("Patient")).isEqualTo(PATIENTS);
    assertThat(report.object("rows_read").integer("Observation"))
        .isEqualTo(PATIENTS * LargeFhir.OBSERVATIONS);
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
