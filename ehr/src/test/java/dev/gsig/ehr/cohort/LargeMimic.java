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
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * Made-up tables of the size and layout of the whole MIMIC-IV, and a program that makes a cohort of
 * them. The numbers of visits and codes are drawn so that the means are those of MIMIC-IV; 20,000
 * diagnoses, 12,000 procedures and 9,000 drugs by falling frequency.
 */
final class LargeMimic {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final SplittableRandom random = new SplittableRandom(11);
  private final BufferedWriter patients;
  private final BufferedWriter admissions;
  private final BufferedWriter diagnoses;
  private final BufferedWriter procedures;
  private final BufferedWriter prescriptions;
  private long hadm = 20_000_000;

  private LargeMimic(Path folder) throws IOException {
    patients =
        open(folder, "patients", "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod");
    admissions =
        open(
            folder,
            "admissions",
            "subject_id,hadm_id,admittime,dischtime,deathtime,admission_type,admit_provider_id,"
                + "admission_location,discharge_location,insurance,language,marital_status,race,"
                + "edregtime,edouttime,hospital_expire_flag");
    diagnoses = open(folder, "diagnoses_icd", "subject_id,hadm_id,seq_num,icd_code,icd_version");
    procedures =
        open(folder, "procedures_icd", "subject_id,hadm_id,seq_num,chartdate,icd_code,icd_version");
    prescriptions =
        open(
            folder,
            "prescriptions",
            "subject_id,hadm_id,pharmacy_id,poe_id,poe_seq,order_provider_id,starttime,stoptime,"
                + "drug_type,drug,formulary_drug_cd,gsn,ndc,prod_strength,form_rx,dose_val_rx,"
                + "dose_unit_rx,form_val_disp,form_unit_disp,doses_per_24_hrs,route");
  }

  private static BufferedWriter open(Path folder, String name, String header) throws IOException {
    BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(
                    Files.newOutputStream(folder.resolve(name + ".csv.gz")), 1 << 16),
                StandardCharsets.UTF_8),
            1 << 16);
    out.write(header + "\n");
    return out;
  }

  /**
   * Writes the tables.
   *
   * @param diagnosesRows how many rows diagnoses_icd has
   * @param prescriptionRows how many rows prescriptions has
   */
  static void write(Path folder, int count, int diagnosesRows, int prescriptionRows)
      throws IOException {
    LargeMimic tables = new LargeMimic(folder);
    double perPatient = 1 / (double) count;
    long diagnosed = 0;
    long prescribed = 0;
    for (int i = 0; i < count; i++) {
      // what is still to come is spread evenly, so that the sums are exact
      long d = (long) Math.ceil(diagnosesRows * perPatient * (i + 1)) - diagnosed;
      long p = (long) Math.ceil(prescriptionRows * perPatient * (i + 1)) - prescribed;
      tables.patient(10_000_000 + i, (int) d, (int) p);
      diagnosed += d;
      prescribed += p;
    }
    for (BufferedWriter out :
        List.of(
            tables.patients,
            tables.admissions,
            tables.diagnoses,
            tables.procedures,
            tables.prescriptions)) {
      out.close();
    }
  }

  private void patient(int id, int diagnosesRows, int prescriptionRows) throws IOException {
    int year = 2110 + random.nextInt(80);
    LocalDateTime start = LocalDateTime.of(year, 1, 1, 0, 0).plusMinutes(random.nextInt(500_000));
    // 1.8 visits in the mean, many patients with one
    int visits = 1;
    while (visits < 40 && random.nextInt(9) < 4) {
      visits++;
    }
    boolean dies = random.nextInt(10) == 0;
    LocalDateTime end = start;
    for (int v = 0; v < visits; v++) {
      hadm++;
      end = start.plusMinutes(300 + random.nextInt(12_000));
      boolean now = dies && v == visits - 1 && random.nextInt(3) == 0;
      admission(id, start, end, now);
      for (int n = share(diagnosesRows, v, visits), i = 1; i <= n; i++) {
        diagnoses.write(id + "," + hadm + "," + i + "," + diagnosis() + "\n");
      }
      for (int n = random.nextInt(4), i = 1; i <= n; i++) {
        String code = (random.nextBoolean() ? "0W9G3Z" : "B211Y") + rare(12_000);
        procedures.write(
            id + "," + hadm + "," + i + "," + start.toLocalDate() + "," + code + ",10\n");
      }
      for (int n = share(prescriptionRows, v, visits), i = 0; i < n; i++) {
        prescription(id, start.plusMinutes(random.nextInt(4000)));
      }
      start = end.plusMinutes(1000 + random.nextInt(400_000));
    }
    patients.write(
        id
            + ","
            + (random.nextBoolean() ? "F" : "M")
            + ","
            + (18 + random.nextInt(73))
            + ","
            + year
            + ",2008 - 2010,"
            + (dies ? end.plusDays(random.nextInt(300)).toLocalDate() : "")
            + "\n");
  }

  private static int share(int rows, int visit, int visits) {
    return rows * (visit + 1) / visits - rows * visit / visits;
  }

  private void admission(int id, LocalDateTime start, LocalDateTime end, boolean dies)
      throws IOException {
    String to = end.format(TIME);
    admissions.write(
        id
            + ","
            + hadm
            + ","
            + start.format(TIME)
            + ","
            + to
            + ","
            + (dies ? to : "")
            + ",EW EMER.,P49AFC,EMERGENCY ROOM,HOME,Medicare,ENGLISH,MARRIED,WHITE,,,"
            + (dies ? "1" : "0")
            + "\n");
  }

  /** Falling frequency: the logarithm of the rank is uniform. */
  private int rare(int codes) {
    return (int) Math.exp(random.nextDouble() * Math.log(codes));
  }

  private String diagnosis() {
    if (random.nextInt(60) == 0) {
      return random.nextBoolean() ? "4280,9" : "I509,10";
    }
    int rank = rare(20_000);
    return rank % 2 == 0 ? (10_000 + rank) + ",9" : "K" + (1000 + rank) + ",10";
  }

  private void prescription(int id, LocalDateTime start) throws IOException {
    int drug = rare(9_000);
    prescriptions.write(
        id
            + ","
            + hadm
            + ","
            + (27_168_639 + random.nextInt(60_000_000))
            + ","
            + id
            + "-"
            + drug
            + ",31,P49AFC,"
            + start.format(TIME)
            + ","
            + start.plusHours(22).format(TIME)
            + ",MAIN,Drug Number "
            + drug
            + " Sodium,FORM"
            + drug
            + ",006562,"
            + (10_000_000_000L + drug)
            + ",10mg Tablet,,10,mg,1,TAB,2,PO/NG\n");
  }

  /**
   * Makes a cohort and prints what it took.
   *
   * @param args the folder of the tables, the task, and the folder of the cohort
   */
  public static void main(String[] args) {
    Task task = args[1].equals("mortality") ? MadeUpMimic.MORTALITY : MadeUpMimic.HEART_FAILURE;
    CohortSettings settings =
        new CohortSettings(Coding.WHOLE, List.of(), 0, new Split.Fractions(0.7, 0.15, 0.15), 1, 5);
    long begin = System.nanoTime();
    Map<String, Object> report =
        CohortBuilder.write(
            new MimicSource(Path.of(args[0]), Drugs.NAME, List.of()),
            task,
            settings,
            Path.of(args[2]),
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
