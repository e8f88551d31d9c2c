package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gsig cohort physionet2012} from the outside. */
class IcuCohortCommandTest {
  @TempDir Path temp;
  private Path sets;
  private Path out;

  /** Stays 1 to 20 of set a and 21 to 30 of set b; every third dies; heart rates are 60 + stay. */
  @BeforeEach
  void prepare() throws IOException {
    sets = temp.resolve("sets");
    out = temp.resolve("cohort");
    for (String set : List.of("a", "b")) {
      Path stays = Files.createDirectories(sets.resolve("set-" + set));
      List<String> outcomes = new ArrayList<>(List.of("RecordID,SAPS-I,SOFA,In-hospital_death"));
      for (int stay = set.equals("a") ? 1 : 21; stay <= (set.equals("a") ? 20 : 30); stay++) {
        Files.writeString(
            stays.resolve(stay + ".txt"),
            """
            Time,Parameter,Value
            00:00,RecordID,%1$d
            00:00,Age,70
            00:00,Gender,1
            00:00,Height,180
            00:00,ICUType,2
            00:00,Weight,-1
            01:30,HR,%2$d
            01:30,MechVent,1
            20:00,Weight,80
            20:00,pH,735
            40:00,Lactate,2.5
            """
                .formatted(stay, 60 + stay));
        outcomes.add(stay + ",9,9," + (stay % 3 == 0 ? 1 : 0));
      }
      Files.write(sets.resolve("Outcomes-" + set + ".txt"), outcomes);
    }
  }

  private Cli.Outcome cohort(String... options) {
    List<Object> args = new ArrayList<>(List.of("cohort", "physionet2012", "--input", sets));
    args.addAll(List.of("--out", out, "--split", "0.6,0.3,0.1"));
    args.addAll(Arrays.asList(options));
    return Cli.run(args.toArray());
  }

  @Test
  void valuesOfStays() {
    Cli.Outcome outcome = cohort("--task", "hospital-mortality", "--values");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("30  patients of the source", "30  lines of the cohort")
        .contains("10  in test, 4 (40.0%) label 1")
        .contains("3  codes with values")
        .contains("30  dropped: Weight: not known (-1)")
        .contains("30  dropped: pH: impossible, below 6.3 or above 10");
    List<Trajectory> test = CohortReader.readAll(out.resolve("test.jsonl"));
    assertThat(test)
        .hasSize(10)
        .allSatisfy(
            stay -> {
              int number = Integer.parseInt(stay.subjectId());
              assertThat(number).isBetween(21, 30);
              assertThat(stay.label()).isEqualTo(number % 3 == 0 ? 1 : 0);
              assertThat(stay.visits()).hasSize(3);
              assertThat(stay.visits().get(0).codes()).containsExactly("p_MECHVENT", "l_HR");
              assertThat(stay.visits().get(0).values()).containsExactly(null, 60.0 + number);
              assertThat(stay.tabular())
                  .containsEntry("age", 70.0)
                  .containsEntry("weight", 80.0)
                  .containsEntry("icu_cardiac_surgery", 1.0)
                  .containsEntry("icu_medical", 0.0);
            });
    assertThat(CodeValues.read(out.resolve("values.json")).codes()).contains("l_HR", "l_LACTATE");
  }

  @Test
  void binsOfStays() {
    String[] options = {
      "--task", "hospital-mortality", "--bins", "2", "--hours", "24", "--visit-hours", "12"
    };
    Cli.Outcome outcome = cohort(options);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .containsPattern("(?m)^ +2  codes with bins, of [0-9]+ values in training$")
        .contains("30  dropped: measurement after the first 24 hours");
    double limit = ValueBins.read(out.resolve("bins.json")).limits("l_HR").get(0);
    assertThat(limit).isBetween(60.0, 80.0);
    assertThat(CohortReader.readAll(out.resolve("test.jsonl")))
        .allSatisfy(
            stay ->
                assertThat(stay.visits().stream().map(visit -> visit.codes()))
                    .containsExactly(List.of("p_MECHVENT", "l_HR_q2"), List.of("l_WEIGHT_q1")));
    assertThat(Json.read(out.resolve("descriptions.json")).string("l_HR_q2"))
        .isEqualTo("Heart rate (per minute): above " + (int) limit);
    JsonObject choices = Json.read(out.resolve("cohort-report.json")).object("choices");
    assertThat(choices.integer("bins")).isEqualTo(2);
    assertThat(choices.integer("hours")).isEqualTo(24);
    assertThat(choices.integer("visit_hours")).isEqualTo(12);
    assertThat(choices.string("test_set")).isEqualTo("b");
    assertThat(choices.has("values")).isFalse();
    // with values in their place: the file of before goes
    assertThat(cohort("--task", "hospital-mortality", "--values", "--overwrite").code()).isZero();
    assertThat(out.resolve("bins.json")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--task mortality;--task: 'mortality' is not one of hospital-mortality",
        "--task hospital-mortality --index last;--index is for other tasks; leave it out",
        "--task hospital-mortality --hours 0;--hours must be 1 to 48, but is 0",
        "--task hospital-mortality --hours 49;--hours must be 1 to 48, but is 49",
        "--task hospital-mortality --visit-hours 0;--visit-hours must be at least 1, but is 0",
        "--task hospital-mortality --bins 1;--bins must be 2 to 1000, but is 1",
        "--task hospital-mortality --bins 3 --values;--values is for numbers as they are",
        "--task hospital-mortality --extremes;--extremes are of values: ask for --values or --bins",
        "--task hospital-mortality --test-set c;has no set \"c\" to test on, but a, b",
        "--task hospital-mortality --tabular weight=HR;\"weight\" is there twice; height, weight",
        "--task hospital-mortality --visits days;--visits is for meds; leave it out",
        "--task hospital-mortality --min-visits 9;no patient with the label 0 (0 in all"
      })
  void mistakes(String options, String message) {
    Cli.assertRefused(cohort(options.split(" ")), message);
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"--hours,24", "--visit-hours,2", "--test-set,none"})
  void itsOptionsAreForNoOtherSource(String option, String value) {
    Cli.assertRefused(
        Cli.run(
            "cohort", "meds", "--input", sets, "--out", out, "--task", "mortality", option, value),
        option + " is for physionet2012; leave it out");
  }

  @Test
  void itsTaskIsForNoOtherSource() {
    Cli.assertRefused(
        Cli.run("cohort", "meds", "--input", sets, "--out", out, "--task", "hospital-mortality"),
        "'hospital-mortality' is not one of heart-failure, mortality");
  }
}
