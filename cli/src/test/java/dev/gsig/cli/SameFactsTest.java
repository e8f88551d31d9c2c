package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same patients through Synthea's own tables, FHIR, OMOP and MEDS give the same cohort, where
 * the sources hold the same facts. docs/make-a-cohort.md lists what they do not.
 */
class SameFactsTest {
  private static final Path SYNTHEA = Path.of("..", "..", "shared", "data", "synthea-2000");

  @TempDir private Path temp;

  private Map<String, Trajectory> cohort(
      String source, Path input, UnaryOperator<String> name, String... options) {
    Path out = temp.resolve("cohort-" + source);
    List<Object> command =
        new ArrayList<>(
            List.of("cohort", source, "--input", input, "--task", "heart-failure", "--out", out));
    command.addAll(List.of("--target-codes", "d_88805009,d_84114007", "--split", "1,0,0"));
    command.addAll(List.of(options));
    Cli.Outcome outcome = Cli.run(command.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Map<String, Trajectory> patients = new TreeMap<>();
    try (CohortReader reader = CohortReader.open(out.resolve("train.jsonl"))) {
      for (Trajectory patient : reader) {
        String id = name.apply(patient.subjectId());
        patients.put(
            id,
            new Trajectory(
                id,
                patient.visits().stream().map(SameFactsTest::withoutEvents).toList(),
                patient.tabular(),
                patient.label()));
      }
    }
    return patients;
  }

  /** MEDS alone tells of which event a code was made. */
  private static Visit withoutEvents(Visit visit) {
    return new Visit(
        visit.time(), visit.codes(), visit.age(), visit.tokenType(), null, visit.values());
  }

  private void assertSame(Path tables) throws IOException {
    Map<String, Trajectory> own = cohort("synthea", tables, id -> id);
    Path bulk = temp.resolve("bulk");
    SyntheaAsFhir.write(tables, bulk);
    Path meds = temp.resolve("meds");
    SyntheaElsewhere.meds(tables, meds);
    Path omop = temp.resolve("omop");
    Map<String, String> persons = SyntheaElsewhere.omop(tables, omop);

    assertThat(own).isNotEmpty();
    assertThat(cohort("fhir", bulk, id -> id)).isEqualTo(own);
    assertThat(cohort("meds", meds, id -> id)).isEqualTo(own);
    assertThat(cohort("omop", omop, persons::get, "--spelling", "codes", "--drugs", "concept"))
        .isEqualTo(own);
    for (String file : List.of("vocab.json", "descriptions.json")) {
      for (String source : List.of("fhir", "meds", "omop")) {
        assertThat(temp.resolve("cohort-" + source).resolve(file))
            .hasSameTextualContentAs(temp.resolve("cohort-synthea").resolve(file));
      }
    }
  }

  @Test
  void madeUpPatientsAreTheSame() throws IOException {
    Path tables = temp.resolve("tables");
    SyntheaTables.write(tables, 30);

    assertSame(tables);
  }

  /** 2,361 patients, without their procedures: codes of SNOMED CT are conditions in MEDS. */
  @Test
  @Tag("cohort")
  void thoseOfSyntheaAreTheSame() throws IOException {
    assumeTrue(Files.isDirectory(SYNTHEA), "shared data are not here");
    Path tables = Files.createDirectory(temp.resolve("tables"));
    for (String table : List.of("patients", "encounters", "conditions", "medications")) {
      Files.copy(SYNTHEA.resolve(table + ".csv.gz"), tables.resolve(table + ".csv.gz"));
    }
    Files.writeString(
        tables.resolve("procedures.csv"), "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n");
    Files.writeString(tables.resolve("observations.csv"), "DATE,PATIENT,CODE,VALUE\n");

    assertSame(tables);
  }
}
