package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gsig cohort} from the outside. */
class CohortCommandTest {
  private static final Path DATA = Path.of("..", "..", "shared", "data");

  @TempDir Path temp;
  private Path tables;
  private Path out;

  @BeforeEach
  void prepare() throws IOException {
    tables = temp.resolve("tables");
    out = temp.resolve("cohort");
    SyntheaTables.write(tables, 12);
  }

  private void table(String name, List<String> rows) throws IOException {
    Files.write(tables.resolve(name + ".csv"), rows);
  }

  private Cli.Outcome cohort(String... options) {
    List<Object> args =
        new ArrayList<>(List.of("cohort", "synthea", "--input", tables, "--out", out));
    args.addAll(List.of("--seed", "3"));
    if (!List.of(options).contains("--split")) {
      args.addAll(List.of("--split", "0.5,0.25,0.25"));
    }
    args.addAll(Arrays.asList(options));
    return Cli.run(args.toArray());
  }

  private List<Trajectory> all() {
    List<Trajectory> lines = new ArrayList<>();
    for (String part : List.of("train", "validation", "test")) {
      lines.addAll(CohortReader.readAll(out.resolve(part + ".jsonl")));
    }
    return lines;
  }

  @Test
  void heartFailureOfSynthea() {
    Cli.Outcome outcome = cohort("--task", "heart-failure", "--tabular", "bmi=39156-5");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("12  patients of the source", "12  lines of the cohort");
    assertThat(outcome.errLines()).singleElement().asString().contains("cohort-report.json");
    assertThat(all())
        .hasSize(12)
        .allSatisfy(
            patient -> {
              int number = Integer.parseInt(patient.subjectId().substring(1));
              assertThat(patient.label()).isEqualTo(number % 3 == 0 ? 1 : 0);
              assertThat(patient.visits()).hasSize(3);
              assertThat(patient.visits().get(0).codes()).containsExactly("d_59621000", "m_314076");
              assertThat(patient.visits().get(0).age()).isEqualTo(50.17);
              assertThat(patient.tabular())
                  .containsEntry("age", 53.16)
                  .containsEntry("sex", 0.0)
                  .containsEntry("bmi", 22.0);
            });
    assertThat(Vocabulary.read(out.resolve("vocab.json")).size()).isEqualTo(7);
    assertThat(Json.read(out.resolve("descriptions.json")).string("m_314076"))
        .isEqualTo("Lisinopril");
  }

  @Test
  void valuesOfSynthea() throws IOException {
    Cli.assertRefused(
        cohort("--task", "heart-failure", "--values"), "observations.csv", "ENCOUNTER");
    assertThat(out).doesNotExist();
    List<String> observations =
        new ArrayList<>(List.of("DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,VALUE,UNITS,TYPE"));
    for (int p = 0; p < 12; p++) {
      for (int v = 0; v < 4; v++) {
        String start = (2000 + v) + "-03-04T10:30:00Z,p" + p + ",p" + p + "v" + v + ",";
        observations.add(start + "39156-5,BMI," + (20 + p + v) + ",kg/m2,numeric");
        observations.add(
            start + "2160-0,Creatinine," + (p == 0 ? "97,umol/L" : "1.1,mg/dL") + ",numeric");
        observations.add(start + "72166-2,Smoking,Never smoked,,text");
      }
    }
    table("observations", observations);

    Cli.Outcome outcome = cohort("--task", "heart-failure", "--values");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    CodeValues values = CodeValues.read(out.resolve("values.json"));
    assertThat(values.codes()).containsExactlyInAnyOrder("l_39156-5", "l_2160-0");
    assertThat(values.sd("l_2160-0")).isZero();
    assertThat(outcome.out())
        .containsPattern("(?m)^ +2  codes with values, [0-9]+ in training$")
        .contains(
            "4  noticed: value of \"l_2160-0\" in umol/l, where most are in mg/dl: left out, the"
                + " code stays",
            "48  dropped: observations: without a number");
    for (Trajectory patient : all()) {
      int number = Integer.parseInt(patient.subjectId().substring(1));
      for (int v = 0; v < 3; v++) {
        assertThat(patient.visits().get(v).codes())
            .containsExactly("d_59621000", "m_314076", "l_2160-0", "l_39156-5");
        assertThat(patient.visits().get(v).values())
            .containsExactly(null, null, number == 0 ? null : 1.1, 20.0 + number + v);
      }
    }
    assertThat(Json.read(out.resolve("descriptions.json")).string("l_39156-5")).isEqualTo("BMI");
    JsonObject report = Json.read(out.resolve("cohort-report.json"));
    assertThat(report.object("choices").raw("values")).isEqualTo(true);
    assertThat(report.object("values").integer("values_of_training"))
        .isEqualTo(values.count("l_39156-5") + values.count("l_2160-0"));
    // without values again: the file of before goes
    assertThat(cohort("--task", "heart-failure", "--overwrite").code()).isZero();
    assertThat(out.resolve("values.json")).doesNotExist();
  }

