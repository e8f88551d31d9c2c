package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same patients as tables of Synthea, bulk data of FHIR, an OMOP common data model and a data
 * set in MEDS give the same cohorts where these hold the same facts. Where they do not, the
 * difference is what {@code docs/make-a-cohort.md} says of them, and no other.
 */
class FourSourcesTest {
  private static final Path DATA = Path.of("..", "..", "shared", "data");
  private static final List<String> PARTS =
      List.of("train.jsonl", "validation.jsonl", "test.jsonl");
  private static final String[] HEART_FAILURE = {
    "--task", "heart-failure", "--target-codes", "d_88805009,d_84114007"
  };

  private static final String[] MORTALITY = {"--task", "mortality"};

  /** Whoever is not known to have died is taken to live on, whatever a source says of that. */
  private static final String[] KNOWN_TO_LIVE = {
    "--task", "mortality", "--follow-up-days", "36500"
  };

  @TempDir Path temp;
  private long bmi;
  private final Set<String> inSeveralUnits = new HashSet<>();

  private void write(Path tables) throws IOException, SQLException {
    try (SyntheaElsewhere patients = new SyntheaElsewhere(tables)) {
      patients.writeTables(temp.resolve("synthea"));
      patients.writeMeds(temp.resolve("meds"));
      patients.writeOmop(temp.resolve("omop"));
      bmi = patients.concept("39156-5");
      patients.inSeveralUnits().forEach(code -> inSeveralUnits.add("l_" + code));
    }
    SyntheaAsFhir.write(temp.resolve("synthea"), temp.resolve("fhir"));
  }

  private void writeMadeUp() throws IOException, SQLException {
    Path tables = temp.resolve("tables");
    SyntheaTables.write(tables, 24);
    List<String> measured = Files.readAllLines(tables.resolve("observations.csv"));
    measured.replaceAll(line -> withUnits(line));
    Files.write(tables.resolve("observations.csv"), measured);
    Files.write(
        tables.resolve("procedures.csv"),
        List.of(
            "2001-03-04T10:20:00Z,,p3,p3v1,430193006,Medication Reconciliation",
            "2002-03-04T10:30:00Z,,p4,p4v2,430193006,Medication Reconciliation"),
        StandardOpenOption.APPEND);
    write(tables);
  }

  /** Puts each observation into its year's encounter. */
  private static String withUnits(String line) {
    if (line.startsWith("DATE")) {
      return "DATE,PATIENT,CODE,VALUE,ENCOUNTER,DESCRIPTION,UNITS,TYPE";
    }
    String patient = line.split(",")[1];
    int visit = line.charAt(3) - '0';
    return line + "," + patient + "v" + visit + ",Body mass index,kg/m2,numeric";
  }

  /** Makes a cohort of the source of a name, from the folder of that name. */
  private Path cohort(String source, String... options) {
    Path out = temp.resolve("cohort-" + source);
    List<Object> args = new ArrayList<>(List.of("cohort", source, "--overwrite", "--values"));
    args.addAll(List.of("--input", temp.resolve(source), "--out", out));
    args.addAll(List.of("--seed", "3", "--split", "0.5,0.25,0.25", "--tabular"));
    args.add(
        switch (source) {
          case "omop" -> "bmi=" + bmi;
          case "meds" -> "bmi=LOINC/39156-5";
          default -> "bmi=39156-5";
        });
    if (source.equals("omop")) {
      args.addAll(List.of("--spelling", "codes"));
    }
    args.addAll(Arrays.asList(options));
    Cli.Outcome outcome = Cli.run(args.toArray());
    assertThat(outcome.code()).as(source + ": " + outcome.err()).isZero();
    return out;
  }

  private void assertSame(Path csv, String other, String... options) {
    Path cohort = cohort(other, options);
    List<String> files = new ArrayList<>(PARTS);
    files.addAll(List.of("vocab.json", "values.json", "display.json"));
    for (String file : files) {
      assertThat(cohort.resolve(file)).as(other).hasSameTextualContentAs(csv.resolve(file));
    }
    assertThat(descriptions(cohort).keySet()).as(other).isEqualTo(descriptions(csv).keySet());
  }

  private static Map<String, Object> descriptions(Path cohort) {
    return Json.read(cohort.resolve("descriptions.json")).toMap();
  }

  private static Map<String, Trajectory> lines(Path cohort, String part) {
    Map<String, Trajectory> lines = new TreeMap<>();
    CohortReader.readAll(cohort.resolve(part)).forEach(line -> lines.put(line.subjectId(), line));
    return lines;
  }

  /**
   * A visit as MEDS can tell it: of a SNOMED code not whether it is of a procedure, of a number not
   * its unit.
   */
  private static Map<String, Double> asMeds(Visit visit) {
    Map<String, Double> told = new TreeMap<>();
    for (int i = 0; i < visit.codes().size(); i++) {
      String code = visit.codes().get(i).replaceFirst("^p_", "d_").replaceFirst("^l_LOINC/", "l_");
      told.put(code, visit.values() == null ? null : visit.values().get(i));
    }
    return told;
  }

