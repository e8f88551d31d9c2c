package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CodeGroups;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole data set in MEDS: what stands in {@code metadata} beside its events, and labels. */
class MedsDatasetTest {
  private static final int PATIENTS = 20;

  @TempDir Path temp;

  @BeforeEach
  void prepare() throws IOException, SQLException {
    List<String> events = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int p = 0; p < PATIENTS; p++) {
      events.add("(" + p + ", TIMESTAMP '1950-01-01', 'MEDS_BIRTH', NULL)");
      events.add("(" + p + ", TIMESTAMP '2010-01-02', 'ICD10CM/I50.9', NULL)");
      events.add("(" + p + ", TIMESTAMP '2010-01-02', 'ICD10CM/E11.9', NULL)");
      events.add("(" + p + ", TIMESTAMP '2010-01-02', 'RxNorm/314076', NULL)");
      events.add("(" + p + ", TIMESTAMP '2010-01-02', 'LAB//50912//mg/dL', 1.5)");
      labels.add(
          "("
              + p
              + ", TIMESTAMP '2010-06-01', "
              + p % 2
              + " = 1, "
              + p % 3
              + ", "
              + "'"
              + List.of("stays", "goes home", "dies").get(p % 3)
              + "', "
              + p
              + " / 7.0)");
    }
    Files.createDirectories(temp.resolve("meds/data/0"));
    Files.createDirectories(temp.resolve("meds/metadata"));
    run(
        "CREATE TABLE e(subject_id BIGINT, time TIMESTAMP, code VARCHAR, numeric_value FLOAT)",
        "INSERT INTO e VALUES " + String.join(", ", events),
        copy("e", "meds/data/0/0"),
        "CREATE TABLE c(code VARCHAR, description VARCHAR, parent_codes VARCHAR[])",
        "INSERT INTO c VALUES ('ICD10CM/I50.9', 'Heart failure', ['ICD10CM/I50']),"
            + " ('ICD10CM/I50', 'Failing hearts', []),"
            + " ('ICD10CM/E11.9', 'Diabetes, type 2', ['SNOMED/44054006', 'ICD10CM/E11']),"
            + " ('LAB//50912//mg/dL', 'Creatinine', NULL)",
        copy("c", "meds/metadata/codes"),
        "CREATE TABLE s AS SELECT i AS subject_id, CASE WHEN i < 8 THEN 'held_out' WHEN i < 12 THEN"
            + " 'tuning' WHEN i < 18 THEN 'train' ELSE 'elsewhere' END AS split FROM range(19) r(i)",
        copy("s", "meds/metadata/subject_splits"),
        "CREATE TABLE l(subject_id BIGINT, prediction_time TIMESTAMP, boolean_value BOOLEAN,"
            + " integer_value BIGINT, categorical_value VARCHAR, float_value DOUBLE)",
        "INSERT INTO l VALUES " + String.join(", ", labels));
    Files.writeString(
        temp.resolve("meds/metadata/dataset.json"),
        "{\"dataset_name\":\"MADE-UP\",\"dataset_version\":\"2\",\"meds_version\":\"0.4.1\"}");
    for (String kind : List.of("boolean", "integer", "categorical", "float")) {
      Files.createDirectories(temp.resolve(kind + "/task/train"));
      run(
          "COPY (SELECT subject_id, prediction_time, "
              + kind
              + "_value FROM l) TO '"
              + temp
              + "/"
              + kind
              + "/task/train/0.parquet' (FORMAT parquet)");
    }
  }

  private String copy(String table, String to) {
    return "COPY " + table + " TO '" + temp + "/" + to + ".parquet' (FORMAT parquet)";
  }

  private final List<String> schema = new ArrayList<>();

  /** Each run is a database of its own, which has what those before it made. */
  private void run(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (String each : schema) {
        statement.execute(each);
      }
      for (String each : statements) {
        statement.execute(each);
        if (!each.startsWith("COPY")) {
          schema.add(each);
        }
      }
    }
  }

  private Cli.Outcome cohort(String labels, String... more) {
    List<Object> command =
        new ArrayList<>(
            List.of("cohort", "meds", "--input", temp.resolve("meds"), "--visits", "days"));
    command.addAll(List.of("--labels", temp.resolve(labels), "--out", temp.resolve("cohort")));
    command.addAll(List.of(more));
    return Cli.run(command.toArray());
  }

  private Map<String, Integer> part(String name) {
    Map<String, Integer> labels = new TreeMap<>();
    try (CohortReader reader = CohortReader.open(temp.resolve("cohort/" + name + ".jsonl"))) {
      for (Trajectory patient : reader) {
        labels.put(patient.subjectId(), patient.label());
      }
    }
    return labels;
  }

  @Test
  void metadataTellWhatCodesAreAndWhichSubjectsAreWhere() {
    Cli.Outcome outcome = cohort("boolean", "--values");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("parts, as the source's subject_splits has them")
        .contains("2  left out: in no split of the source that is train, tuning or held_out");
    assertThat(part("test")).hasSize(8).containsEntry("0", 0).containsEntry("7", 1);
    assertThat(part("validation")).containsOnlyKeys("10", "11", "8", "9");
    assertThat(part("train")).containsOnlyKeys("12", "13", "14", "15", "16", "17");
    JsonObject descriptions = Json.read(temp.resolve("cohort/descriptions.json"));
    assertThat(descriptions.toMap())
        .containsOnly(
            Map.entry("d10_I509", "Heart failure"),
            Map.entry("d10_E119", "Diabetes, type 2"),
            Map.entry("l_LAB//50912//MG/DL", "Creatinine"));
    CodeGroups groups = CodeGroups.read(temp.resolve("cohort/code-groups.jsonl"));
    assertThat(groups.groupOf("d10_I509")).isEqualTo("Failing hearts");
    assertThat(groups.groupOf("d10_E119")).isEqualTo("SNOMED/44054006");
    assertThat(groups.groupOf("m_314076")).isNull();
    JsonObject report = Json.read(temp.resolve("cohort/cohort-report.json"));
    assertThat(
            report.object("noticed").integer("code with several parents: the first is its group"))
        .isOne();
    assertThat(report.object("choices").string("split")).isEqualTo("subject_splits");
    assertThat(report.object("choices").object("dataset").string("dataset_version")).isEqualTo("2");
  }

  /** The folder of the events alone may be named, and shares may be asked for. */
  @Test
  void sharesAreAskedForInPlaceOfTheSplits() {
    Cli.Outcome outcome =
        Cli.run(
            "cohort",
            "meds",
            "--input",
            temp.resolve("meds/data"),
            "--visits",
            "days",
            "--split",
            "1,0,0",
            "--labels",
            temp.resolve("boolean"),
            "--out",
            temp.resolve("cohort"));

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(part("train")).hasSize(PATIENTS);
    assertThat(temp.resolve("cohort/code-groups.jsonl")).exists();
  }

  @Test
  void wholeNumbersAreClasses() {
    Cli.Outcome outcome = cohort("integer", "--split", "0.5,0.25,0.25");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).containsPattern("in train, \\d+ label 0, \\d+ label 1, \\d+ label 2");
    Map<String, Integer> all = part("train");
    all.putAll(part("validation"));
    all.putAll(part("test"));
    for (int p = 0; p < PATIENTS; p++) {
      assertThat(all).containsEntry(String.valueOf(p), p % 3);
    }
  }

  @Test
  void categoriesAreClassesWithNames() {
    Cli.Outcome outcome = cohort("categorical", "--split", "1,0,0");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("label 0 is \"dies\"", "label 2 is \"stays\"");
    assertThat(part("train"))
        .containsEntry("0", 2)
        .containsEntry("1", 1)
        .containsEntry("2", 0)
        .containsEntry("3", 2);
    assertThat(Json.read(temp.resolve("cohort/display.json")).object("classes").toMap())
        .containsOnly(Map.entry("0", "dies"), Map.entry("1", "goes home"), Map.entry("2", "stays"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "float_value|1,2010-06-01,0.5;"
            + "has none of boolean_value, integer_value and categorical_value, but float_value",
        "boolean_value,float_value|1,2010-06-01,,0.5;line 2: float_value is a number, and no class",
        "integer_value,categorical_value|1,2010-06-01,1,a;"
            + "line 2: has integer_value and categorical_value, both",
        "integer_value|1,2010-06-01,-1;line 2: integer_value must be the number of a class",
        "integer_value|1,2010-06-01,1000;line 2: integer_value must be the number of a class",
        "integer_value,categorical_value|1,2010-06-01,1,|2,2010-06-01,,a;"
            + "line 3: some labels are categories, and some are not",
        "boolean_value|1,2010-06-01,maybe;line 2: the label must be true, false, 1 or 0",
      })
  void labelsThatAreNoClassesAreRefused(String rows, String why) throws IOException {
    Files.writeString(
        temp.resolve("labels.csv"),
        ("subject_id,prediction_time," + rows + "\n").replace('|', '\n'));

    Cli.Outcome outcome = cohort("labels.csv");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(why).doesNotContain("\tat ");
    assertThat(temp.resolve("cohort")).doesNotExist();
  }

  @Test
  void aSubjectOfTwoSplitsIsRefused() throws IOException {
    Files.delete(temp.resolve("meds/metadata/subject_splits.parquet"));
    Files.writeString(
        temp.resolve("meds/metadata/subject_splits.csv"), "subject_id,split\n1,train\n1,tuning\n");

    Cli.Outcome outcome = cohort("boolean");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("the subject \"1\" is in \"train\" already");
  }
}
