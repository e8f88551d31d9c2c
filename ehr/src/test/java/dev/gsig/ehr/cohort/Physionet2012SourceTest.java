package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stays of the challenge of 2012, made up, against what a reader of their rows says by hand. */
class Physionet2012SourceTest {
  private static final List<Measurement> NONE = List.of();

  @TempDir Path temp;

  private static Physionet2012Source source(Path folder, int hours, int visitHours, String test) {
    return new Physionet2012Source(folder, hours, visitHours, test, NONE, true);
  }

  private Path cohort(Physionet2012Source source, int bins, String name) {
    Path out = temp.resolve(name);
    CohortBuilder.write(
        source,
        new HospitalMortality(source.hours(), 1),
        new CohortSettings(
            Coding.WHOLE,
            source.measurements(),
            0,
            new Split.Fractions(0.98, 0, 0.02),
            1,
            1,
            bins,
            false),
        out,
        Source.Watcher.NONE);
    return out;
  }

  private static Map<String, Trajectory> lines(Path cohort, String part) {
    Map<String, Trajectory> lines = new TreeMap<>();
    CohortReader.readAll(cohort.resolve(part + ".jsonl"))
        .forEach(line -> lines.put(line.subjectId(), line));
    return lines;
  }

  private static MadeUpIcu three() {
    return new MadeUpIcu()
        .stay(
            "a",
            "11",
            "1",
            "00:00 Age 61",
            "00:00 Gender 1",
            "00:00 Height -1",
            "00:00 ICUType 3",
            "00:00 Weight 80",
            "00:00 HR 90",
            "00:59 HR 95",
            "00:59 HR 93",
            "00:30 MechVent 1",
            "01:10 Weight 81",
            "01:20 Temp -17.8",
            "02:00 HR 0",
            "23:59 SysABP 0",
            "24:00 pH 7.2",
            "47:59 pH 735",
            "48:00 Lactate 4",
            "48:01 Lactate 9")
        .stay(
            "a",
            "12",
            "0",
            "00:00 Age 40",
            "00:00 Gender 0",
            "00:00 Height 165.5",
            "00:00 ICUType 1",
            "00:00 Weight -1",
            "05:00 MechVent 0",
            "05:00 Oops 3",
            "05:00 GCS ",
            "05:00 GCS 15")
        .stay(
            "b",
            "21",
            "1",
            "00:00 Age 90",
            "00:00 Gender -1",
            "00:00 Height 999",
            "00:00 ICUType 4",
            "00:00 Weight 55",
            "30:00 K 4.1")
        .stay("b", "22", "0", "00:00 Age 50");
  }

