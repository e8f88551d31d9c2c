package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is seen a second before, at and a second after the moment, for every task and source. */
class SameSecondTest {
  private static final String BEFORE = "2150-06-01 07:59:59";
  private static final String AT = "2150-06-01 08:00:00";
  private static final String AFTER = "2150-06-01 08:00:01";

  private enum Asked {
    /** The target's visit begins at the moment. */
    FIRST_DIAGNOSIS(false),
    /** The index visit ends at the moment. */
    MORTALITY(true),
    /** The prediction is made at the moment. */
    LABELS(true);

    private final boolean included;

    Asked(boolean included) {
      this.included = included;
    }
  }

  @TempDir Path temp;

  static Stream<Arguments> tasksAndSources() {
    return Arrays.stream(Asked.values())
        .flatMap(
            asked ->
                Arrays.stream(MadeUpSource.Kind.values())
                    .map(source -> Arguments.of(asked, source)));
  }

  /** Two patients alike but for the label; visits of the second and third end about the moment. */
  private Task tables(Asked asked, MadeUpSource to) throws IOException {
    for (String id : List.of("ill", "well")) {
      boolean ill = id.equals("ill");
      to.patient(id, 2100, asked == Asked.MORTALITY && ill ? "2150-07-01 00:00:01" : "2199-01-01");
      to.visit(id, id + "a", "2150-05-01 08:00:00", "2150-05-02 08:00:00");
      to.drug(id, id + "a", "2150-05-01 09:00:00", "FIRST");
      for (String end : List.of(BEFORE, AT, AFTER)) {
        String stay = id + end.charAt(end.length() - 1);
        to.visit(id, stay, "2150-05-30 08:00:00", end);
        to.drug(id, stay, "2150-05-30 09:00:00", "ENDS" + end.charAt(end.length() - 1));
      }
      for (String time : List.of(BEFORE, AT, AFTER)) {
        to.drug(id, id + "a", time, "CODE" + time.charAt(time.length() - 1));
        to.measure(id, time, time.charAt(time.length() - 1) - '0');
      }
      if (asked == Asked.FIRST_DIAGNOSIS) {
        to.visit(id, id + "x", AT, "2150-06-03 08:00:00");
        to.drug(id, id + "x", "2150-06-02 08:00:00", ill ? "TARGET" : "OTHER");
      } else {
        to.visit(id, id + "x", "2150-05-31 08:00:00", AT);
        to.drug(id, id + "x", AT, "DISCHARGE");
      }
    }
    Path labels = temp.resolve("labels.csv");
    Files.writeString(
        labels,
        "subject_id,prediction_time,boolean_value\nill," + AT + ",true\nwell," + AT + ",false\n");
    return switch (asked) {
      case FIRST_DIAGNOSIS -> new FirstDiagnosis("drug", CodePatterns.parse("m_TARGET"), 1);
      case MORTALITY -> new Mortality(60, 1, Mortality.Index.LAST, 1);
      case LABELS -> new LabelFile(labels, 1);
    };
  }

  private Map<String, Trajectory> cohort(Task task, MadeUpSource tables) {
    return MadeUpMimic.cohort(
        tables.source(temp.resolve("tables")),
        task,
        MadeUpMimic.settings(Coding.WHOLE, MadeUpSource.MEASURED),
        temp.resolve("cohort"));
  }

  @ParameterizedTest
  @MethodSource("tasksAndSources")
  void theSecondOfTheMomentIsSeenWhereTheTaskSaysSo(Asked asked, MadeUpSource.Kind kind)
      throws IOException {
    MadeUpSource source = kind.begin();
    Map<String, Trajectory> cohort = cohort(tables(asked, source), source);

    TreeSet<String> expected = new TreeSet<>(List.of("m_FIRST", "m_ENDS9", "m_CODE9"));
    if (asked.included) {
      expected.addAll(List.of("m_ENDS0", "m_CODE0"));
      expected.addAll(asked == Asked.FIRST_DIAGNOSIS ? List.of() : List.of("m_DISCHARGE"));
    }
    assertThat(cohort).containsOnlyKeys("ill", "well");
    cohort.forEach(
        (id, patient) -> {
          TreeSet<String> codes = new TreeSet<>();
          patient.visits().forEach(visit -> codes.addAll(visit.codes()));
          assertThat(codes).as(id).isEqualTo(expected);
          assertThat(patient.label()).as(id).isEqualTo(id.equals("ill") ? 1 : 0);
          assertThat(patient.tabular())
              .containsEntry("lab", asked.included ? 0.0 : 9.0)
              .containsEntry("age", 50.41);
        });
  }

