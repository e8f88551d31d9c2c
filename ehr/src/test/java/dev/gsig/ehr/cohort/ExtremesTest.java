package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lowest and highest values of a visit, beside the last. */
class ExtremesTest {
  @TempDir Path temp;

  private Path cohort(Path in, int visitHours, int bins, boolean extremes, String name) {
    Path out = temp.resolve(name);
    CohortBuilder.write(
        new Physionet2012Source(in, 48, visitHours, "b", List.of(), true),
        new HospitalMortality(48, 1),
        new CohortSettings(
            Coding.WHOLE, List.of(), 0, new Split.Fractions(1, 0, 0), 1, 1, bins, extremes),
        out,
        Source.Watcher.NONE);
    return out;
  }

  private static MadeUpIcu two() {
    return new MadeUpIcu()
        .stay(
            "a",
            "11",
            "1",
            "00:00 HR 90",
            "00:10 HR 120",
            "00:20 HR 70",
            "00:30 HR 80",
            "00:40 MechVent 1",
            "00:50 MechVent 1",
            "01:00 K 4.1",
            "25:00 HR 60",
            "25:10 HR 60")
        .stay("a", "12", "0", "00:00 HR 100")
        .stay("b", "21", "0", "00:00 HR 100")
        .stay("b", "22", "1", "00:00 HR 100");
  }

  private static Visit visitOf(Path cohort, int number) {
    return CohortReader.readAll(cohort.resolve("train.jsonl")).stream()
        .filter(line -> line.subjectId().equals("11"))
        .findFirst()
        .orElseThrow()
        .visits()
        .get(number);
  }

  /** What was measured once has none, and neither has what is no measurement. */
  @Test
  void aStayByHand() {
    Path out = cohort(two().tables(temp.resolve("in")), 24, 0, true, "out");

    Visit first = visitOf(out, 0);
    assertThat(first.codes()).containsExactly("p_MECHVENT", "l_HR", "l_HR_low", "l_HR_high", "l_K");
    assertThat(first.values()).containsExactly(null, 80.0, 70.0, 120.0, 4.1);
    Visit second = visitOf(out, 1);
    assertThat(second.codes()).containsExactly("l_HR", "l_HR_low", "l_HR_high");
    assertThat(second.values()).containsExactly(60.0, 60.0, 60.0);
    Map<String, Object> words = Json.read(out.resolve("descriptions.json")).toMap();
    assertThat(words)
        .containsEntry("l_HR", "Heart rate (per minute)")
        .containsEntry("l_HR_low", "Heart rate (per minute), lowest of the visit")
        .containsEntry("l_HR_high", "Heart rate (per minute), highest of the visit")
        .doesNotContainKey("l_K_low");
    assertThat(Json.read(out.resolve("vocab.json")).toMap())
        .containsKeys("l_HR", "l_HR_low", "l_HR_high", "l_K")
        .doesNotContainKeys("l_K_low", "p_MECHVENT_low");
    assertThat(Json.read(out.resolve("values.json")).toMap()).containsKey("l_HR_high");
    Display display = Display.in(out);
    assertThat(display.units().get("l_HR_low")).isEqualTo(display.units().get("l_HR"));
    assertThat(Json.read(out.resolve("cohort-report.json")).object("choices").toMap())
        .containsEntry("extremes", true);
  }

  @Test
  void withoutThemTheLastValueAlone() {
    Path out = cohort(two().tables(temp.resolve("in")), 24, 0, false, "out");

    assertThat(visitOf(out, 0).codes()).containsExactly("p_MECHVENT", "l_HR", "l_K");
    assertThat(Json.read(out.resolve("cohort-report.json")).object("choices").has("extremes"))
        .isFalse();
  }

  /** Their bins have limits of their own. */
  @Test
  void binsOfExtremes() {
    Path out = cohort(two().tables(temp.resolve("in")), 24, 2, true, "out");

    ValueBins bins = ValueBins.read(out.resolve(ValueBins.FILE_NAME));
    assertThat(bins.limits("l_HR_high")).containsExactly(60.0);
    assertThat(bins.limits("l_HR")).containsExactly(80.0);
    assertThat(visitOf(out, 0).codes())
        .containsExactly("p_MECHVENT", "l_HR_q1", "l_HR_low_q2", "l_HR_high_q2", "l_K_q1");
    assertThat(Json.read(out.resolve("descriptions.json")).string("l_HR_high_q2"))
        .isEqualTo("Heart rate (per minute), highest of the visit: above 60");
  }

