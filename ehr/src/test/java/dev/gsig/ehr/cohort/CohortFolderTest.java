package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in a cohort's folder. */
class CohortFolderTest {
  private static final int PATIENTS = 400;
  private static final List<String> FILES =
      List.of(
          "train.jsonl",
          "validation.jsonl",
          "test.jsonl",
          "vocab.json",
          "descriptions.json",
          "display.json",
          "cohort-report.json");

  @TempDir Path temp;
  private MadeUpMimic tables;

  @BeforeEach
  void prepare() {
    Random random = new Random(5);
    tables = new MadeUpMimic(temp.resolve("hosp"));
    for (int i = 0; i < PATIENTS; i++) {
      String id = "p" + i;
      tables.patient(id, random.nextInt(5) == 0 ? "2151-01-01" : "");
      for (int v = 0; v < 3; v++) {
        String day = "2150-0" + (1 + 2 * v) + "-1" + random.nextInt(9);
        tables.visit(id, id + "v" + v, day + " 08:00:00", day + " 18:00:00");
        tables.diagnosis(
            id, id + "v" + v, 1, List.of("I10", "E119", "K219", "I509").get(random.nextInt(4)));
        tables.diagnosis(id, id + "v" + v, 2, "Z" + (100 + random.nextInt(300)));
      }
    }
    tables.addTable(
        "d_icd_diagnoses",
        "icd_code,icd_version,long_title",
        "I10,10,Essential hypertension",
        "I10  ,9,Other",
        "E119,10,\"Type 2 diabetes, without complications\"",
        "X999,10,Never there");
  }

  private Path write(String name, Coding coding, int minPatients, long seed, Source source) {
    Path out = temp.resolve(name);
    CohortSettings settings =
        new CohortSettings(
            coding, List.of(), 0, new Split.Fractions(0.7, 0.2, 0.1), seed, minPatients);
    CohortBuilder.write(source, MadeUpMimic.HEART_FAILURE, settings, out, Source.Watcher.NONE);
    return out;
  }

  @Test
  void whatIsPredictedIsToldInWords() {
    Display display = Display.in(write("told"));
    assertThat(display.outcome()).isEqualTo("a first diagnosis of heart failure");
    assertThat(display.tabular().get("sex").values())
        .containsOnly(Map.entry("0", "female"), Map.entry("1", "male"));
    assertThat(display.calibrated()).isNull();
  }

  private Path write(String name) {
    return write(name, Coding.WHOLE, 1, 1, tables.source());
  }

