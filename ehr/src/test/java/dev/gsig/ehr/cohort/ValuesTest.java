package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values beside codes, against a second reading of the rows that does it patient by patient. */
class ValuesTest {
  private static final LocalDateTime START = LocalDateTime.parse("2150-01-01T08:00:00");
  private static final List<String> UNITS = List.of("mg/dL", "mg/dl", "MG/DL", "umol/L", "");

  /** A row of a lab; without a value it is a text. */
  private record Lab(
      String patient, String stay, LocalDateTime time, String item, Double value, String unit) {
    /** Midnight stands for a date, which is over before it is known. */
    LocalDateTime known() {
      return time.toLocalTime().equals(LocalTime.MIDNIGHT)
          ? time.plusDays(1).minusSeconds(1)
          : time;
    }
  }

  private record Stay(String patient, String id, LocalDateTime from, LocalDateTime to) {}

  @TempDir Path temp;
  private final List<Stay> stays = new ArrayList<>();
  private final List<Lab> labs = new ArrayList<>();
  private final Map<String, LocalDateTime> moments = new TreeMap<>();

  /** Labs within, at the ends of and after stays, some at once, at midnight, or of no stay. */
  private void makeUp(Random random) {
    for (int p = 0; p < 30; p++) {
      LocalDateTime from = START.plusHours(random.nextInt(48));
      for (int s = 0; s < 3; s++) {
        Stay stay = new Stay("p" + p, "p" + p + "s" + s, from, from.plusHours(30));
        stays.add(stay);
        for (int l = random.nextInt(25); l > 0; l--) {
          boolean midnight = random.nextInt(8) == 0;
          LocalDateTime time = from.plusHours(random.nextInt(40));
          labs.add(
              new Lab(
                  stay.patient(),
                  random.nextInt(10) == 0 ? "" : stay.id(),
                  midnight ? from.plusDays(1).toLocalDate().atStartOfDay() : time,
                  "" + (2 + random.nextInt(4)),
                  random.nextInt(10) == 0 ? null : 1 + random.nextInt(1000) / 8.0,
                  UNITS.get(random.nextInt(UNITS.size()))));
        }
        from = from.plusHours(60 + random.nextInt(100));
      }
      moments.put("p" + p, stays.get(3 * p + 1).to().plusHours(random.nextInt(20)));
    }
  }

  private static String text(LocalDateTime time) {
    return time.toString().replace('T', ' ') + (time.getSecond() == 0 ? ":00" : "");
  }

  private Source write(MadeUpSource.Kind kind, boolean values) throws IOException {
    MadeUpSource tables = kind.begin();
    moments.keySet().forEach(patient -> tables.patient(patient, 2100, ""));
    for (Stay stay : stays) {
      tables.visit(stay.patient(), stay.id(), text(stay.from()), text(stay.to()));
      tables.drug(stay.patient(), stay.id(), text(stay.from()), "aspirin");
    }
    for (Lab lab : labs) {
      String value = Objects.toString(lab.value(), "");
      tables.lab(lab.patient(), lab.stay(), text(lab.time()), lab.item(), value, lab.unit());
    }
    List<String> labels = new ArrayList<>(List.of("subject_id,prediction_time,boolean_value"));
    moments.forEach(
        (patient, time) -> labels.add(patient + "," + text(time) + "," + isOdd(patient)));
    Files.write(temp.resolve("labels.csv"), labels);
    return tables.source(temp.resolve(kind.name()), values);
  }

  private static boolean isOdd(String patient) {
    return Integer.parseInt(patient.substring(1)) % 2 == 1;
  }

  private Path cohort(Source source) {
    return cohort(source, 0, temp.resolve("cohort"));
  }

  private Path cohort(Source source, int bins, Path out) {
    CohortBuilder.write(
        source,
        new LabelFile(temp.resolve("labels.csv"), 1),
        new CohortSettings(
            Coding.WHOLE, List.of(), 0, new Split.Fractions(0.7, 0.3, 0), 1, 1, bins, false),
        out,
        Source.Watcher.NONE);
    return out;
  }