  /**
   * Visits of the same time are in the order of their codes, which differ. Of what is measured in
   * several units, numbers in others than most are left out elsewhere.
   */
  private void assertSameVisits(String subject, List<Visit> meds, List<Visit> csv) {
    assertThat(inOrder(meds)).as(subject).isEqualTo(inOrder(csv));
  }

  private List<String> inOrder(List<Visit> visits) {
    return visits.stream()
        .map(
            visit -> {
              Map<String, Double> codes = asMeds(visit);
              codes.replaceAll((code, value) -> inSeveralUnits.contains(code) ? null : value);
              return visit.time() + " " + codes;
            })
        .sorted()
        .toList();
  }

  private void assertSameInMeds(Path csv, String... options) {
    Path meds = cohort("meds", options);
    for (String part : PARTS) {
      Map<String, Trajectory> expected = lines(csv, part);
      Map<String, Trajectory> actual = lines(meds, part);
      assertThat(actual).isNotEmpty().containsOnlyKeys(expected.keySet().toArray(String[]::new));
      expected.forEach(
          (subject, line) -> {
            Trajectory same = actual.get(subject);
            assertThat(same.label()).as(subject).isEqualTo(line.label());
            assertThat(same.tabular()).as(subject).isEqualTo(line.tabular());
            assertSameVisits(subject, same.visits(), line.visits());
          });
    }
  }

  private Path labels(Path csv) throws IOException {
    List<String> rows = new ArrayList<>(List.of("subject_id,prediction_time,boolean_value"));
    for (String part : PARTS) {
      lines(csv, part)
          .forEach(
              (subject, line) ->
                  rows.add(
                      subject
                          + ","
                          + line.visits().get(line.visits().size() - 1).time()
                          + ","
                          + (line.label() == 1)));
    }
    return Files.write(temp.resolve("labels.csv"), rows);
  }

  private void assertSameEverywhere(String... options) {
    Path csv = cohort("synthea", options);
    assertSame(csv, "fhir", options);
    assertSame(csv, "omop", options);
    assertSameInMeds(csv, options);
  }

  @Test
  void theSamePatientsGiveTheSameCohorts() throws IOException, SQLException {
    writeMadeUp();

    assertSameEverywhere(HEART_FAILURE);
    assertSameEverywhere(
        "--labels", labels(temp.resolve("cohort-synthea")).toString(), "--min-visits", "1");
    assertSameEverywhere(KNOWN_TO_LIVE);
    assertSame(cohort("synthea", MORTALITY), "omop", MORTALITY);
    for (String other : List.of("fhir", "omop")) {
      assertThat(descriptions(temp.resolve("cohort-" + other)))
          .isEqualTo(descriptions(temp.resolve("cohort-synthea")));
    }
  }

  /**
   * MEDS does not tell how long a subject is known to live. So the moment of who lives may be
   * earlier, of a visit before, or there is none; of who is known to die, nothing differs.
   */
  private void assertDeathsAreSameInMeds() {
    Path csv = cohort("synthea", MORTALITY);
    Path meds = cohort("meds", MORTALITY);
    int earlier = 0;
    for (String part : PARTS) {
      Map<String, Trajectory> expected = lines(csv, part);
      Map<String, Trajectory> actual = lines(meds, part);
      assertThat(expected).containsKeys(actual.keySet().toArray(String[]::new));
      for (Map.Entry<String, Trajectory> line : expected.entrySet()) {
        Trajectory known = line.getValue();
        Trajectory told = actual.get(line.getKey());
        if (known.label() == 1) {
          assertThat(told.label()).isOne();
          assertSameVisits(line.getKey(), told.visits(), known.visits());
        } else if (told != null) {
          assertThat(told.label()).isZero();
          // of visits those that are over by that moment, of these the codes that are known by it
          assertThat(known.visits().stream().map(Visit::time).toList())
              .as(line.getKey())
              .containsSubsequence(told.visits().stream().map(Visit::time).toList());
        }
        earlier += told == null || told.visits().size() < known.visits().size() ? 1 : 0;
      }
    }
    assertThat(earlier).isPositive();
  }

  @Test
  void ofMedsMortalityDiffersForThoseWhoLive() throws IOException, SQLException {
    writeMadeUp();

    assertDeathsAreSameInMeds();
  }

  /** 2,361 patients. */
  @Test
  @Tag("cohort")
  void thoseOfSyntheaGiveTheSameCohorts() throws IOException, SQLException {
    Path tables = DATA.resolve("synthea-2000");
    assumeThat(tables).isDirectory();
    write(tables);

    assertSameEverywhere(HEART_FAILURE);
    assertSameEverywhere(KNOWN_TO_LIVE);
    assertDeathsAreSameInMeds();
  }
}
