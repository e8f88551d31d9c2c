package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One folder of bulk data for {@code gsig cohort fhir}, and for {@code gsig-spark}. */
class FhirCommandTest {
  private static final int PATIENTS = 8;
  private static final List<String> CONDITIONS =
      List.of("59621000", "162864005", "444814009", "15777000");

  @TempDir private Path folder;
  private Path bulk;

  private final List<String> patients = new ArrayList<>();
  private final List<String> encounters = new ArrayList<>();
  private final List<String> conditions = new ArrayList<>();
  private final List<String> drugs = new ArrayList<>();
  private final List<String> observations = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    for (int p = 0; p < PATIENTS; p++) {
      patients.add(
          "{\"resourceType\":\"Patient\",\"id\":\"p"
              + p
              + "\",\"gender\":\"female\",\"birthDate\":\"19"
              + (40 + p)
              + "-02-03\"}");
      for (int v = 0; v < 3; v++) {
        String id = p + "-" + v;
        String day = "20" + (10 + v) + "-03-0" + (1 + p);
        encounters.add(
            of("Encounter", id, p, null)
                + ",\"status\":\"finished\",\"period\":{\"start\":\""
                + day
                + "T08:00:00Z\",\"end\":\""
                + day
                + "T12:00:00Z\"}}");
        for (int c = 0; c < 2; c++) {
          conditions.add(
              of("Condition", id + "-" + c, p, id)
                  + ","
                  + code("code", "http://snomed.info/sct", CONDITIONS.get((p + v + c) % 4))
                  + "}");
        }
        drugs.add(
            of("MedicationRequest", id, p, id)
                + ",\"status\":\"active\",\"intent\":\"order\",\"authoredOn\":\""
                + day
                + "\",\"medicationReference\":{\"reference\":\"Medication/lisinopril\"}}");
        observations.add(
            of("Observation", id, p, id)
                + ",\"status\":\"final\",\"effectiveDateTime\":\""
                + day
                + "T09:00:00Z\","
                + code("code", "http://loinc.org", "39156-5")
                + ",\"valueQuantity\":{\"value\":"
                + (20 + p)
                + ",\"unit\":\"kg/m2\"}}");
      }
    }
    bulk = Files.createDirectory(folder.resolve("bulk"));
    Random random = new Random(3);
    for (List<String> lines : List.of(patients, encounters, conditions, drugs, observations)) {
      Collections.shuffle(lines, random); // an export has its own order
    }
    Files.write(bulk.resolve("Patient.0.ndjson"), patients);
    packed("Encounter.0.ndjson.gz", encounters);
    Files.write(bulk.resolve("Condition.0.ndjson"), conditions.subList(0, 10));
    Files.write(bulk.resolve("Condition.1.ndjson"), conditions.subList(10, conditions.size()));
    Files.write(bulk.resolve("MedicationRequest.0.ndjson"), drugs);
    Files.write(bulk.resolve("Observation.0.ndjson"), observations);
    Files.writeString(
        bulk.resolve("Medication.0.ndjson"),
        "{\"resourceType\":\"Medication\",\"id\":\"lisinopril\","
            + code("code", "http://www.nlm.nih.gov/research/umls/rxnorm", "314076")
            + "}\n");
    Files.writeString(
        bulk.resolve("Organization.0.ndjson"),
        "{\"resourceType\":\"Organization\",\"id\":\"o\"}\n");
  }

  private void packed(String name, List<String> lines) throws IOException {
    try (Writer out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(bulk.resolve(name))),
            StandardCharsets.UTF_8)) {
      out.write(String.join("\n", lines) + "\n");
    }
  }

  private static String of(String type, String id, int patient, String encounter) {
    return "{\"resourceType\":\""
        + type
        + "\",\"id\":\""
        + id
        + "\",\"subject\":{\"reference\":\"Patient/p"
        + patient
        + "\"}"
        + (encounter == null
            ? ""
            : ",\"encounter\":{\"reference\":\"Encounter/" + encounter + "\"}");
  }

  private static String code(String key, String system, String code) {
    return "\"%s\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]}".formatted(key, system, code);
  }

  /** Each patient at the end of their last visit, where Spark's trajectories end. */
  private Path labels() throws IOException {
    List<String> lines = new ArrayList<>(List.of("subject_id,prediction_time,boolean_value"));
    for (int p = 0; p < PATIENTS; p++) {
      lines.add("p" + p + ",2012-03-0" + (1 + p) + " 12:00:00," + (p % 2 == 0));
    }
    return Files.write(folder.resolve("labels.csv"), lines);
  }

  private static List<String> words(String options) {
    return Stream.of(options.split(" ")).filter(text -> !text.isEmpty()).toList();
  }

  private Commands.Outcome onSpark(Path out, String... options) {
    List<Object> explain =
        new ArrayList<>(List.of("--model", Local.MODEL, "--method", "ig", "--steps", 2));
    explain.addAll(List.of("--cohort", bulk, "--format", "fhir", "--out", out));
    explain.addAll(List.of(options));
    return Commands.gsigSpark(explain.toArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--tabular bmi=39156-5",
        "--code-systems snomed",
        "--tabular bmi=39156-5 --code-length 5 --drug-length 4"
      })
  void sameOptionsMakeTheSameLines(String options) throws IOException {
    Path made = folder.resolve("made");
    List<Object> cohort = new ArrayList<>(List.of("cohort", "fhir", "--input", bulk));
    cohort.addAll(List.of("--labels", labels(), "--split", "1,0,0", "--out", made));
    cohort.addAll(words(options));
    Commands.gsig(cohort.toArray()).ok();
    Path alone = folder.resolve("alone.jsonl");
    List<Object> explain =
        new ArrayList<>(List.of("explain", "--model", Local.MODEL, "--method", "ig"));
    explain.addAll(List.of("--steps", 2, "--cohort", made.resolve("train.jsonl"), "--out", alone));
    Path out = folder.resolve("out");

    Commands.Outcome one = Commands.gsig(explain.toArray());
    Commands.Outcome two = onSpark(out, words(options).toArray(String[]::new));

    assertThat(two.code()).as(one.said() + two.said()).isEqualTo(one.code());
    if (one.code() == 0) {
      assertThat(Local.written(out)).hasSize(PATIENTS);
      assertThat(Local.written(out)).containsExactlyInAnyOrderElementsOf(Files.readAllLines(alone));
      assertThat(two.said()).contains("files passed over", "Organization.0.ndjson");
      Commands.Outcome verified =
          Commands.gsig("verify", out, "--cohort", made.resolve("train.jsonl"));
      assertThat(verified.code()).as(verified.said()).isZero();
      assertThat(Commands.gsig("verify", out).said()).contains("or Spark gathered them");
    } else {
      assertThat(one.said()).contains("are not in the model's vocabulary");
      assertThat(two.said()).contains("are not in the model's vocabulary");
    }
  }

  /** What cannot be used is left out and counted, and so is what is of nobody. */
  @Test
  void whatCannotBeUsedIsCounted() throws IOException {
    Files.writeString(
        bulk.resolve("Condition.2.ndjson"),
        of("Condition", "stray", 99, null)
            + ","
            + code("code", "http://snomed.info/sct", "59621000")
            + "}\n{\"resourceType\":\"Condition\",\"id\":\"of-nobody\"}\nno JSON\n");
    patients.add(patients.get(0)); // twice
    Files.write(bulk.resolve("Patient.0.ndjson"), patients);
    Path out = folder.resolve("out");

    Commands.Outcome outcome = onSpark(out);

    assertThat(outcome.code()).as(outcome.said()).isZero();
    assertThat(Local.written(out)).hasSize(PATIENTS - 1);
    assertThat(outcome.said())
        .contains("is there twice", "malformed JSON", "Condition.2.ndjson")
        .contains("1 dropped: Condition: without a reference to a patient")
        .contains("1 dropped: resource of a patient who is not among the patients");
  }

  @Test
  void aFolderWithoutPatientsIsRefused() throws IOException {
    Files.delete(bulk.resolve("Patient.0.ndjson"));

    Commands.Outcome outcome = onSpark(folder.resolve("out"));

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.said()).contains("holds no file of Patients");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void optionsOfFhirAreForFhir() {
    Commands.Outcome visits = onSpark(folder.resolve("out"), "--visits", "days");
    Commands.Outcome systems =
        Commands.gsigSpark(
            "--model",
            Local.MODEL,
            "--cohort",
            bulk,
            "--code-systems",
            "snomed",
            "--out",
            folder.resolve("out"));

    assertThat(visits.code()).isEqualTo(2);
    assertThat(visits.said()).contains("--visits is for events of MEDS");
    assertThat(systems.code()).isEqualTo(2);
    assertThat(systems.said()).contains("--code-systems is for bulk data of FHIR");
  }
}
