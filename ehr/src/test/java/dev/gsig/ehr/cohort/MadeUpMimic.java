package dev.gsig.ehr.cohort;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** MIMIC-IV's tables, written row by row; a patient who gets the target and one who does not. */
final class MadeUpMimic {
  static final Task HEART_FAILURE =
      new FirstDiagnosis("heart-failure", CodePatterns.parse("d9_428*,d10_I50*"), 1);
  static final Task MORTALITY = new Mortality(365, 1, Mortality.Index.LAST, 1);

  final Path folder;
  private final Map<String, List<String>> tables = new LinkedHashMap<>();

  MadeUpMimic(Path folder) {
    this.folder = folder;
    table("patients", "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod");
    table("admissions", "subject_id,hadm_id,admittime,dischtime,deathtime,admission_type");
    table("diagnoses_icd", "subject_id,hadm_id,seq_num,icd_code,icd_version");
    table("procedures_icd", "subject_id,hadm_id,seq_num,chartdate,icd_code,icd_version");
    table("prescriptions", "subject_id,hadm_id,starttime,stoptime,drug,ndc");
  }

  /** Patients ill (I509 at the second of two visits) and well (two visits without). */
  static MadeUpMimic two(Path folder) {
    MadeUpMimic tables = new MadeUpMimic(folder);
    for (String id : List.of("ill", "well")) {
      tables.patient(id, "");
      tables.visit(id, id + 1, "2150-01-01 08:00:00", "2150-01-03 12:00:00");
      tables.diagnosis(id, id + 1, 1, "I10");
      tables.visit(id, id + 2, "2150-06-01 08:00:00", "2150-06-03 12:00:00");
      tables.diagnosis(id, id + 2, 1, id.equals("ill") ? "I509" : "E119");
    }
    return tables;
  }

  private void table(String name, String header) {
    tables.put(name, new ArrayList<>(List.of(header)));
  }

  MadeUpMimic add(String table, String row) {
    tables.get(table).add(row);
    return this;
  }

  MadeUpMimic addTable(String name, String header, String... rows) {
    table(name, header);
    tables.get(name).addAll(List.of(rows));
    return this;
  }

  MadeUpMimic patient(String id, String dod) {
    return add("patients", String.join(",", id, "F", "50", "2150", "2008 - 2010", dod));
  }

  MadeUpMimic visit(String id, String stay, String from, String to) {
    return add("admissions", String.join(",", id, stay, from, to, "", "URGENT"));
  }

  MadeUpMimic diagnosis(String id, String stay, int number, String code) {
    return add("diagnoses_icd", String.join(",", id, stay, "" + number, code, "10"));
  }

  MadeUpMimic drug(String id, String stay, String time, String name) {
    return add("prescriptions", String.join(",", id, stay, time, "", name, "0"));
  }

  /** Writes the tables. */
  MimicSource source() {
    return source(Drugs.NAME, List.of());
  }

  MimicSource source(Drugs drugs, List<Measurement> measurements) {
    try {
      Files.createDirectories(folder);
      for (Map.Entry<String, List<String>> table : tables.entrySet()) {
        Files.write(folder.resolve(table.getKey() + ".csv"), table.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new MimicSource(folder, drugs, measurements);
  }

  /** All in one part, so that two patients are enough. */
  static CohortSettings settings(Coding coding, List<Measurement> measurements) {
    return new CohortSettings(coding, measurements, 0, new Split.Fractions(1, 0, 0), 1, 1);
  }

  /** The cohort of a source, by subject. */
  static Map<String, Trajectory> cohort(
      Source source, Task task, CohortSettings settings, Path out) {
    CohortBuilder.write(source, task, settings, out, Source.Watcher.NONE);
    Map<String, Trajectory> patients = new TreeMap<>();
    for (Trajectory patient : CohortReader.readAll(out.resolve("train.jsonl"))) {
      patients.put(patient.subjectId(), patient);
    }
    return patients;
  }

  /** The cohort of these tables. */
  Map<String, Trajectory> cohort(Task task) {
    return cohort(
        source(), task, settings(Coding.WHOLE, List.of()), folder.resolveSibling("cohort"));
  }
}