  /** What is made is what the other commands read. */
  @Test
  void theDemosModelExplainsTheCohort() {
    cohort("--task", "mortality", "--horizon-days", "400");
    Path results = temp.resolve("attributions.jsonl");

    Cli.Outcome outcome =
        Cli.run(
            "explain",
            "--model",
            Path.of("..", "demo", "model"),
            "--cohort",
            out.resolve("test.jsonl"),
            "--out",
            results,
            "--steps",
            "2");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(results).content().contains("\"d_59621000\"");
  }

  @Test
  void mortalityKnowsTheLivingAsLongAsTheRecordGoesOn() {
    assertThat(cohort("--task", "mortality", "--horizon-days", "400").code()).isZero();
    assertThat(all())
        .hasSize(12)
        .allSatisfy(
            patient -> {
              int number = Integer.parseInt(patient.subjectId().substring(1));
              assertThat(patient.label()).isEqualTo(1 - number % 2);
              assertThat(patient.visits()).hasSize(4);
            });
  }

  /** As MEDS keeps labels: a folder of shards. */
  @Test
  void labelsOfAFolder() throws IOException {
    Path labels = Files.createDirectories(temp.resolve("labels/train"));
    String header = "subject_id,prediction_time,boolean_value";
    for (int shard = 0; shard < 2; shard++) {
      List<String> rows = new ArrayList<>(List.of(header));
      for (int p = shard; p < 12; p += 2) {
        rows.add("p" + p + ",2002-06-01T00:00:00," + (p % 3 == 0));
      }
      Files.write(labels.resolve(shard + ".csv"), rows);
    }
    Files.write(labels.resolve("._0.csv"), new byte[] {0, 5, 22, 7});

    Cli.Outcome outcome = cohort("--labels", labels.getParent().toString());

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("12  lines of the cohort")
        .contains("1  files passed over: train/._0.csv (hidden)");
    assertThat(all())
        .hasSize(12)
        .allSatisfy(
            patient -> {
              int number = Integer.parseInt(patient.subjectId().substring(1));
              assertThat(patient.label()).isEqualTo(number % 3 == 0 ? 1 : 0);
              assertThat(patient.visits()).hasSize(3);
            });
  }

