package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo of MIMIC-IV, from its tables and from its events in MEDS. */
class MimicDemoTest {
  private static final Path DATA = Path.of("..", "..", "..", "shared", "data");
  private static final Path HOSP = DATA.resolve("mimic-iv-demo").resolve("hosp");
  private static final Path EVENTS =
      DATA.resolve("mimic-iv-demo-meds").resolve("mimic_iv_demo_meds_events.parquet");

  private final Source tables = new MimicSource(HOSP, Drugs.NAME, List.of());
  private final Source events = new MedsSource(EVENTS, MedsSource.Visits.ADMISSIONS, List.of());

  @TempDir Path temp;

  /** All codes of a kind of each patient, those in no visit included. */
  private static Map<String, List<String>> codes(Records records, char kind) {
    Map<String, List<String>> codes = new TreeMap<>();
    for (int i = 0; i < records.eventVisits.size(); i++) {
      int patient = records.visitPatients.get(records.eventVisits.get(i));
      add(codes, records, patient, records.eventCodes.get(i), kind);
    }
    for (int i = 0; i < records.strayPatients.size(); i++) {
      add(codes, records, records.strayPatients.get(i), records.strayCodes.get(i), kind);
    }
    codes.values().forEach(Collections::sort);
    return codes;
  }

  private static void add(
      Map<String, List<String>> codes, Records records, int patient, int code, char kind) {
    String text = records.codes.text(code);
    if (text.charAt(0) == kind) {
      codes.computeIfAbsent(records.patients.text(patient), id -> new ArrayList<>()).add(text);
    }
  }

  private static int count(Map<String, List<String>> codes) {
    return codes.values().stream().mapToInt(List::size).sum();
  }

  @Test
  void tablesAndEventsGiveTheSamePatientsAndTheSameCohorts() {
    assumeThat(HOSP).exists();
    assumeThat(EVENTS).exists();
    Records fromTables = tables.read(Source.Watcher.NONE);
    Records fromEvents = events.read(Source.Watcher.NONE);

    assertThat(count(codes(fromTables, 'd'))).isEqualTo(4506);
    assertThat(count(codes(fromTables, 'p'))).isEqualTo(722);
    assertThat(codes(fromEvents, 'd')).isEqualTo(codes(fromTables, 'd'));
    assertThat(codes(fromEvents, 'p')).isEqualTo(codes(fromTables, 'p'));
    sameCohorts(fromTables, fromEvents);
  }

  private void sameCohorts(Records fromTables, Records fromEvents) {
    for (Task task :
        List.of(
            new Mortality(365, 365, 1, Mortality.Index.LAST, 1),
            new FirstDiagnosis("hf", CodePatterns.parse(tables.heartFailure()), 1))) {
      Map<String, Trajectory> one = cohort(tables, fromTables, task);
      Map<String, Trajectory> other = cohort(events, fromEvents, task);

      assertThat(other.keySet()).isEqualTo(one.keySet());
      one.forEach(
          (id, patient) -> {
            Trajectory twin = other.get(id);
            assertThat(twin.label()).isEqualTo(patient.label());
            assertThat(twin.tabular()).isEqualTo(patient.tabular());
            assertThat(diagnoses(twin)).isEqualTo(diagnoses(patient));
          });
    }
  }

  private Map<String, Trajectory> cohort(Source source, Records records, Task task) {
    Path out = temp.resolve(source.name() + task.getClass().getSimpleName());
    CohortSettings settings =
        new CohortSettings(Coding.WHOLE, List.of(), 0, new Split.Fractions(0.5, 0.5, 0), 1, 1);
    CohortBuilder.write(source, records, task, settings, out, Source.Watcher.NONE);
    Map<String, Trajectory> patients = new TreeMap<>();
    for (Split split : List.of(Split.TRAIN, Split.VALIDATION)) {
      CohortReader.readAll(out.resolve(split.fileName()))
          .forEach(patient -> patients.put(patient.subjectId(), patient));
    }
    return patients;
  }

  private static List<String> diagnoses(Trajectory patient) {
    List<String> codes = new ArrayList<>();
    for (Visit visit : patient.visits()) {
      for (String code : visit.codes()) {
        if (code.startsWith("d")) {
          codes.add(visit.time() + " " + code);
        }
      }
    }
    Collections.sort(codes);
    return codes;
  }
}
