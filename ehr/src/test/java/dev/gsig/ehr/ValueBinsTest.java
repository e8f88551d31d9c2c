package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueBinsTest {
  @TempDir Path folder;

  private static Trajectory patient(List<String> codes, Double... values) {
    Visit visit = new Visit("2031-01-01", codes, 50.0, null, null, Arrays.asList(values));
    return new Trajectory("p", List.of(visit), Map.of("age", 50.0), 1);
  }

  private static ValueBins of(int bins, double... values) {
    Double[] boxed = Arrays.stream(values).boxed().toArray(Double[]::new);
    return ValueBins.of(List.of(patient(Collections.nCopies(boxed.length, "lab"), boxed)), bins);
  }

  private static List<Double> limits(String text) {
    return text == null
        ? List.of()
        : Arrays.stream(text.split(" ")).map(Double::parseDouble).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 4 1 3 2, 2",
    "2, 5 4 1 3 2, 3",
    "4, 1 2 3 4 5 6 7 8, 2 4 6",
    // the third and fifth of six values
    "3, 10 20 30 40 50 60, 20 40",
    // more bins than values
    "5, 7 9, 7",
    // what a half of them is has a bin of its own, above as below
    "4, 1 2 3 4 5 5 5 5 5 5, 3 4",
    "4, 1 1 1 1 1 1 2 3 4 5, 1 3",
    "3, 6 6 6,",
    "3, -0.0 0.0 0 1,  0"
  })
  void liesBetweenQuantilesThatWereMeasured(int bins, String values, String limits) {
    double[] of = limits(values).stream().mapToDouble(v -> v).toArray();

    ValueBins made = of(bins, of);

    assertThat(made.limits("lab")).isEqualTo(limits(limits));
    assertThat(made.count("lab")).isEqualTo(of.length);
  }

  /** By counting: so many values are at or below a limit as its share asks for, and not before. */
  @Test
  void eachLimitIsTheFirstValueWithItsShareAtOrBelowIt() {
    Random random = new Random(7);
    for (int trial = 0; trial < 200; trial++) {
      int n = 1 + random.nextInt(60);
      int bins = 2 + random.nextInt(9);
      double[] values = random.doubles(n, 0, 1 + random.nextInt(40)).map(Math::floor).toArray();
      double most = Arrays.stream(values).max().orElseThrow();
      List<Double> expected =
          IntStream.range(1, bins)
              .mapToObj(
                  k ->
                      Arrays.stream(values)
                          .filter(
                              v ->
                                  Arrays.stream(values).filter(w -> w <= v).count() * bins
                                      >= (long) n * k)
                          .min()
                          .orElseThrow())
              .map(
                  v ->
                      v < most
                          ? v
                          : Arrays.stream(values).filter(w -> w < most).max().orElse(Double.NaN))
              .filter(v -> !v.isNaN())
              .distinct()
              .toList();

      ValueBins made = of(bins, values);

      assertThat(made.limits("lab")).as("trial %d", trial).isEqualTo(expected);
      long used = Arrays.stream(values).mapToObj(v -> made.binned("lab", v)).distinct().count();
      assertThat(used).as("bins with a value").isEqualTo(expected.size() + 1);
    }
  }

  @Test
  void aLimitIsInTheBinBelow() {
    ValueBins bins = of(2, 1, 2, 3, 4);

    assertThat(bins.binned("lab", -100.0)).isEqualTo("lab_q1");
    assertThat(bins.binned("lab", 2.0)).isEqualTo("lab_q1");
    assertThat(bins.binned("lab", Math.nextUp(2.0))).isEqualTo("lab_q2");
    assertThat(bins.binned("lab", 100.0)).isEqualTo("lab_q2");
    assertThat(bins.binned("lab", null)).isEqualTo("lab");
    assertThat(bins.binned("other", 1.0)).isEqualTo("other");
  }

  @Test
  void aPatientKeepsAllButTheValues() {
    Visit visit =
        new Visit(
            "2031-01-01",
            List.of("m_A", "lab", "new"),
            50.0,
            2,
            List.of(
                new SourceEvent("t1", "A"), new SourceEvent("t2", "B"), new SourceEvent("t3", "C")),
            Arrays.asList(null, 3.0, 5.0));
    Trajectory read = new Trajectory("p", List.of(visit), Map.of("age", 50.0), 1);

    Trajectory binned = of(2, 1, 2, 3, 4).binned(read);

    Visit expected =
        new Visit("2031-01-01", List.of("m_A", "lab_q2", "new"), 50.0, 2, visit.events());
    assertThat(binned).isEqualTo(new Trajectory("p", List.of(expected), Map.of("age", 50.0), 1));
  }

  @Test
  void saysInWordsWhatABinHolds() {
    assertThat(of(4, 1, 2, 3, 4.5).descriptions("lab", "Creatinine (mg/dL)"))
        .containsExactly(
            Map.entry("lab_q1", "Creatinine (mg/dL): up to 1"),
            Map.entry("lab_q2", "Creatinine (mg/dL): above 1 up to 2"),
            Map.entry("lab_q3", "Creatinine (mg/dL): above 2 up to 3"),
            Map.entry("lab_q4", "Creatinine (mg/dL): above 3"));
    assertThat(of(4, 6, 6).descriptions("lab", "GCS"))
        .containsExactly(Map.entry("lab_q1", "GCS: any value"));
    assertThat(of(4, 6, 6).descriptions("other", "HR")).isEmpty();
  }

  @Test
  void doesNotDependOnTheOrderOfPatients() throws Exception {
    List<Trajectory> patients =
        List.of(
            patient(List.of("b", "a"), 1.0, 2.0),
            patient(List.of("a", "c"), 3.0, null),
            patient(List.of("a", "b"), 0.1, 7.0));
    List<Trajectory> reversed = List.of(patients.get(2), patients.get(1), patients.get(0));
    Path one = folder.resolve("one.json");
    Path other = folder.resolve("other.json");
    ValueBins.of(patients, 3).write(one);
    ValueBins.of(reversed, 3).write(other);

    assertThat(one)
        .hasContent(
            """
            {
            "a": {"count":3,"limits":[0.1,2.0]},
            "b": {"count":2,"limits":[1.0]}
            }
            """);
    assertThat(other).hasSameBinaryContentAs(one);
    Path again = folder.resolve("again.json");
    ValueBins read = ValueBins.read(one);
    read.write(again);
    assertThat(again).hasSameBinaryContentAs(one);
    assertThat(read.codes()).containsExactly("a", "b");
    assertThat(read.binned("a", 2.5)).isEqualTo("a_q3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | no code has bins",
        "{\"a\":1} | \"a\" must be an object, but is 1",
        "{\"a\":{\"count\":0,\"limits\":[]}} | \"a.count\" must be at least 1, but is 0",
        "{\"a\":{\"count\":1,\"limits\":[2,1]}} | \"a.limits\" must ascend, but has 2.0, 1.0",
        "{\"a\":{\"count\":1,\"limits\":[1,1]}} | \"a.limits\" must ascend, but has 1.0, 1.0"
      })
  void refusals(String json, String message) throws Exception {
    Path file = Files.writeString(folder.resolve(ValueBins.FILE_NAME), json);

    assertThatThrownBy(() -> ValueBins.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void refusesWhatHasNoBins() {
    assertThatThrownBy(() -> ValueBins.of(List.of(patient(List.of("a"), (Double) null)), 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("no training patient has a value");
    assertThatThrownBy(() -> of(1, 2, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(2, 2, 3).limits("b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no bin of \"b\" is known");
  }
}
