package dev.gsig.parquet.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Made-up patients with everything that makes a definition hard: visits that overlap, follow at
 * once or start together, none at all, deaths in them and between them, codes recorded late, twice
 * or not at all.
 */
final class HospitalTables {
  private static final DateTimeFormatter SPACE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final String[] ICD10 = {"I10", "I509", "e11.9", " I5022", "Z998", "N179"};
  private static final String[] ICD9 = {"4019", "428.0", "4280", "25000 ", "V1582"};

  /** Several files, by name. */
  private final List<String> patients = new ArrayList<>();

  private final List<String> visits = new ArrayList<>();
  private final List<String> diagnoses = new ArrayList<>();
  private final List<String> procedures = new ArrayList<>();
  private final List<String> drugs = new ArrayList<>();
  private final List<String> observations = new ArrayList<>();
  private final Random random;
  private final boolean mimic;

  private HospitalTables(long seed, boolean mimic) {
    this.random = new Random(seed);
    this.mimic = mimic;
  }

  /** Writes MIMIC-IV's tables. */
  static void mimic(Path folder, long seed, int count) {
    HospitalTables tables = new HospitalTables(seed, true);
    tables.make(count);
    write(
        folder,
        "patients",
        "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod",
        tables.patients);
    write(folder, "admissions", "subject_id,hadm_id,admittime,dischtime,deathtime", tables.visits);
    write(
        folder,
        "diagnoses_icd",
        "subject_id,hadm_id,seq_num,icd_code,icd_version",
        tables.diagnoses);
    write(
        folder,
        "procedures_icd",
        "subject_id,hadm_id,seq_num,chartdate,icd_code,icd_version",
        tables.procedures);
    write(folder, "prescriptions", "subject_id,hadm_id,starttime,drug,ndc", tables.drugs);
  }

  /** Writes Synthea's tables. */
  static void synthea(Path folder, long seed, int count) {
    HospitalTables tables = new HospitalTables(seed, false);
    tables.make(count);
    String events = "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION";
    write(folder, "patients", "Id,BIRTHDATE,DEATHDATE,GENDER", tables.patients);
    write(folder, "encounters", "Id,START,STOP,PATIENT", tables.visits);
    write(folder, "conditions", events, tables.diagnoses);
    write(folder, "procedures", events, tables.procedures);
    write(folder, "medications", events, tables.drugs);
    write(folder, "observations", "DATE,PATIENT,CODE,VALUE", tables.observations);
  }

  static void write(Path folder, String name, String header, List<String> rows) {
    List<String> lines = new ArrayList<>(rows);
    lines.add(0, header);
    try {
      Files.write(folder.resolve(name + ".csv"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void make(int count) {
    for (int i = 0; i < count; i++) {
      patient("s" + (100 + i));
    }
  }

  private void patient(String id) {
    LocalDateTime now =
        LocalDateTime.of(2150, 1, 1, 0, 0).plusDays(random.nextInt(2000)).plusHours(9);
    LocalDateTime start = now;
    LocalDateTime death = null;
    int count = random.nextInt(6);
    for (int v = 0; v < count; v++) {
      LocalDateTime end = start.plusMinutes(random.nextInt(3) == 0 ? 0 : random.nextInt(10_000));
      boolean dies = random.nextInt(12) == 0;
      if (dies) {
        death = random.nextBoolean() ? end : end.minusMinutes(random.nextInt(60));
        death = death.isBefore(start) ? start : death;
      }
      visit(id, id + "v" + v, start, end, dies ? death : null);
      switch (random.nextInt(6)) {
        case 0 -> {} // the next starts together with this one
        case 1 -> start = end; // or as it ends
        case 2 -> start = start.plusMinutes(1); // or within it
        default -> start = end.plusDays(1 + random.nextInt(300));
      }
    }
    String dod = "";
    if (death == null && random.nextInt(3) == 0) {
      death = start.plusDays(random.nextInt(500) - 100);
    }
    if (death != null) {
      dod = death.toLocalDate().toString();
    }
    int age = random.nextInt(90);
    String sex = random.nextInt(10) == 0 ? "" : random.nextBoolean() ? "M" : "F";
    patients.add(
        mimic
            ? String.join(",", id, sex, "" + age, "" + now.getYear(), "2008 - 2010", dod)
            : String.join(
                ",", id, now.toLocalDate().minusDays(365L * age + 77).toString(), dod, sex));
    for (int i = random.nextInt(4); i > 0; i--) {
      observations.add(
          now.plusMinutes(1 + random.nextInt(900_000)).format(SPACE)
              + ","
              + id
              + ",39156-5,"
              + (20 + i));
      observations.add(now.format(SPACE) + "," + id + ",72166-2,Never smoker");
    }
  }

  private void visit(
      String id, String stay, LocalDateTime s, LocalDateTime e, LocalDateTime death) {
    String from = s.format(SPACE);
    String to = e.format(SPACE);
    visits.add(
        mimic
            ? String.join(",", id, stay, from, to, death == null ? "" : death.format(SPACE))
            : String.join(",", stay, from.replace(' ', 'T') + "Z", to.replace(' ', 'T') + "Z", id));
    for (int i = random.nextInt(4); i > 0; i--) {
      boolean ten = random.nextBoolean();
      String code = ten ? ICD10[random.nextInt(ICD10.length)] : ICD9[random.nextInt(ICD9.length)];
      if (mimic) {
        diagnoses.add(String.join(",", id, stay, "" + i, code, ten ? "10" : "9"));
      } else {
        String snomed = random.nextInt(8) == 0 ? "88805009" : "" + (1000 + random.nextInt(5));
        diagnoses.add(event(id, stay, moment(s, e).toLocalDate().toString(), snomed));
      }
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      LocalDateTime t = moment(s, e);
      procedures.add(
          mimic
              ? String.join(",", id, stay, "" + i, t.toLocalDate().toString(), "549" + i, "9")
              : event(id, stay, t.format(SPACE), "" + (2000 + i)));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      LocalDateTime t = moment(s, e);
      String drug = List.of("Heparin", "heparin ", "Sodium  Chloride", "").get(random.nextInt(4));
      drugs.add(
          mimic
              ? String.join(",", id, stay, random.nextInt(9) == 0 ? "" : t.format(SPACE), drug, "0")
              : event(id, stay, t.format(SPACE), "" + (3000 + i)));
    }
  }

  private static String event(String id, String stay, String time, String code) {
    return String.join(",", time, "", id, stay, code, "Something (finding)");
  }

  /** Mostly in the visit; now and then after it. */
  private LocalDateTime moment(LocalDateTime s, LocalDateTime e) {
    return random.nextInt(6) == 0
        ? e.plusMinutes(random.nextInt(500_000))
        : s.plusMinutes(random.nextInt(200));
  }
}