  /** What a source calls a lab; MEDS has the unit in it. */
  private static String code(MadeUpSource.Kind kind, Lab lab) {
    return kind == MadeUpSource.Kind.MEDS
        ? ("l_LAB//" + lab.item() + "//" + lab.unit().toUpperCase(Locale.ROOT))
        : "l_" + lab.item();
  }

  /** MEDS and FHIR take a lab that names no stay into that of its time, the tables leave it out. */
  private String stayOf(MadeUpSource.Kind kind, Lab lab) {
    if (!kind.placesByTime() || !lab.stay().isEmpty()) {
      return lab.stay();
    }
    return stays.stream()
        .filter(stay -> stay.patient().equals(lab.patient()))
        .filter(stay -> !stay.from().isAfter(lab.time()) && !stay.to().isBefore(lab.time()))
        .map(Stay::id)
        .findFirst()
        .orElse("");
  }

  private String usualUnit(MadeUpSource.Kind kind, String item) {
    Map<String, Integer> counts = new TreeMap<>();
    labs.stream()
        .filter(lab -> lab.value() != null && lab.item().equals(item))
        .filter(lab -> !stayOf(kind, lab).isEmpty())
        .filter(lab -> !lab.unit().isEmpty())
        .forEach(lab -> counts.merge(lab.unit().toLowerCase(Locale.ROOT), 1, Integer::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElseThrow();
  }

  /** The codes of a stay with their values, null for none. */
  private Map<String, Double> expected(MadeUpSource.Kind kind, Stay stay) {
    LocalDateTime moment = moments.get(stay.patient());
    Map<String, List<Lab>> seen = new TreeMap<>();
    for (Lab lab : labs) {
      if (lab.value() != null
          && stayOf(kind, lab).equals(stay.id())
          && !lab.known().isAfter(moment)) {
        seen.computeIfAbsent(code(kind, lab), code -> new ArrayList<>()).add(lab);
      }
    }
    Map<String, Double> values = new TreeMap<>();
    seen.forEach((code, rows) -> values.put(code, last(kind, rows)));
    return values;
  }

  private Double last(MadeUpSource.Kind kind, List<Lab> rows) {
    List<Lab> usable = new ArrayList<>(rows);
    if (kind != MadeUpSource.Kind.MEDS) {
      usable.removeIf(
          lab ->
              !lab.unit().isEmpty() && !lab.unit().equalsIgnoreCase(usualUnit(kind, lab.item())));
    }
    LocalDateTime last =
        usable.stream().map(Lab::known).max(Comparator.naturalOrder()).orElse(null);
    List<Double> atOnce =
        usable.stream().filter(lab -> lab.known().equals(last)).map(Lab::value).sorted().toList();
    return atOnce.isEmpty() ? null : atOnce.get((atOnce.size() - 1) / 2);
  }

  @ParameterizedTest
  @EnumSource(MadeUpSource.Kind.class)
  void areTheLastOfTheirVisitThatMayBeSeen(MadeUpSource.Kind kind) throws IOException {
    makeUp(new Random(22));
    Path cohort = cohort(write(kind, true));

    Map<String, List<Double>> training = new HashMap<>();
    int values = 0;
    int nulls = 0;
    for (String part : List.of("train", "validation")) {
      for (Trajectory patient : CohortReader.readAll(cohort.resolve(part + ".jsonl"))) {
        List<Stay> over =
            stays.stream()
                .filter(stay -> stay.patient().equals(patient.subjectId()))
                .filter(stay -> !stay.to().isAfter(moments.get(stay.patient())))
                .toList();
        assertThat(patient.visits()).hasSameSizeAs(over);
        for (int v = 0; v < over.size(); v++) {
          Visit visit = patient.visits().get(v);
          Map<String, Double> there = new TreeMap<>();
          assertThat(visit.codes().get(0)).isEqualTo("m_ASPIRIN");
          assertThat(visit.value(0)).isNull();
          for (int c = 1; c < visit.codes().size(); c++) {
            String code = visit.codes().get(c);
            Double value = visit.value(c);
            assertThat(there).doesNotContainKey(code);
            there.put(code, value);
            values += value == null ? 0 : 1;
            nulls += value == null ? 1 : 0;
            if (value != null && part.equals("train")) {
              training.computeIfAbsent(code, any -> new ArrayList<>()).add(value);
            }
          }
          assertThat(there).isEqualTo(expected(kind, over.get(v)));
        }
      }
    }
    assertThat(values).isGreaterThan(100);
    assertThat(nulls > 0).as("codes without a value").isEqualTo(kind != MadeUpSource.Kind.MEDS);
    assertMoments(cohort, training);
  }

  private static void assertMoments(Path cohort, Map<String, List<Double>> training) {
    CodeValues read = CodeValues.read(cohort.resolve("values.json"));
    assertThat(read.codes())
        .containsExactlyElementsOf(
            Vocabulary.read(cohort.resolve("vocab.json")).codes().stream()
                .filter(training::containsKey)
                .toList());
    training.forEach(
        (code, of) -> {
          double mean = of.stream().mapToDouble(v -> v).average().orElseThrow();
          double square = of.stream().mapToDouble(v -> v * v).average().orElseThrow();
          assertThat(read.count(code)).isEqualTo(of.size());
          assertThat(read.mean(code)).isCloseTo(mean, within(1e-12 * mean));
          assertThat(read.sd(code)).isCloseTo(Math.sqrt(square - mean * mean), within(1e-9));
        });
  }

  @ParameterizedTest
  @EnumSource(MadeUpSource.Kind.class)
  void doNotDependOnTheOrderOfRows(MadeUpSource.Kind kind) throws IOException {
    makeUp(new Random(23));
    Path out = cohort(write(kind, true));
    List<String> one = lines(out);
    labs.sort(Comparator.comparing(Lab::toString));
    Files.move(out, temp.resolve("before"));

    assertThat(lines(cohort(write(kind, true))).equals(one)).isTrue();
  }

  private static List<String> lines(Path cohort) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String file : List.of("train.jsonl", "validation.jsonl", "values.json", "vocab.json")) {
      lines.addAll(Files.readAllLines(cohort.resolve(file)));
    }
    return lines;
  }

