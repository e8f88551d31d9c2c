package dev.gsig.ehr.cohort;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Made-up bulk data in the form of Synthea's exporter, and a program that makes a cohort of it. A
 * patient has 90 encounters, 40 conditions, 130 prescriptions, 150 procedures and 470 observations,
 * as Synthea's adults have; codes by falling frequency. Resources carry what is read and, as there,
 * several times as much that is not.
 */
final class LargeFhir {
  /** Observations that a patient has. */
  static final int OBSERVATIONS = 470;

  private static final int ENCOUNTERS = 90;
  private static final int CONDITIONS = 40;
  private static final int PRESCRIPTIONS = 130;
  private static final int PROCEDURES = 150;

  private final SplittableRandom random = new SplittableRandom(12);
  private final List<BufferedWriter> files = new ArrayList<>();
  private final BufferedWriter patients;
  private final BufferedWriter encounters;
  private final BufferedWriter conditions;
  private final BufferedWriter prescriptions;
  private final BufferedWriter procedures;
  private final BufferedWriter observations;
  private long resources;

  private LargeFhir(Path folder) throws IOException {
    patients = open(folder, "Patient");
    encounters = open(folder, "Encounter");
    conditions = open(folder, "Condition");
    prescriptions = open(folder, "MedicationRequest");
    procedures = open(folder, "Procedure");
    observations = open(folder, "Observation");
  }