  @Test
  void aStayByHand() {
    Path out =
        cohort(
            new Physionet2012Source(
                three().tables(temp.resolve("in")), 48, 1, "b", Physionet2012Source.GENERAL, true),
            0,
            "out");

    Map<String, Trajectory> train = lines(out, "train");
    assertThat(train).containsOnlyKeys("11", "12");
    assertThat(train.get("11"))
        .isEqualTo(
            new Trajectory(
                "11",
                List.of(
                    visit("01T00", 61, List.of("p_MECHVENT", "l_HR"), null, 93.0),
                    visit("01T01", 61, List.of("l_WEIGHT"), 81.0),
                    visit("01T02", 61, List.of("l_HR"), 0.0),
                    visit("02T00", 61, List.of("l_PH"), 7.2),
                    visit("02T23", 61, List.of("l_LACTATE"), 4.0)),
                tabular(61, 1.0, null, 81.0, 3),
                1));
    assertThat(train.get("12"))
        .isEqualTo(
            new Trajectory(
                "12",
                List.of(visit("01T05", 40, List.of("l_GCS"), 15.0)),
                tabular(40, 0.0, 165.5, null, 1),
                0));
    assertThat(lines(out, "test"))
        .containsOnly(
            Map.entry(
                "21",
                new Trajectory(
                    "21",
                    List.of(visit("02T06", 90, List.of("l_K"), 4.1)),
                    tabular(90, null, null, 55.0, 4),
                    1)));
    var report = Json.read(out.resolve("cohort-report.json"));
    assertThat(report.object("dropped").toMap())
        .containsOnly(
            Map.entry("Height: not known (-1)", 1L),
            Map.entry("Weight: not known (-1)", 1L),
            Map.entry("Gender: not known (-1)", 1L),
            Map.entry("Height: impossible, below 50 or above 275", 1L),
            Map.entry("Temp: impossible, below 14.2 or above 47", 1L),
            Map.entry("SysABP: impossible, below 1 or above 375", 1L),
            Map.entry("pH: impossible, below 6.3 or above 10", 1L),
            Map.entry("MechVent: not 1, which would say that it is so", 1L),
            Map.entry("GCS: without a number", 1L),
            Map.entry("measurement of a variable that the challenge does not have", 1L),
            Map.entry("measurement after the first 48 hours", 1L));
    assertThat(report.object("rows_read").toMap())
        .containsOnly(
            Map.entry("set a", 28L),
            Map.entry("outcomes a", 2L),
            Map.entry("set b", 9L),
            Map.entry("outcomes b", 2L));
    assertThat(report.objects("steps").stream().map(step -> step.integer("count")))
        .containsExactly(4, 0, 1, 0, 0, 3);
    assertThat(Json.read(out.resolve("descriptions.json")).string("l_K"))
        .isEqualTo("Potassium in serum (mmol/L)");
  }

  private static Visit visit(String hour, double age, List<String> codes, Double... values) {
    return new Visit("2000-01-" + hour + ":00:00", codes, age, null, null, Arrays.asList(values));
  }

  private static Map<String, Double> tabular(
      double age, Double sex, Double height, Double weight, int icu) {
    Map<String, Double> all = new TreeMap<>(Map.of("age", age));
    all.put("sex", sex);
    all.put("height", height);
    all.put("weight", weight);
    List<String> kinds = List.of("coronary", "cardiac_surgery", "medical", "surgical");
    for (int i = 0; i < 4; i++) {
      all.put("icu_" + kinds.get(i), i + 1 == icu ? 1.0 : 0.0);
    }
    all.values().removeIf(value -> value == null);
    return all;
  }

  /** The end of the hours is of the last visit, which may be shorter; nothing after is seen. */
  @ParameterizedTest
  @CsvSource({
    "24, 1, 01T00 01T01 01T23, 3",
    "24, 24, 01T00, 3",
    "23, 5, 01T00, 2",
    "48, 7, 01T00 01T21 02T18, 4",
    "48, 48, 01T00, 4",
    "1, 6, 01T00, 2"
  })
  void visitsAreHours(int hours, int visitHours, String starts, double last) {
    Path out =
        cohort(
            source(
                new MadeUpIcu()
                    .stay("a", "11", "1", "00:10 HR 1", "01:00 HR 2", "24:00 HR 3", "48:00 HR 4")
                    .stay("a", "12", "0", "00:10 HR 1")
                    .stay("a", "13", "0", "00:10 HR 1", "02:00 HR 1")
                    .tables(temp.resolve("in")),
                hours,
                visitHours,
                "none"),
            0,
            "out");
    Trajectory stay =
        Stream.of("train", "test")
            .flatMap(part -> lines(out, part).values().stream())
            .filter(line -> line.subjectId().equals("11"))
            .findFirst()
            .orElseThrow();

    List<String> times = stay.visits().stream().map(v -> v.time().substring(8, 13)).toList();
    assertThat(times).containsExactly(starts.split(" "));
    assertThat(stay.visits().get(times.size() - 1).value(0)).isEqualTo(last);
  }