  /** Against a cohort with a visit for each hour, whose values were measured once each. */
  @ParameterizedTest
  @CsvSource({"6, 1", "24, 2", "48, 3"})
  void areThoseOfTheHours(int visitHours, int seed) throws IOException {
    Random random = new Random(seed);
    MadeUpIcu icu = new MadeUpIcu();
    for (int stay = 0; stay < 30; stay++) {
      List<String> rows = new ArrayList<>();
      for (int hour = 0; hour < 48; hour++) {
        for (String variable : List.of("HR", "K", "GCS")) {
          if (random.nextInt(3) == 0) {
            rows.add("%02d:15 %s %d".formatted(hour, variable, 3 + random.nextInt(6)));
          }
        }
      }
      Collections.shuffle(rows, random);
      rows.add("00:00 BUN 20");
      icu.stay(stay % 3 == 0 ? "b" : "a", "" + stay, "" + stay % 2, rows.toArray(String[]::new));
    }
    Path in = icu.tables(temp.resolve("in"));
    Map<String, Trajectory> hourly = new HashMap<>();
    for (Trajectory line :
        CohortReader.readAll(cohort(in, 1, 0, false, "hourly").resolve("train.jsonl"))) {
      hourly.put(line.subjectId(), line);
    }
    int compared = 0;

    for (Trajectory line :
        CohortReader.readAll(cohort(in, visitHours, 0, true, "out").resolve("train.jsonl"))) {
      for (Visit visit : line.visits()) {
        Map<String, List<Double>> values =
            valuesFrom(hourly.get(line.subjectId()), visit, visitHours);
        for (int i = 0; i < visit.codes().size(); i++) {
          String code = visit.codes().get(i);
          List<Double> of = values.get(code.replaceFirst("_(low|high)$", ""));
          double expected =
              code.endsWith("_low")
                  ? Collections.min(of)
                  : code.endsWith("_high") ? Collections.max(of) : of.get(of.size() - 1);
          assertThat(visit.value(i)).as(code).isEqualTo(expected);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(150);
  }

  private static Map<String, List<Double>> valuesFrom(
      Trajectory hourly, Visit visit, int visitHours) {
    Map<String, List<Double>> values = new HashMap<>();
    for (Visit hour : hourly.visits()) {
      if (number(hour, visitHours) == number(visit, visitHours)) {
        for (int i = 0; i < hour.codes().size(); i++) {
          values
              .computeIfAbsent(hour.codes().get(i), code -> new ArrayList<>())
              .add(Objects.requireNonNull(hour.value(i)));
        }
      }
    }
    return values;
  }

  private static int number(Visit visit, int visitHours) {
    int day = Integer.parseInt(visit.time().substring(8, 10));
    return (24 * (day - 1) + Integer.parseInt(visit.time().substring(11, 13))) / visitHours;
  }

  @Test
  void theOrderOfRowsDoesNotMatter() throws IOException {
    MadeUpIcu icu = MadeUpIcu.random(new Random(5));
    Path one = cohort(icu.tables(temp.resolve("1")), 12, 0, true, "out-1");
    Path two = cohort(icu.shuffle(new Random(6)).tables(temp.resolve("2")), 12, 0, true, "out-2");

    for (String file : List.of("train.jsonl", "test.jsonl", "vocab.json", "values.json")) {
      assertThat(Files.mismatch(one.resolve(file), two.resolve(file))).as(file).isEqualTo(-1);
    }
    assertThat(Files.readString(one.resolve("train.jsonl"))).contains("_low", "_high");
  }

  @Test
  void needValues() {
    Path in = two().tables(temp.resolve("in"));
    assertThatThrownBy(
            () ->
                CohortBuilder.write(
                    new Physionet2012Source(in, 48, 24, "b", List.of(), false),
                    new HospitalMortality(48, 1),
                    new CohortSettings(
                        Coding.WHOLE, List.of(), 0, new Split.Fractions(1, 0, 0), 1, 1, 0, true),
                    temp.resolve("out"),
                    Source.Watcher.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("extremes are of values");
  }
}