  /** A code of a date counts from its beginning, a measurement from its last second. */
  @ParameterizedTest
  @EnumSource(MadeUpSource.Kind.class)
  void datesWithoutATime(MadeUpSource.Kind kind) throws IOException {
    MadeUpSource to = kind.begin();
    String[] moments = {
      "2150-05-31 23:59:59", "2150-06-01 00:00:00", "2150-06-01 23:59:58", "2150-06-01 23:59:59"
    };
    StringBuilder labels = new StringBuilder("subject_id,prediction_time,boolean_value\n");
    to.patient("p", 2100, "");
    to.visit("p", "1", "2150-05-01 08:00:00", "2150-05-02 08:00:00");
    to.drug("p", "1", "2150-05-01 08:00:00", "FIRST");
    to.drug("p", "1", "2150-06-01", "DATED");
    to.measure("p", "2150-05-01 08:00:00", 1);
    to.measure("p", "2150-06-01", 2);
    for (int i = 0; i < moments.length; i++) {
      labels.append("p,").append(moments[i]).append(i % 2 == 0 ? ",true\n" : ",false\n");
    }
    Path file = Files.writeString(temp.resolve("labels.csv"), labels);

    Map<String, Trajectory> cohort = cohort(new LabelFile(file, 1), to);

    for (int i = 0; i < moments.length; i++) {
      Trajectory line = cohort.get("p@" + moments[i].replace(' ', 'T'));
      List<String> codes = line.visits().get(0).codes();
      assertThat(codes.contains("m_DATED")).as(moments[i]).isEqualTo(i >= 1);
      assertThat(line.tabular().get("lab")).as(moments[i]).isEqualTo(i == 3 ? 2 : 1);
    }
  }

  /** The age is that at the moment, also where the moment is the last second before a birthday. */
  @ParameterizedTest
  @EnumSource(MadeUpSource.Kind.class)
  void theAgeIsThatAtTheMomentItself(MadeUpSource.Kind kind) {
    MadeUpSource to = kind.begin();
    for (String id : List.of("dead", "alive")) {
      to.patient(id, 2100, id.equals("dead") ? "2150-02-01" : "2199-01-01");
      to.visit(id, id, "2149-12-30 08:00:00", "2149-12-31 23:59:59");
      to.drug(id, id, "2149-12-30 08:00:00", "DRUG");
    }
    to.measure("alive", "2149-12-30 08:00:00", 1);

    Map<String, Trajectory> cohort = cohort(new Mortality(60, 1, Mortality.Index.LAST, 1), to);

    cohort.values().forEach(p -> assertThat(p.tabular().get("age")).isEqualTo(49.99));
    assertThat(cohort).hasSize(2);
  }

  /** An event of MEDS has microseconds; one that comes later in the same second comes later. */
  @ParameterizedTest
  @EnumSource(MadeUpSource.Kind.class)
  void partsOfASecondCount(MadeUpSource.Kind kind) throws IOException {
    MadeUpSource to = kind.begin();
    to.patient("p", 2100, "");
    to.visit("p", "1", "2150-05-01 08:00:00", "2150-05-02 08:00:00");
    to.drug("p", "1", "2150-05-03 08:00:00.000001", "AT");
    to.drug("p", "1", "2150-05-03 08:00:00.000002", "AFTER");
    to.measure("p", "2150-05-03 08:00:00.000001", 1);
    to.measure("p", "2150-05-03 08:00:00.000002", 2);
    Path file =
        Files.writeString(
            temp.resolve("labels.csv"),
            """
            subject_id,prediction_time,boolean_value
            p,2150-05-03T08:00:00.000001,true
            p,2150-05-03T08:00:00.000002,false
            """);

    Map<String, Trajectory> cohort = cohort(new LabelFile(file, 1), to);

    Trajectory at = cohort.get("p@2150-05-03T08:00:00.000001");
    assertThat(at.visits()).extracting(Visit::codes).containsExactly(List.of("m_AT"));
    assertThat(at.tabular()).containsEntry("lab", 1.0);
    assertThat(cohort.get("p@2150-05-03T08:00:00.000002").tabular()).containsEntry("lab", 2.0);
  }
}