  /** Not a byte differs, whatever the order of rows, and whether a stay is a file or some rows. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void bothFormsAreOneCohort(int bins) throws IOException {
    MadeUpIcu icu = MadeUpIcu.random(new Random(5));
    List<Path> outs =
        List.of(
            cohort(source(icu.tables(temp.resolve("t")), 40, 2, "b"), bins, "1"),
            cohort(source(icu.files(temp.resolve("f")), 40, 2, "b"), bins, "2"),
            cohort(
                source(icu.shuffle(new Random(6)).tables(temp.resolve("t")), 40, 2, "b"),
                bins,
                "3"),
            cohort(source(icu.files(temp.resolve("f")), 40, 2, "b"), bins, "4"));
    for (Path out : outs) {
      for (String file :
          List.of(
              "train.jsonl",
              "test.jsonl",
              "vocab.json",
              "cohort-report.json",
              bins == 0 ? "values.json" : "bins.json")) {
        assertThat(Files.mismatch(out.resolve(file), outs.get(0).resolve(file)))
            .as("%s of %s", file, out.getFileName())
            .isEqualTo(-1);
      }
    }
    assertThat(lines(outs.get(0), "train")).hasSizeGreaterThan(10);
  }

  @Test
  void tabularFeaturesOfVariablesAndCategories() {
    Path out =
        cohort(
            new Physionet2012Source(
                three().tables(temp.resolve("in")),
                48,
                1,
                "b",
                Measurement.parse("last_hr=HR,micu=ICUType=3"),
                false),
            0,
            "out");

    assertThat(lines(out, "train").get("11").tabular())
        .containsEntry("last_hr", 0.0)
        .containsEntry("micu", 1.0);
    assertThat(lines(out, "train").get("12").tabular())
        .doesNotContainKey("last_hr")
        .containsEntry("micu", 0.0);
    assertThat(lines(out, "train").get("11").visits().get(0).codes())
        .containsExactly("p_MECHVENT", "l_HR");
    assertThat(lines(out, "train").get("11").visits().get(0).values()).isNull();
    assertThat(out.resolve("values.json")).doesNotExist();
  }

  /** A test set is set apart, and the hash divides the others alone. */
  @Test
  void theTestSetIsNeverTrainedOn() {
    MadeUpIcu icu = MadeUpIcu.random(new Random(8));
    Path out = cohort(source(icu.files(temp.resolve("f")), 48, 1, "b"), 0, "out");

    assertThat(lines(out, "test").keySet()).allMatch(id -> Integer.parseInt(id) % 3 == 1);
    assertThat(lines(out, "train").keySet()).noneMatch(id -> Integer.parseInt(id) % 3 == 1);
    assertThat(out.resolve("validation.jsonl")).isEmptyFile();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "measurements-a.csv | 1,0:75,HR,80 | line 2: Time must be hours and minutes",
        "measurements-a.csv | 1,24h,HR,80 | line 2: Time must be hours and minutes",
        "measurements-a.csv | 1,,HR,80 | line 2: Time is empty",
        "measurements-a.csv | ,00:00,HR,80 | line 2: RecordID is empty",
        "measurements-a.csv | 1,00:00,HR,fast | line 2: Value must be a number, but is \"fast\"",
        "measurements-a.csv | 1,00:00,HR,NaN | so there is nothing",
        "measurements-a.csv | 1,00:00,RecordID,2 | RecordID is 2 in the rows of the stay \"1\"",
        "outcomes-a.csv | 1,2 | In-hospital_death must be 1 or 0, but is 2",
        "outcomes-a.csv | 11,1 | a second outcome of the stay \"11\"; remove one",
        "outcomes-a.csv | 12,yes | In-hospital_death must be a whole number, but is \"yes\""
      })
  void refusalsOfRows(String table, String row, String message) throws IOException {
    Path in = new MadeUpIcu().stay("a", "11", "", "00:10 HR 80").tables(temp.resolve("in"));
    if (table.startsWith("outcomes")) {
      Files.write(in.resolve(table), List.of("RecordID,In-hospital_death", "11,0", row));
    } else {
      Files.write(in.resolve(table), List.of("RecordID,Time,Parameter,Value", row));
    }

    assertRefused(in, "none", message);
  }

  private void assertRefused(Path in, String testSet, String message) {
    assertThatThrownBy(() -> cohort(source(in, 48, 1, testSet), 0, "refused"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(temp.resolve("refused")).doesNotExist();
  }

  @Test
  void refusalsOfFolders() throws IOException {
    Path in = Files.createDirectory(temp.resolve("in"));
    assertRefused(temp.resolve("no"), "b", "no such folder");
    assertRefused(in, "b", "has neither a folder set-a nor a table measurements-a.csv.gz");
    Files.writeString(in.resolve("set-a.zip"), "packed");
    assertRefused(in, "b", "has neither a folder set-a");
    Files.createDirectory(in.resolve("set-a"));
    assertRefused(in, "b", "Outcomes-a.txt (or outcomes-a.csv) is missing");
    Files.writeString(in.resolve("Outcomes-a.txt"), "RecordID,In-hospital_death\n1,1\n");
    assertRefused(in, "none", "set-a: has no file of a stay, such as 132539.txt");
    assertRefused(in, "b", "has no set \"b\" to test on, but a; name one of these, or none");
    Files.writeString(in.resolve("measurements-a.csv"), "RecordID,Time,Parameter,Value\n");
    assertRefused(in, "none", "are they the same twice?");
  }

  @Test
  void aStayIsThereOnce() throws IOException {
    MadeUpIcu icu =
        new MadeUpIcu().stay("a", "1", "1", "00:10 HR 80").stay("b", "1", "0", "00:10 HR 80");
    assertRefused(icu.tables(temp.resolve("t")), "b", "the patient \"1\" is there twice");
    assertRefused(icu.files(temp.resolve("f")), "b", "the patient \"1\" is there twice");
    Path ages =
        new MadeUpIcu()
            .stay("a", "1", "1", "00:00 Age 50", "00:00 Age 51")
            .tables(temp.resolve("ages"));
    assertRefused(ages, "none", "the stay \"1\" has another age already");
    Path files = new MadeUpIcu().stay("a", "1", "1", "00:10 HR 80").files(temp.resolve("named"));
    Files.move(files.resolve("set-a/1.txt"), files.resolve("set-a/7.txt"));
    assertRefused(files, "none", "RecordID is 1 in the rows of the stay \"7\"");
  }

  @Test
  void whatIsNoStayIsPassedOverAndWhatHasNoneDropped() throws IOException {
    Path in = three().files(temp.resolve("in"));
    Files.writeString(in.resolve("set-a/.DS_Store"), "");
    Files.writeString(in.resolve("set-a/readme.md"), "");
    Files.writeString(
        in.resolve("Outcomes-b.txt"), "RecordID,In-hospital_death\n21,1\n22,-1\n23,0\n");

    Records records = source(in, 48, 1, "b").read(Source.Watcher.NONE);

    assertThat(records.passedOver)
        .containsExactly("set-a/.DS_Store (hidden)", "set-a/readme.md (of another kind)");
    assertThat(records.dropped).containsEntry("outcome of a stay without measurements", 1L);
    assertThat(records.hospitalDeaths).hasSize(3);
  }

  /** Every variable can be what its limits are, and nothing beyond. */
  @Test
  void limitsAreOfAllVariables() {
    assertThat(IcuVariable.ALL).hasSize(41);
    IcuVariable.ALL.forEach(
        (name, variable) -> {
          assertThat(variable.canBe(variable.least())).as(name).isTrue();
          assertThat(variable.canBe(variable.most())).as(name).isTrue();
          assertThat(variable.canBe(Math.nextDown(variable.least()))).as(name).isFalse();
          assertThat(variable.canBe(Math.nextUp(variable.most()))).as(name).isFalse();
          assertThat(variable.canBe(-1)).as(name).isFalse();
        });
  }
}