  @ParameterizedTest
  @EnumSource(MadeUpSource.Kind.class)
  void areNotReadUnlessAskedFor(MadeUpSource.Kind kind) throws IOException {
    makeUp(new Random(24));
    Path out = cohort(write(kind, false));

    assertThat(out.resolve("values.json")).doesNotExist();
    assertThat(Files.readString(out.resolve("train.jsonl"))).doesNotContain("l_", "values");
    assertThat(Files.readString(out.resolve("cohort-report.json"))).doesNotContain("\"values");
  }

  /** In place of a value a code says by how many of its limits it is exceeded. */
  @ParameterizedTest
  @EnumSource(MadeUpSource.Kind.class)
  void mayBePutIntoBinsOfTheTrainingValues(MadeUpSource.Kind kind) throws IOException {
    makeUp(new Random(28));
    Source source = write(kind, true);
    Path numbers = cohort(source);
    Path binned = cohort(source, 4, temp.resolve("binned"));

    Map<String, List<Double>> training = new HashMap<>();
    for (Trajectory patient : CohortReader.readAll(numbers.resolve("train.jsonl"))) {
      for (Visit visit : patient.visits()) {
        for (int c = 0; c < visit.codes().size(); c++) {
          if (visit.value(c) != null) {
            String code = visit.codes().get(c);
            training.computeIfAbsent(code, any -> new ArrayList<>()).add(visit.value(c));
          }
        }
      }
    }
    assertThat(ValueBins.read(binned.resolve("bins.json")).codes())
        .containsExactlyInAnyOrderElementsOf(training.keySet());
    Set<String> used = new HashSet<>();
    for (String part : List.of("train.jsonl", "validation.jsonl")) {
      List<Trajectory> read = CohortReader.readAll(numbers.resolve(part));
      List<Trajectory> written = CohortReader.readAll(binned.resolve(part));
      assertThat(written).hasSameSizeAs(read);
      for (int p = 0; p < read.size(); p++) {
        for (int v = 0; v < read.get(p).visits().size(); v++) {
          Visit visit = read.get(p).visits().get(v);
          List<String> expected = new ArrayList<>();
          for (int c = 0; c < visit.codes().size(); c++) {
            String code = visit.codes().get(c);
            Double value = visit.value(c);
            boolean known = value != null && training.containsKey(code);
            expected.add(known ? code + "_q" + quarter(training.get(code), value) : code);
          }
          assertThat(written.get(p).visits().get(v).codes()).isEqualTo(expected);
          assertThat(written.get(p).visits().get(v).values()).isNull();
          used.addAll(part.startsWith("train") ? expected : List.of());
        }
      }
    }
    assertThat(used).anyMatch(code -> code.endsWith("_q4"));
    assertThat(Vocabulary.read(binned.resolve("vocab.json")).codes())
        .containsAll(used)
        .hasSize(used.size() + 5);
    assertThat(binned.resolve("values.json")).doesNotExist();
    assertThat(numbers.resolve("bins.json")).doesNotExist();
    assertThat(Json.read(binned.resolve("cohort-report.json")).object("bins").toMap())
        .containsEntry("codes_with_bins", (long) training.size())
        .containsEntry(
            "values_of_training", training.values().stream().mapToLong(List::size).sum());
  }