  private BufferedWriter open(Path folder, String type) throws IOException {
    GZIPOutputStream packed =
        new GZIPOutputStream(
            Files.newOutputStream(folder.resolve(type + ".000.ndjson.gz")), 1 << 16) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        };
    BufferedWriter file =
        new BufferedWriter(new OutputStreamWriter(packed, StandardCharsets.UTF_8), 1 << 16);
    files.add(file);
    return file;
  }

  /** Writes the files. */
  static void write(Path folder, int count) throws IOException {
    LargeFhir bulk = new LargeFhir(folder);
    for (int i = 0; i < count; i++) {
      bulk.patient();
    }
    for (BufferedWriter file : bulk.files) {
      file.close();
    }
  }

  /** An id as Synthea's, of the same length. */
  private String id() {
    long high = random.nextLong();
    String digits = "%016x%016x".formatted(high, ++resources);
    return String.join(
        "-",
        digits.substring(0, 8),
        digits.substring(8, 12),
        digits.substring(12, 16),
        digits.substring(16, 20),
        digits.substring(20));
  }

  private void patient() throws IOException {
    String patient = id();
    int born = 1930 + random.nextInt(60);
    LocalDateTime first = LocalDateTime.of(born + 20, 1, 1, 8, 0).plusHours(random.nextInt(9000));
    List<String> visits = new ArrayList<>();
    List<LocalDateTime> starts = new ArrayList<>();
    LocalDateTime start = first;
    for (int i = 0; i < ENCOUNTERS; i++) {
      visits.add(id());
      starts.add(start);
      encounters.write(
          resource("Encounter", visits.get(i), "encounter", patient, null)
              + ",\"status\":\"finished\",\"class\":{\"system\":"
              + "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"},\"period\":{"
              + "\"start\":\""
              + start
              + ":00-05:00\",\"end\":\""
              + start.plusMinutes(35)
              + ":00-05:00\"}}\n");
      start = start.plusHours(100 + random.nextInt(3000));
    }
    patients.write(
        "{\"resourceType\":\"Patient\",\"id\":\""
            + patient
            + "\",\"gender\":\""
            + (random.nextBoolean() ? "male" : "female")
            + "\",\"birthDate\":\""
            + born
            + "-05-06\""
            + (random.nextInt(8) == 0 ? ",\"deceasedDateTime\":\"" + start + ":00-05:00\"" : "")
            + "}\n");
    for (int i = 0; i < CONDITIONS; i++) {
      int at = random.nextInt(ENCOUNTERS);
      boolean failure = random.nextInt(600) == 0;
      conditions.write(
          resource("Condition", id(), "condition", patient, visits.get(at))
              + ",\"clinicalStatus\":{\"coding\":[{\"system\":"
              + "\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":\"active\"}]},"
              + "\"verificationStatus\":{\"coding\":[{\"system\":"
              + "\"http://terminology.hl7.org/CodeSystem/condition-ver-status\",\"code\":"
              + "\"confirmed\"}]},\"onsetDateTime\":\""
              + starts.get(at)
              + ":00-05:00\","
              + code("code", "http://snomed.info/sct", failure ? 88_805_009 : rare(300))
              + "}\n");
    }
    for (int i = 0; i < PRESCRIPTIONS; i++) {
      int at = random.nextInt(ENCOUNTERS);
      prescriptions.write(
          resource("MedicationRequest", id(), "medicationrequest", patient, visits.get(at))
              + ",\"status\":\"stopped\",\"intent\":\"order\",\"authoredOn\":\""
              + starts.get(at)
              + ":00-05:00\","
              + code(
                  "medicationCodeableConcept",
                  "http://www.nlm.nih.gov/research/umls/rxnorm",
                  rare(400))
              + "}\n");
    }
    for (int i = 0; i < PROCEDURES; i++) {
      int at = random.nextInt(ENCOUNTERS);
      procedures.write(
          resource("Procedure", id(), "procedure", patient, visits.get(at))
              + ",\"status\":\"completed\",\"performedPeriod\":{\"start\":\""
              + starts.get(at)
              + ":00-05:00\",\"end\":\""
              + starts.get(at).plusMinutes(15)
              + ":00-05:00\"},"
              + code("code", "http://snomed.info/sct", rare(300))
              + "}\n");
    }
    for (int i = 0; i < OBSERVATIONS; i++) {
      int at = random.nextInt(ENCOUNTERS);
      observations.write(
          resource("Observation", id(), "observation-lab", patient, visits.get(at))
              + ",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
              + "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":"
              + "\"laboratory\",\"display\":\"Laboratory\"}]}],\"effectiveDateTime\":\""
              + starts.get(at)
              + ":00-05:00\","
              + code("code", "http://loinc.org", rare(120))
              + ",\"valueQuantity\":{\"value\":"
              + random.nextInt(1, 2000) / 10.0
              + ",\"unit\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/dL\"}}\n");
    }
  }

  private static String resource(
      String type, String id, String profile, String patient, String encounter) {
    return "{\"resourceType\":\""
        + type
        + "\",\"id\":\""
        + id
        + "\",\"meta\":{\"profile\":[\"http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
        + profile
        + "\"]},\"subject\":{\"reference\":\"Patient/"
        + patient
        + "\"}"
        + (encounter == null
            ? ""
            : ",\"encounter\":{\"reference\":\"Encounter/" + encounter + "\"}");
  }

  private static String code(String key, String system, int number) {
    String name = "Number " + number + " of a made-up terminology";
    return "\"%s\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%d\",\"display\":\"%s\"}],\"text\":\"%s\"}"
        .formatted(key, system, number, name, name);
  }

  /** Falling frequency: the logarithm of the rank is uniform. */
  private int rare(int codes) {
    return 100_000 + (int) Math.exp(random.nextDouble() * Math.log(codes));
  }

  /**
   * Makes a cohort with values and prints what it took.
   *
   * @param args the folder of the files, and that of the cohort
   */
  public static void main(String[] args) {
    CohortSettings settings =
        new CohortSettings(Coding.WHOLE, List.of(), 0, new Split.Fractions(0.7, 0.15, 0.15), 1, 5);
    long begin = System.nanoTime();
    FhirSource source = new FhirSource(Path.of(args[0]), CodeSystem.ALL, List.of(), true);
    Map<String, Object> report =
        CohortBuilder.write(
            source,
            new FirstDiagnosis("heart-failure", CodePatterns.parse(source.heartFailure()), 1),
            settings,
            Path.of(args[1]),
            Source.Watcher.NONE);
    double seconds = (System.nanoTime() - begin) / 1e9;
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    System.out.printf(
        "rows %s; cohort %s; %.0f s; heap at most %d MiB of %d%n",
        report.get("rows_read"),
        report.get("parts"),
        seconds,
        peak >> 20,
        Runtime.getRuntime().maxMemory() >> 20);
  }
}