  /** Nothing vanishes: rows, visits and values that are not used are told of with their reasons. */
  @Test
  void whatIsNotUsedIsSaid() throws IOException {
    List<String> rows = new ArrayList<>(Files.readAllLines(tables.resolve("conditions.csv")));
    rows.add("2001-01-01,,p1,nowhere,59621000,Condition");
    rows.add("2001-01-01,,stranger,p1v1,59621000,Condition");
    table("conditions", rows);
    table(
        "patients",
        Files.readAllLines(tables.resolve("patients.csv")).stream()
            .map(row -> row.replaceFirst(",F$", ",X"))
            .toList());

    Cli.Outcome outcome = cohort("--task", "mortality", "--horizon-days", "400");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines().map(String::strip))
        .contains(
            "12  lines without sex",
            "1  dropped: conditions: of no known visit",
            "1  dropped: conditions: of a patient who is not in the table of patients",
            "12  noticed: sex that is neither male nor female: taken to be missing",
            "1  noticed: visit without a code: taken for none");
    assertThat(Json.read(out.resolve("cohort-report.json")).object("noticed").keys())
        .containsExactly(
            "sex that is neither male nor female: taken to be missing",
            "visit without a code: taken for none");
  }

  @Test
  void unitsThatDifferAreSaid() throws IOException {
    List<String> rows = new ArrayList<>();
    for (String row : Files.readAllLines(tables.resolve("observations.csv"))) {
      rows.add(
          row + (row.endsWith("VALUE") ? ",UNITS" : row.contains(",p3,") ? ",lb/in2" : ",kg/m2"));
    }
    table("observations", rows);

    Cli.Outcome outcome = cohort("--task", "mortality", "--tabular", "bmi=39156-5");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains(
            "4  noticed: value of \"bmi\" in lb/in2, where most are in kg/m2: taken as it stands");
  }

  @Test
  void aCohortIsReplacedOnlyWhenAsked() throws IOException {
    assertThat(cohort("--task", "mortality").code()).isZero();
    byte[] before = Files.readAllBytes(out.resolve("train.jsonl"));

    Cli.assertRefused(cohort("--task", "heart-failure"), "exists already", "--overwrite");
    assertThat(out.resolve("train.jsonl")).hasBinaryContent(before);
    assertThat(cohort("--task", "heart-failure", "--overwrite").code()).isZero();
    assertThat(Files.readAllBytes(out.resolve("train.jsonl"))).isNotEqualTo(before);
    assertThat(temp.toFile().list()).containsOnly("tables", "cohort");
  }

  private void assertNothingWritten(Cli.Outcome outcome, String... parts) {
    Cli.assertRefused(outcome, parts);
    assertThat(temp.toFile().list()).containsOnly("tables");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--task;stroke;'stroke' is not one of heart-failure, mortality",
        "--min-visits;0;--min-visits must be at least 1",
        "--horizon-days;0;--horizon-days must be 1 to 36500",
        "--split;0.5,0.6;must be three shares that add up to 1",
        "--split;0.5,0.6,x;must be three shares that add up to 1",
        "--index;middle;--index: 'middle' is not one of first, last, random",
        "--target-codes;I50;must begin with d9_, d10_",
        "--tabular;bmi;must be NAME=CODE",
        "--tabular;age=3;is there twice",
        "--code-length;-1;must not be negative",
        "--min-patients;0;not below 1",
        "--labels;x.csv;name a --task, or --labels",
        "--target-codes;d_999;no patient has a code of --target-codes d_999",
        "--horizon-days;365;--horizon-days is for --task mortality; leave it out",
        "--index;last;--index is for --task mortality; leave it out",
        "--follow-up-days;1;--follow-up-days is for --task mortality; leave it out",
        "--visits;days;--visits is for meds; leave it out",
        "--drugs;name;--drugs is for mimic4 and omop; leave it out",
        "--atc-map;x.csv;--atc-map is for mimic4; leave it out",
        "--min-visits;9;no patient with the label 0 (0 in all",
        "--tabular;bmi=99999-9;--tabular bmi=99999-9: no training patient has a value of it"
      })
  void mistakes(String option, String value, String message) {
    assertNothingWritten(
        option.equals("--task")
            ? cohort(option, value)
            : cohort("--task", "heart-failure", option, value),
        message);
  }

  @ParameterizedTest
  @CsvSource({"--target-codes, d10_I50*", "--horizon-days, 30", "--index, first"})
  void labelsAskTheirOwnQuestion(String option, String value) {
    assertNothingWritten(
        cohort("--labels", temp.resolve("labels.csv").toString(), option, value),
        option + " is for a --task; leave it out");
  }

  @Test
  void theSourceMustBeOneOfThose() {
    assertNothingWritten(
        Cli.run("cohort", "i2b2", "--input", tables, "--out", out, "--task", "mortality"),
        "SOURCE: 'i2b2' is not one of mimic4, meds, synthea, physionet2012, omop, fhir");
    assertNothingWritten(
        Cli.run(
            "cohort",
            "mimic4",
            "--input",
            tables,
            "--out",
            out,
            "--task",
            "mortality",
            "--drugs",
            "atc"),
        "--drugs atc and --atc-map FILE need each other");
  }

  @Test
  void tablesThatCannotBeUsed() throws IOException {
    Files.delete(tables.resolve("medications.csv"));
    assertNothingWritten(
        cohort("--task", "mortality"), "the table medications.csv.gz (or .csv) is missing");
    table("medications", List.of("START,STOP,PATIENT,CODE,DESCRIPTION"));
    assertNothingWritten(cohort("--task", "mortality"), "medications.csv: has no column ENCOUNTER");
    table("encounters", List.of("Id,START,STOP,PATIENT", "e,soon,,p1"));
    assertNothingWritten(
        cohort("--task", "mortality"), "encounters.csv, line 2: START must be a time");
    table("patients", List.of("Id,BIRTHDATE,DEATHDATE,GENDER", "p1,,,F", "p1,,,F"));
    assertNothingWritten(cohort("--task", "mortality"), "patients.csv, line 3: the patient \"p1\"");
  }

  /** The system refuses to write more, as it does on a full disk, in the middle of the files. */
  @Tag("process")
  @Test
  void aDiskThatFillsUp() throws Exception {
    assumeThat(Path.of("/bin/bash")).exists();
    List<String> command =
        List.of(
            "/bin/bash",
            "-c",
            // 1 KiB a file; the JVM must not write files of its own
            "ulimit -f 1; exec \"$@\"",
            "bash",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.gsig.cli.Main",
            "cohort",
            "synthea",
            "--input",
            tables.toString(),
            "--task",
            "mortality",
            "--split",
            "0.5,0.25,0.25",
            "--seed",
            "3",
            "--out",
            out.toString());
    Path said = tables.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();

    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    Cli.assertRefused(
        new Cli.Outcome(process.exitValue(), "", Files.readString(said)),
        out + ": cannot be written: File too large; check the disk and the path");
    assertThat(temp.toFile().list()).containsOnly("tables");
  }

  @Test
  void eventsFromParquet() {
    Path events = DATA.resolve("mimic-iv-demo-meds").resolve("mimic_iv_demo_meds_events.parquet");
    assumeThat(events).exists();

    Cli.Outcome outcome =
        Cli.run(
            "cohort",
            "meds",
            "--input",
            events,
            "--task",
            "mortality",
            "--out",
            out,
            "--split",
            "0.5,0.5,0");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("100  patients of the source");
  }

  private static final Path MEDS = Path.of("src", "test", "resources", "meds");

  private Cli.Outcome meds(Object input, Object... options) {
    List<Object> args =
        new ArrayList<>(List.of("cohort", "meds", "--input", input, "--task", "mortality"));
    args.addAll(List.of("--follow-up-days", 36_500, "--out", out));
    args.addAll(Arrays.asList(options));
    return Cli.run(args.toArray());
  }

  /**
   * Who has no death is not known to live behind their last event: "gone" is seen 100 days behind
   * the first visit, "stays" 400.
   */
  @Test
  void whoIsLostToFollowUpIsNoSurvivor() throws IOException {
    StringBuilder events = new StringBuilder("subject_id,time,code\n");
    for (int n = 10; n < 60; n++) {
      events.append("1" + n + ",2001-01-01 00:00:00,ICD10CM/I10\n");
      events.append("1" + n + ",2001-04-11 00:00:00,ICD10CM/E11\n");
      events.append("2" + n + ",2001-01-01 00:00:00,ICD10CM/I10\n");
      events.append("2" + n + ",2002-02-05 00:00:00,ICD10CM/E11\n");
      events.append("3" + n + ",2001-01-01 00:00:00,ICD10CM/I10\n");
      events.append("3" + n + ",2001-05-01 00:00:00,MEDS_DEATH\n");
    }
    Path file = Files.writeString(temp.resolve("events.csv"), events.toString());
    Object[] usual = {
      "cohort", "meds", "--input", file, "--task", "mortality", "--visits", "days", "--out", out
    };

    Cli.Outcome outcome = Cli.run(usual);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("50  left out: death within the horizon not known");
    assertThat(labels()).hasSize(100).containsEntry("210", 0).containsEntry("310", 1);

    List<Object> longer = new ArrayList<>(Arrays.asList(usual));
    longer.addAll(List.of("--follow-up-days", 365, "--overwrite"));
    assertThat(Cli.run(longer.toArray()).code()).isZero();
    assertThat(labels()).hasSize(150).containsEntry("110", 0).containsEntry("310", 1);
  }

  private Map<String, Integer> labels() {
    Map<String, Integer> labels = new HashMap<>();
    all().forEach(patient -> labels.put(patient.subjectId(), patient.label()));
    return labels;
  }

  @Test
  void binaryCodesOfParquetAreText() {
    Cli.Outcome outcome = meds(MEDS.resolve("binary-codes.parquet"));

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Vocabulary.read(out.resolve("vocab.json")).idOf("m_H\u00c9PARINE 5'000 \"U\" A\\B"))
        .isPresent();
  }

  @Test
  void valuesThatAreNoNumbersAreMissingAndCounted() {
    Cli.Outcome outcome =
        meds(MEDS.resolve("nan-values.parquet"), "--tabular", "creatinine=LAB//50912");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("145  dropped: measurement without a value");
    assertThat(all()).anyMatch(patient -> !patient.tabular().containsKey("creatinine"));
  }

  @Test
  void shardsAreFoundBehindLinksAndWhatIsPassedOverIsPrinted() throws IOException {
    Path blobs = Files.createDirectory(temp.resolve("blobs"));
    Files.copy(MEDS.resolve("local-times.parquet"), blobs.resolve("3fa9"));
    Path data = Files.createDirectories(temp.resolve("meds/data"));
    Files.createSymbolicLink(data.resolve("0.PQ"), blobs.resolve("3fa9"));
    Files.writeString(data.resolve("._0.parquet"), "resource fork");
    Files.writeString(data.resolve("_SUCCESS"), "");
    Files.createDirectories(data.resolve(".cache/huggingface"));

    Cli.Outcome outcome = meds(temp.resolve("meds"));

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("80  lines of the cohort")
        .contains("3  files passed over: ._0.parquet (hidden), .cache (hidden), _SUCCESS (hidden)");
  }

  @Test
  void tablesOfAnySpellingAreRead() throws IOException {
    assertThat(cohort("--task", "heart-failure").code()).isZero();
    List<Trajectory> expected = all();
    Path excel = tables.resolve("patients.csv");
    String quoted = Files.readString(excel).replaceAll("([^,\n]+)", "\"$1\"");
    Files.writeString(tables.resolve("PATIENTS.CSV"), "\ufeff" + quoted.replace("\n", "\r\n"));
    Files.delete(excel);
    Files.move(tables.resolve("encounters.csv"), tables.resolve("Encounters.csv.GZ"));
    out = temp.resolve("again");

    Cli.Outcome outcome = cohort("--task", "heart-failure");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(all()).isEqualTo(expected);
  }

  @Test
  void aTableInUtf16IsRefusedByName() throws IOException {
    Path patients = tables.resolve("patients.csv");
    Files.writeString(patients, Files.readString(patients), StandardCharsets.UTF_16);

    Cli.assertRefused(
        cohort("--task", "heart-failure"), "patients.csv: is UTF-16; save it as UTF-8");
  }

  @Test
  void eventsMayComeFromStandardInput() throws IOException {
    String events =
        """
        subject_id,time,code,numeric_value
        1,1950-01-01,MEDS_BIRTH,
        1,2030-01-01 08:00:00,ICD10CM/I10,
        2,1950-01-01,MEDS_BIRTH,
        2,2030-01-01 08:00:00,ICD10CM/I50,
        """;
    Path labels = temp.resolve("labels.csv");
    Files.writeString(
        labels, "subject_id,prediction_time,boolean_value\n1,2031-01-01,0\n2,2031-01-01,true\n");
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(events.getBytes(StandardCharsets.UTF_8)));
      List<String> options = List.of("--visits", "days", "--split", "1,0,0", "--labels");
      List<Object> args = new ArrayList<>(List.of("cohort", "meds", "--input", "-"));
      args.addAll(options);
      args.addAll(List.of(labels, "--out", out));
      Cli.Outcome outcome = Cli.run(args.toArray());

      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(CohortReader.readAll(out.resolve("train.jsonl"))).hasSize(2);
    } finally {
      System.setIn(before);
    }
  }
}