  /** 1 and the number of quartiles below a value, where all values differ enough. */
  private static int quarter(List<Double> training, double value) {
    List<Double> sorted = training.stream().sorted().toList();
    return 1
        + (int)
            IntStream.range(1, 4)
                .mapToDouble(k -> sorted.get((int) Math.ceil(k * sorted.size() / 4.0) - 1))
                .filter(limit -> limit < value)
                .distinct()
                .count();
  }

  @Test
  void areNotBinnedWhereNoneAreRead() throws IOException {
    makeUp(new Random(29));
    Source source = write(MadeUpSource.Kind.MIMIC, false);

    assertThatThrownBy(() -> cohort(source, 4, temp.resolve("out")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** 97 umol/l and 1.1 mg/dl are not on one scale. */
  @Test
  void ofAnotherUnitAreLeftOutAndCounted() throws IOException {
    makeUp(new Random(25));
    Source source = write(MadeUpSource.Kind.MIMIC, true);
    Map<String, Long> noticed = source.read(Source.Watcher.NONE).noticed;

    long other =
        labs.stream()
            .filter(lab -> lab.item().equals("2") && lab.value() != null && !lab.stay().isEmpty())
            .filter(lab -> lab.unit().equals("umol/L"))
            .count();
    assertThat(noticed)
        .containsEntry(
            "value of \"l_2\" in umol/l, where most are in mg/dl: left out, the code stays", other);
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    makeUp(new Random(26));
    labs.clear();
    Source source = write(MadeUpSource.Kind.MIMIC, true);

    assertThatThrownBy(() -> cohort(source))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no training patient has a value of a code in the vocabulary");
    assertThat(temp.resolve("cohort")).doesNotExist();
  }

  /** The event that is told with a code is the one whose value it is. */
  @Test
  void comeWithTheirEvents() throws IOException {
    makeUp(new Random(27));
    Path cohort = cohort(write(MadeUpSource.Kind.MEDS, true));

    for (Trajectory patient : CohortReader.readAll(cohort.resolve("train.jsonl"))) {
      for (Visit visit : patient.visits()) {
        for (int c = 1; c < visit.codes().size(); c++) {
          String time = visit.event(c).time();
          String source = visit.event(c).code();
          double value = visit.value(c);
          assertThat(labs)
              .anyMatch(
                  lab ->
                      Objects.equals(lab.value(), value)
                          && text(lab.time()).equals(time.replace('T', ' '))
                          && source.equals("LAB//" + lab.item() + "//" + lab.unit())
                          && lab.patient().equals(patient.subjectId()));
        }
      }
    }
  }
}
