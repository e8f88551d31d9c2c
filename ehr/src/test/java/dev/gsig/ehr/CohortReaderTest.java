package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.SeenSubjects;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CohortReaderTest {
  private static final String P1 = "{\"subject_id\":\"p1\",\"visits\":[{\"codes\":[\"a\"]}]}";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("cohort.jsonl");
  }

  @Test
  void labelsOfAMultiLabelModelComeBack() throws IOException {
    String line = "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"]}],\"labels\":[0,1,1]}";
    write(line);
    Trajectory patient = CohortReader.readAll(file).get(0);
    assertThat(patient.labels()).containsExactly(0, 1, 1);
    assertThat(patient.label()).isNull();
    Trajectory again =
        CohortReader.parse(
            TrajectoryJson.write(patient).getBytes(StandardCharsets.UTF_8), "the line");
    assertThat(again).isEqualTo(patient);
  }

  @Test
  void readsEveryField() throws Exception {
    write(
        "{\"subject_id\":\"p1\",\"visits\":[{\"time\":\"2031-05-06T10:00:00\","
            + "\"codes\":[\"d_I10\",\" m \"],\"age\":52.1,\"token_type\":1},{\"codes\":[]}],"
            + "\"tabular\":{\"age\":52.1,\"sex\":1,\"bmi\":null},\"label\":1,\"extra\":{}}\n");

    assertThat(CohortReader.readAll(file))
        .containsExactly(
            new Trajectory(
                "p1",
                List.of(
                    new Visit("2031-05-06T10:00:00", List.of("d_I10", " m "), 52.1, 1),
                    new Visit(null, List.of(), null, null)),
                Map.of("age", 52.1, "sex", 1.0),
                1));
  }

  @Test
  void aSubjectThatWasThereIsRefusedByItsLine() throws Exception {
    write(P1 + "\n\n" + P1.replace("p1", "p2") + "\n" + P1.replace("\"a\"", "\"b\"") + "\n");
    List<String> names = new ArrayList<>();

    try (CohortReader reader = CohortReader.open(file)) {
      assertThatThrownBy(() -> reader.forEach(patient -> names.add(patient.subjectId())))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              file
                  + ", line 4: the subject \"p1\" is in line 1 already; write one line a patient,"
                  + " or give each line an identifier of its own");
    }
    assertThat(names).containsExactly("p1", "p2");
  }

  /** Against a set of names, over sizes at which the table grows. */
  @Test
  void subjectsAreKnownAgainHoweverMany() {
    SeenSubjects subjects = new SeenSubjects();
    for (int line = 1; line <= 20_000; line++) {
      assertThat(subjects.put("p" + line, line)).isZero();
      assertThat(subjects.put("p" + (line + 1) / 2, 99_999)).isEqualTo((line + 1) / 2);
    }
  }

  @Test
  void linesThatCannotBeUsedAreLeftOutWhereAskedFor() throws Exception {
    String longLine = "{\"subject_id\":\"" + "x".repeat((16 << 20) + (1 << 17)) + "\"}";
    write(
        String.join(
                "\n",
                "{\"bad\":1}",
                P1,
                longLine,
                "",
                "{\"subject_id\":\"e\",\"visits\":[]}",
                "{\"subject_id\":",
                P1.replace("p1", "p2"),
                P1,
                longLine)
            + "\n");
    Map<String, String> left = new LinkedHashMap<>();
    List<String> read = new ArrayList<>();
    String hash = FileHash.sha256(file);

    try (CohortReader reader = CohortReader.open(file)) {
      reader.skipInvalid((where, reason) -> left.put(where, reason.getMessage()));
      reader.forEach(patient -> read.add(patient.subjectId() + " in " + reader.where()));
      assertThat(reader.sha256()).isEqualTo(hash);
    }
    assertThat(read).containsExactly("p1 in " + file + ", line 2", "p2 in " + file + ", line 7");
    assertThat(left.keySet())
        .containsExactlyElementsOf(
            IntStream.of(1, 3, 5, 6, 8, 9).mapToObj(i -> file + ", line " + i).toList());
    assertThat(left).allSatisfy((where, reason) -> assertThat(reason).startsWith(where));
    assertThat(left.get(file + ", line 3")).contains("longer than 16777216 bytes");
  }

  /** What is not a line's fault stops the reading nevertheless, once. */
  @Test
  void aSourceThatCannotBeReadIsNeverLeftOut() {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream((P1 + "\n").getBytes(StandardCharsets.UTF_8)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the disk is gone");
              }

              @Override
              public int read(byte[] into, int from, int length) throws IOException {
                throw new IOException("the disk is gone");
              }
            });
    try (CohortReader reader = CohortReader.of(broken, "the pipe")) {
      reader.skipInvalid((where, reason) -> fail("left out " + where));
      assertThatThrownBy(() -> reader.forEach(patient -> {}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the disk is gone");
    }
  }

  @Test
  void knowsTheBytesThatItHasRead() throws Exception {
    write("\uFEFF" + P1 + "\r\n\n" + P1.replace("p1", "p2"));

    try (CohortReader reader = CohortReader.open(file)) {
      Iterator<Trajectory> patients = reader.iterator();
      patients.next();
      assertThat(reader.sha256()).isNull();
      patients.next();
      assertThat(patients.hasNext()).isFalse();
      assertThat(reader.sha256()).isEqualTo(FileHash.sha256(file));
    }
  }

  @Test
  void numbersAreIdentifiersToo() throws Exception {
    write("{\"subject_id\":10000032,\"visits\":[{\"codes\":[\"a\"]}],\"label\":0.0}");

    Trajectory patient = CohortReader.readAll(file).get(0);
    assertThat(patient.subjectId()).isEqualTo("10000032");
    assertThat(patient.label()).isZero();
    assertThat(patient.tabular()).isEmpty();
  }

  @Test
  void skipsBlankLinesAndByteOrderMarkAndCarriageReturns() throws Exception {
    write("\ufeff\r\n" + P1 + "\r\n  \t\n\n" + P1.replace("p1", "p2"));

    assertThat(CohortReader.readAll(file))
        .extracting(Trajectory::subjectId)
        .containsExactly("p1", "p2");
  }

  @Test
  void eventsOfTheSourceComeBack() throws Exception {
    String line =
        "{\"subject_id\":\"p1\",\"visits\":[{\"time\":\"2031-05-06\",\"codes\":[\"a\",\"b\"],"
            + "\"events\":[{\"time\":\"2031-05-06T07:08:09.000001\",\"code\":\"X//a\"},{\"code\":\"b\"}]}],"
            + "\"tabular\":{}}";
    write(line);

    Trajectory patient = CohortReader.readAll(file).get(0);
    assertThat(patient.visits().get(0).event(0))
        .isEqualTo(new SourceEvent("2031-05-06T07:08:09.000001", "X//a"));
    assertThat(patient.visits().get(0).event(1)).isEqualTo(new SourceEvent(null, "b"));
    assertThat(TrajectoryJson.write(patient)).isEqualTo(line);
  }

  @Test
  void eventsAreOneForEachCode() throws Exception {
    write(
        "{\"subject_id\":\"p1\",\"visits\":[{\"codes\":[\"a\",\"b\"],\"events\":[{\"code\":\"a\"}]}]}");

    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "line 1: \"visits[0].events\" must be one for each of the 2 codes, but are 1");
  }

  @Test
  void valuesComeBackToTheBit() throws Exception {
    String line =
        "{\"subject_id\":\"p1\",\"visits\":[{\"codes\":[\"a\",\"b\",\"c\"],"
            + "\"values\":[4.1,null,-1.0E-300]},{\"codes\":[\"a\"]}],\"tabular\":{}}";
    write(line);

    Trajectory patient = CohortReader.readAll(file).get(0);
    Visit visit = patient.visits().get(0);
    assertThat(visit.values()).containsExactly(4.1, null, -1e-300);
    assertThat(visit.value(1)).isNull();
    assertThat(patient.visits().get(1).values()).isNull();
    assertThat(patient.visits().get(1).value(0)).isNull();
    assertThat(TrajectoryJson.write(patient)).isEqualTo(line);
  }

  @Test
  void valuesThatAreAllNullAreNone() throws Exception {
    write("{\"subject_id\":\"p1\",\"visits\":[{\"codes\":[\"a\"],\"values\":[null]}]}");

    Trajectory patient = CohortReader.readAll(file).get(0);
    assertThat(patient.visits().get(0).values()).isNull();
    assertThat(TrajectoryJson.write(patient)).doesNotContain("values");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1] | must be a number or null for each of the 2 codes, but are 1",
        "[1,2,3] | must be a number or null for each of the 2 codes, but are 3",
        "{} | must be a list, but is an object",
        "4.1 | must be a list, but is 4.1"
      })
  void valuesAreOneForEachCode(String values, String message) throws Exception {
    write(withValues(values));

    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ", line 1: \"visits[0].values\" " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,\"4.1\"] | must be a number, but is the text \"4.1\"",
        "[1,true] | must be a number, but is true",
        "[1,[2]] | must be a number, but is a list",
        "[1,NaN] | is NaN, which is no number; write null where a value is missing"
      })
  void valuesAreNumbers(String values, String message) throws Exception {
    write(withValues(values));

    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ", line 1: \"visits[0].values[1]\" " + message);
  }

  private static String withValues(String values) {
    return "{\"subject_id\":\"p1\",\"visits\":[{\"codes\":[\"a\",\"b\"],\"values\":"
        + values
        + "}]}";
  }

  @Test
  void aPackedCohortIsToldByItsContentAndIdentifiedByItsText() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (String part : List.of("\ufeff" + P1 + "\n", P1.replace("p1", "p2") + "\n")) {
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        out.write(part.getBytes(StandardCharsets.UTF_8));
      }
    }
    Files.write(file, packed.toByteArray());

    try (CohortReader reader = CohortReader.open(file)) {
      assertThat(reader.all()).extracting(Trajectory::subjectId).containsExactly("p1", "p2");
      assertThat(reader.sha256()).isEqualTo(FileHash.sha256OfText(file));
    }
    try (CohortReader reader =
        CohortReader.of(new ByteArrayInputStream(packed.toByteArray()), "a pipe")) {
      assertThat(reader.all()).hasSize(2);
    }
    String text = FileHash.sha256OfText(file);
    write("\ufeff" + P1 + "\n" + P1.replace("p1", "p2") + "\n");
    assertThat(FileHash.sha256(file)).isEqualTo(text);
    Files.write(file, Arrays.copyOf(packed.toByteArray(), packed.size() - 3));
    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": cannot be unpacked: it is cut short; fetch the file again");
  }

  @Test
  void valuesThatAreNoNumbersAreRefusedWhereverTheyComeFrom() {
    Map<String, Object> patient =
        Map.of(
            "subject_id",
            "p",
            "visits",
            List.of(Map.of("codes", List.of("a"))),
            "tabular",
            Map.of("bmi", Double.NaN));

    assertThatThrownBy(() -> CohortReader.parse(patient, "row 7"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "row 7: \"tabular.bmi\" is NaN, which is no number; leave it out where a value is"
                + " missing");
  }

  @Test
  void linesLongerThanTheReadBufferAreWhole() throws Exception {
    StringBuilder codes = new StringBuilder("\"c0\"");
    for (int i = 1; i < 50_000; i++) {
      codes.append(",\"c").append(i).append('"');
    }
    write(
        P1 + "\n" + P1.replace("p1", "p2").replace("\"a\"", codes) + "\n" + P1.replace("p1", "p3"));

    List<Trajectory> cohort = CohortReader.readAll(file);
    assertThat(cohort).hasSize(3);
    assertThat(cohort.get(1).visits().get(0).codes()).hasSize(50_000).endsWith("c49999");
    assertThat(cohort.get(2).subjectId()).isEqualTo("p3");
  }

  @Test
  void streamsOnePatientAtATime() throws Exception {
    // Ten times more text than a string may have: it can only be read line by line.
    String patient = P1.replace("\"a\"", "\"" + "x".repeat(1 << 20) + "\"");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < 200; i++) {
        out.write(patient.replace("p1", "p" + i));
        out.write('\n');
      }
      out.write("{");
    }

    int count = 0;
    try (CohortReader reader = CohortReader.open(file)) {
      Iterator<Trajectory> patients = reader.iterator();
      for (; count < 200; count++) {
        assertThat(patients.next().subjectId()).isEqualTo("p" + count);
      }
      assertThatThrownBy(patients::hasNext)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file + ", line 201: malformed JSON at column ");
    }
  }

  @Test
  void iteratesOnceAndEnds() throws Exception {
    write(P1);
    try (CohortReader reader = CohortReader.open(file)) {
      Iterator<Trajectory> patients = reader.iterator();
      assertThat(patients.hasNext()).isTrue();
      assertThat(patients.hasNext()).isTrue();
      assertThat(patients.next().subjectId()).isEqualTo("p1");
      assertThat(patients.hasNext()).isFalse();
      assertThatThrownBy(patients::next).isInstanceOf(NoSuchElementException.class);
      assertThatThrownBy(reader::iterator).isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n \n\n", "\ufeff"})
  void refusesAnEmptyCohort(String content) throws Exception {
    write(content);

    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": the cohort is empty; write one patient a line as a JSON object");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"visits\":[{\"codes\":[\"a\"]}]} | \"subject_id\" is missing; it must be a text",
        "{\"subject_id\":\" \",\"visits\":[{\"codes\":[\"a\"]}]} | \"subject_id\" must not be"
            + " empty",
        "{\"subject_id\":1.5,\"visits\":[]} | \"subject_id\" must be a text, but is 1.5",
        "{\"subject_id\":12345678901234567890,\"visits\":[]} | \"subject_id\" must be a text, but"
            + " is 1.2345678901234567E19",
        "{\"subject_id\":\"p\"} | \"visits\" is missing; it must be a list",
        "{\"subject_id\":\"p\",\"visits\":{}} | \"visits\" must be a list, but is an object",
        "{\"subject_id\":\"p\",\"visits\":[1]} | \"visits[0]\" must be an object, but is 1",
        "{\"subject_id\":\"p\",\"visits\":[{}]} | \"visits[0].codes\" is missing; it must be a"
            + " list",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"]},{\"codes\":[\"b\",3]}]} |"
            + " \"visits[1].codes[1]\" must be a text, but is 3",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\",\"\"]}]} | \"visits[0].codes[1]\" must"
            + " not be empty; remove it or name a code",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"],\"age\":\"52\"}]} | \"visits[0].age\""
            + " must be a number, but is the text \"52\"",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"],\"age\":-0.1}]} | \"visits[0].age\""
            + " must not be negative, but is -0.1",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"],\"token_type\":-1}]} |"
            + " \"visits[0].token_type\" must not be negative, but is -1",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"],\"time\":3}]} | \"visits[0].time\""
            + " must be a text, but is 3",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"]}],\"tabular\":{\"sex\":\"F\"}} |"
            + " \"tabular.sex\" must be a number, but is the text \"F\"",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"]}],\"label\":-1} | \"label\" must be a"
            + " class number from 0 up, but is -1",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"]}],\"label\":true} | \"label\" must be"
            + " a whole number, but is true",
        "{\"subject_id\":\"p\",\"visits\":[]} | the trajectory of \"p\" is empty: no visit has a"
            + " code; add a visit with codes or remove the line",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[]},{\"codes\":[]}]} | the trajectory of"
            + " \"p\" is empty: no visit has a code; add a visit with codes or remove the line",
        "[1] | must hold a JSON object, { ... }, but holds a list",
        "{\"subject_id\":\"p\",\"subject_id\":\"q\"} | the key \"subject_id\" occurs twice in one"
            + " object; remove one",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"],\"age\":NaN}]} |"
            + " \"visits[0].age\" is NaN, which is no number; write null where a value is missing",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"]}],\"tabular\":{\"bmi\":-Infinity}} |"
            + " \"tabular.bmi\" is -Infinity, which is no number; write null where a value is"
            + " missing",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"a\"],\"age\":1e400}]} | the number 1e400"
            + " is too large for a double"
      })
  void refusesABadLineNamingItsNumber(String line, String message) throws Exception {
    write(P1 + "\n\n" + line + "\n" + P1);

    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ", line 3: " + message);
  }

  @Test
  void patientsBeforeABadLineAreStillDelivered() throws Exception {
    write(P1 + "\n{oops\n");
    try (CohortReader reader = CohortReader.open(file)) {
      Iterator<Trajectory> patients = reader.iterator();
      assertThat(patients.next().subjectId()).isEqualTo("p1");
      assertThatThrownBy(patients::next)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file + ", line 2: malformed JSON at column 2: ");
    }
  }

  @Test
  void refusesOverlongLinesWithoutReadingThemWhole() throws Exception {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write(P1 + "\n");
      for (int i = 0; i < 17; i++) {
        out.write("x".repeat(1 << 20));
      }
    }

    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            file + ", line 2: the line is longer than 16777216 bytes; write one patient a line");
  }

  @Test
  void refusesOtherEncodings() throws Exception {
    Files.write(file, (P1 + "\n" + P1.replace("p1", "é")).getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> CohortReader.readAll(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ", line 2: is not valid UTF-8; save it as UTF-8");
  }

  @Test
  void refusesMissingFilesAndFolders() {
    assertThatThrownBy(() -> CohortReader.open(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": cannot be read: no such file; check the path");
    assertThatThrownBy(() -> CohortReader.readAll(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + ": is a folder; name a file");
  }

  private void write(String content) throws IOException {
    Files.writeString(file, content);
  }
}
