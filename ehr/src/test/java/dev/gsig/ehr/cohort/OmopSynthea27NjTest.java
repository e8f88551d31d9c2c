package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * OHDSI's Eunomia data set Synthea27Nj, where it is at hand: the digests are those that {@code
 * tools/omop_cohort.py} prints of its own reading.
 */
class OmopSynthea27NjTest {
  private static final Path TABLES =
      Path.of("..", "..", "shared", "data", "omop-synthea27nj").toAbsolutePath().normalize();

  private static Map<String, Trajectory> cohort(Task task) {
    assumeThat(TABLES).exists();
    OmopSource source =
        new OmopSource(new OmopFolder(TABLES), OmopOptions.DEFAULT, List.of(), true);
    return MadeUpOmop.cohort(source, source.read(Source.Watcher.NONE), task);
  }

  /** Persons by the order of their texts, labels, and the codes of visits with their values. */
  private static String digest(Map<String, Trajectory> lines) {
    StringBuilder text = new StringBuilder();
    lines.keySet().stream()
        .sorted()
        .forEach(
            person -> {
              text.append(person).append(' ').append(lines.get(person).label()).append('\n');
              lines.get(person).visits().forEach(visit -> tell(visit, text));
            });
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void tell(Visit visit, StringBuilder text) {
    for (int i = 0; i < visit.codes().size(); i++) {
      Double value = visit.values() == null ? null : visit.values().get(i);
      text.append(visit.time()).append(' ').append(visit.codes().get(i)).append(' ');
      text.append(value == null ? "" : Long.toString((long) Math.rint(1000 * value))).append('\n');
    }
  }

  @Test
  void mortalityIsThatOfTheReadingInPython() {
    Map<String, Trajectory> lines = cohort(new Mortality(365, 1, Mortality.Index.LAST, 1));

    assertThat(lines).hasSize(27);
    assertThat(digest(lines))
        .isEqualTo("5156ba1ea261a704bff396902a5a8e754f6a08fc1be69f3f1e10967e1ddfb18e");
  }

  @Test
  void aFirstDiagnosisIsThatOfTheReadingInPython() {
    // viral sinusitis
    Map<String, Trajectory> lines =
        cohort(new FirstDiagnosis("sinusitis", CodePatterns.parse("d_40481087"), 1));

    assertThat(lines).hasSize(28);
    assertThat(digest(lines))
        .isEqualTo("2bc2d3b17767ebc1e236f5fc51837ddce89a9ff66718443cab8c5367880fa8cb");
  }
}