  /** The most frequent of the made-up codes is had by some of the training patients. */
  @Test
  void aVocabularyWithoutCodesIsRefused() throws IOException {
    Path out = write("one");
    int training = CohortReader.readAll(out.resolve("train.jsonl")).size();
    Map<String, Integer> patients = new HashMap<>();
    for (Trajectory line : CohortReader.readAll(out.resolve("train.jsonl"))) {
      Set<String> codes = new HashSet<>();
      line.visits().forEach(visit -> codes.addAll(visit.codes()));
      codes.forEach(code -> patients.merge(code, 1, Integer::sum));
    }
    int most = Collections.max(patients.values());

    assertThatThrownBy(() -> write("none", Coding.WHOLE, most + 1, 1, tables.source()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "--min-patients "
                + (most + 1)
                + " leaves no code in the vocabulary: the training part has "
                + training
                + " patients with codes, of whom at most "
                + most
                + " have one in common");
    assertThat(temp.resolve("none")).doesNotExist();
    Path few = write("few", Coding.WHOLE, most, 1, tables.source());
    assertThat(Vocabulary.read(few.resolve("vocab.json")).codes()).hasSizeGreaterThan(5);
  }

  @Test
  void whatLeftNobodyIsSaid() {
    CohortSettings settings =
        new CohortSettings(Coding.WHOLE, List.of(), 150, new Split.Fractions(0.7, 0.2, 0.1), 1, 1);
    assertThatThrownBy(
            () ->
                CohortBuilder.write(
                    tables.source(),
                    MadeUpMimic.HEART_FAILURE,
                    settings,
                    temp.resolve("none"),
                    Source.Watcher.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no patient with the label 0 (0 in all; left out: ")
        .hasMessageContaining("younger than the least age")
        .hasMessageContaining("--min-age");
    assertThat(temp.resolve("none")).doesNotExist();
  }

  @Test
  void theOrderOfRowsDoesNotMatter() throws IOException {
    Path one = write("one");
    Random random = new Random(1);
    for (String table : List.of("patients", "admissions", "diagnoses_icd")) {
      Path file = tables.folder.resolve(table + ".csv");
      List<String> rows = new ArrayList<>(Files.readAllLines(file));
      Collections.shuffle(rows.subList(1, rows.size()), random);
      Files.write(file, rows);
    }
    Path other =
        write("other", Coding.WHOLE, 1, 1, new MimicSource(tables.folder, Drugs.NAME, List.of()));

    for (String file : FILES) {
      assertThat(other.resolve(file)).hasSameBinaryContentAs(one.resolve(file));
    }
  }

  @Test
  void aPatientIsInOnePartWhichHisNameAndTheSeedDecide() {
    Map<String, String> parts = new HashMap<>();
    Map<String, Integer> sizes = new HashMap<>();
    Path one = write("one");
    for (Split split : Split.values()) {
      List<Trajectory> lines = CohortReader.readAll(one.resolve(split.fileName()));
      lines.forEach(line -> assertThat(parts.put(line.subjectId(), split.fileName())).isNull());
      sizes.put(split.fileName(), lines.size());
    }
    int all = sizes.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(sizes.get("train.jsonl") / (double) all).isBetween(0.6, 0.8);
    assertThat(sizes.get("validation.jsonl") / (double) all).isBetween(0.13, 0.27);

    // the first 53 bits of SHA-256("1:p7") over 2^53, computed elsewhere
    assertThat(Split.uniform(1, "p7")).isEqualTo(0.1331326808999872);

    Path other = write("other", Coding.WHOLE, 1, 2, tables.source());
    Set<String> moved = new HashSet<>();
    for (Split split : Split.values()) {
      for (Trajectory line : CohortReader.readAll(other.resolve(split.fileName()))) {
        if (!split.fileName().equals(parts.get(line.subjectId()))) {
          moved.add(line.subjectId());
        }
      }
    }
    assertThat(moved).hasSizeGreaterThan(50);
  }

  @Test
  void theVocabularyIsThatOfTheTrainingPatients() {
    Path out = write("out", Coding.WHOLE, 2, 1, tables.source());
    Map<String, Integer> patients = new HashMap<>();
    for (Trajectory line : CohortReader.readAll(out.resolve("train.jsonl"))) {
      Set<String> codes = new HashSet<>();
      line.visits().forEach(visit -> codes.addAll(visit.codes()));
      codes.forEach(code -> patients.merge(code, 1, Integer::sum));
    }
    Vocabulary vocabulary = Vocabulary.read(out.resolve("vocab.json"));

    int special = 0;
    for (String token : List.of("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]")) {
      assertThat(vocabulary.idOf(token)).hasValue(special++);
    }
    int before = Integer.MAX_VALUE;
    for (int id = special; id < vocabulary.size(); id++) {
      int count = patients.get(vocabulary.codeOf(id).orElseThrow());
      assertThat(count).isBetween(2, before);
      before = count;
    }
    assertThat(vocabulary.size() - special)
        .isEqualTo((int) patients.values().stream().filter(n -> n >= 2).count());
    assertThat(patients.values()).contains(1);
  }

  @Test
  void codesAreDescribedWhereTheirTextIsTheirOwn() {
    Descriptions whole = Descriptions.read(write("one").resolve("descriptions.json"));
    assertThat(whole.of("d10_E119")).isEqualTo("Type 2 diabetes, without complications");
    assertThat(whole.of("d10_X999")).isEqualTo("d10_X999");

    Coding cut = new Coding(true, 3, 0);
    Descriptions shortened =
        Descriptions.read(write("two", cut, 1, 1, tables.source()).resolve("descriptions.json"));
    assertThat(shortened.of("d_I10")).isEqualTo("Essential hypertension");
    assertThat(shortened.of("d_E11")).isEqualTo("d_E11");
  }

  @Test
  void theReportAddsUp() {
    Path out = write("out");
    var report = Json.read(out.resolve("cohort-report.json"));
    long left = 0;
    List<dev.gsig.ehr.internal.JsonObject> steps = report.objects("steps");
    for (var step : steps) {
      left += step.has("left_out") ? step.integer("count") : 0;
    }
    long lines = 0;
    long ill = 0;
    for (Split split : Split.values()) {
      List<Trajectory> part = CohortReader.readAll(out.resolve(split.fileName()));
      var told = report.object("parts").object(split.label());
      assertThat(told.integer("lines")).isEqualTo(part.size());
      lines += part.size();
      ill += part.stream().filter(p -> p.label() == 1).count();
      assertThat(told.integer("label_1"))
          .isEqualTo((int) part.stream().filter(p -> p.label() == 1).count());
    }
    assertThat(steps.get(0).integer("count")).isEqualTo(PATIENTS);
    assertThat(lines + left).isEqualTo(PATIENTS);
    assertThat(ill).isPositive();
    assertThat(report.object("rows_read").integer("diagnoses_icd")).isEqualTo(6 * PATIENTS);
  }

  /** A column of identifiers with gaps is one of floats in a data frame. */
  @Test
  void identifiersThatADataFrameMadeNumbersOfAreThose() {
    MadeUpMimic plain = new MadeUpMimic(temp.resolve("plain/hosp"));
    MadeUpMimic floats = new MadeUpMimic(temp.resolve("floats/hosp"));
    for (int i = 0; i < 4; i++) {
      String id = "1000" + i;
      plain.patient(id, "");
      floats.patient(id, "");
      for (int v = 0; v < 2; v++) {
        String stay = "2907" + i + v;
        String day = "2150-0" + (1 + v) + "-01";
        String code = v == 1 && i % 2 == 0 ? "I509" : "I10";
        plain.visit(id, stay, day + " 08:00:00", day + " 18:00:00").diagnosis(id, stay, 1, code);
        floats.visit(id, stay, day + " 08:00:00", day + " 18:00:00");
        floats.diagnosis(id + ".0", stay + ".0", 1, code);
      }
    }

    assertThat(floats.cohort(MadeUpMimic.HEART_FAILURE))
        .isEqualTo(plain.cohort(MadeUpMimic.HEART_FAILURE))
        .hasSize(4);
  }
}
