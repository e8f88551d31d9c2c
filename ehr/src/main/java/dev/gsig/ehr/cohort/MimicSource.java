package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder {@code hosp} of MIMIC-IV: patients, admissions (the visits), diagnoses_icd,
 * procedures_icd and prescriptions; the names of codes from d_icd_diagnoses and d_icd_procedures
 * where they are there; measurements from labevents (a number is an {@code itemid}) and omr
 * (anything else is a {@code result_name}). With values, each row of labevents that has a stay and
 * a number is a code, too, {@code l_} and the itemid, of which d_labitems tells the name.
 *
 * <p>A birth is the first day of {@code anchor_year - anchor_age}, so that whole years of age are
 * MIMIC's. A death is the admission's {@code deathtime} or the patient's {@code dod}; where an
 * admission says by {@code hospital_expire_flag} or {@code discharge_location} that it ended with
 * death, and neither tells when, it is the discharge. A visit in which the patient died ends no
 * earlier than the death. Deaths are known to a year after the last discharge, as MIMIC-IV's
 * documentation says.
 *
 * @param folder the folder of the files, packed or not
 * @param drugs how drugs are coded
 * @param measurements what to keep
 * @param values whether labs are read as codes with values
 */
public record MimicSource(Path folder, Drugs drugs, List<Measurement> measurements, boolean values)
    implements Source {
  private static final long FOLLOW_UP = 365 * Instants.DAY;

  /**
   * Without values.
   *
   * @param folder the folder of the files, packed or not
   * @param drugs how drugs are coded
   * @param measurements what to keep
   */
  public MimicSource(Path folder, Drugs drugs, List<Measurement> measurements) {
    this(folder, drugs, measurements, false);
  }

  @Override
  public String name() {
    return "mimic4";
  }

  @Override
  public String heartFailure() {
    return "d9_428*,d10_I50*";
  }

  @Override
  public Records read(Watcher watcher) {
    Reading reading = new Reading(watcher);
    patients(reading);
    admissions(reading);
    icd(reading, "diagnoses_icd", 'd');
    icd(reading, "procedures_icd", 'p');
    if (drugs != Drugs.NONE) {
      prescriptions(reading);
    }
    titles(reading, "d_icd_diagnoses", 'd');
    titles(reading, "d_icd_procedures", 'p');
    measurements(reading);
    if (values) {
      reading.records.leaveOutOtherUnits();
      labNames(reading);
    }
    return reading.records;
  }

  private void patients(Reading reading) {
    reading.each(
        folder,
        "patients",
        List.of("subject_id", "gender", "anchor_age", "anchor_year", "dod"),
        row -> {
          int age = row.integer(2, -1);
          int year = row.integer(3, -1);
          reading.addPatient(
              row,
              age < 0 || year < 0 ? Instants.UNKNOWN : Instants.startOf(year - age),
              row.text(1),
              Instants.of(row, 4, Instants.UNKNOWN));
        });
  }

  private void admissions(Reading reading) {
    Records records = reading.records;
    BitSet timed = new BitSet();
    List<Integer> died = new ArrayList<>();
    reading.each(
        Tables.require(folder, "admissions"),
        "admissions",
        List.of("subject_id", "hadm_id", "admittime", "dischtime", "deathtime"),
        List.of("hospital_expire_flag", "discharge_location"),
        row -> {
          int patient = reading.patient(row, 0, "admissions");
          if (patient < 0) {
            return;
          }
          long death = Instants.of(row, 4, Instants.UNKNOWN);
          // of the day of death, which patients has, this is the time; of several, the first
          if (death != Instants.UNKNOWN && !timed.get(patient)) {
            records.deaths.set(patient, death);
            timed.set(patient);
          }
          records.addDeath(patient, death);
          long end = Math.max(Instants.required(row, 3), death);
          int visit = reading.addVisit(row, 1, patient, Instants.required(row, 2), end);
          if (row.integer(5, 0) == 1 || (row.text(6) != null && MedsCode.isDeath(row.text(6)))) {
            died.add(visit);
          }
        });
    died.sort(Comparator.comparingLong(records.visitEnds::get));
    died.forEach(records::addDeathIn);
    for (int i = 0; i < records.followUpEnds.size(); i++) {
      records.followUpEnds.set(i, Instants.UNKNOWN);
    }
    for (int v = 0; v < records.visitPatients.size(); v++) {
      int patient = records.visitPatients.get(v);
      long known = records.visitEnds.get(v) + FOLLOW_UP;
      records.followUpEnds.set(patient, Math.max(records.followUpEnds.get(patient), known));
    }
  }

  private void icd(Reading reading, String table, char kind) {
    boolean dated = kind == 'p';
    List<String> columns = List.of("subject_id", "hadm_id", "seq_num", "icd_code", "icd_version");
    reading.each(
        Tables.require(folder, table),
        table,
        columns,
        dated ? List.of("chartdate") : List.of(),
        row -> {
          int version = row.integer(4, 0);
          if (version != 9 && version != 10) {
            reading.records.drop(table + ": of a version of ICD other than 9 and 10");
            return;
          }
          reading.addEvent(
              row,
              table,
              0,
              1,
              icd(row, kind, 3, 4),
              dated ? Instants.of(row, 5, Instants.UNKNOWN) : Instants.UNKNOWN,
              row.integer(2, 0));
        });
  }

  private static String icd(Table row, char kind, int code, int version) {
    return row.text(code) == null
        ? null
        : Coding.icd(kind, row.integer(version, 0), row.text(code));
  }

  private void prescriptions(Reading reading) {
    String table = "prescriptions";
    List<String> columns = List.of("subject_id", "hadm_id", "starttime", drugs.column());
    reading.each(
        folder,
        table,
        columns,
        row -> {
          List<String> codes = drugs.codes(row.text(3));
          if (codes.isEmpty()) {
            reading.records.drop(table + ": without a code (" + drugs.label() + ")");
          }
          for (String code : codes) {
            reading.addEvent(row, table, 0, 1, code, Instants.of(row, 2, Instants.UNKNOWN), 0);
          }
        });
  }

  private void titles(Reading reading, String table, char kind) {
    Path file = Tables.find(folder, table);
    if (file != null) {
      reading.each(
          file,
          table,
          List.of("icd_code", "icd_version", "long_title"),
          List.of(),
          row -> {
            String code = icd(row, kind, 0, 1);
            if (code != null) {
              reading.records.describe(code, row.text(2));
            }
          });
    }
  }

  private void labNames(Reading reading) {
    Path file = Tables.find(folder, "d_labitems");
    if (file != null) {
      reading.each(
          file,
          "d_labitems",
          List.of("itemid", "label"),
          List.of("fluid"),
          row -> {
            String code = row.text(0) == null ? null : Coding.plain(Coding.MEASURED, row.text(0));
            if (code != null && row.text(1) != null) {
              String fluid = row.text(2) == null ? "" : " (" + row.text(2) + ")";
              reading.records.describe(code, row.text(1) + fluid);
            }
          });
    }
  }

  private void measurements(Reading reading) {
    Map<String, Integer> labs = new HashMap<>();
    Map<String, Integer> others = new HashMap<>();
    for (int i = 0; i < measurements.size(); i++) {
      String code = measurements.get(i).code();
      (code.matches("\\d+") ? labs : others).put(code, i);
    }
    if (values || !labs.isEmpty()) {
      labevents(reading, labs);
    }
    if (!others.isEmpty()) {
      reading.each(
          folder,
          "omr",
          List.of("subject_id", "result_name", "chartdate", "result_value"),
          row -> measurement(reading, row, "omr", others, null));
    }
    reading.units.notice(measurements, reading.records);
  }

  private void labevents(Reading reading, Map<String, Integer> features) {
    List<String> columns = List.of("subject_id", "itemid", "charttime", "valuenum", "hadm_id");
    reading.each(
        Tables.require(folder, "labevents"),
        "labevents",
        columns.subList(0, values ? 5 : 4),
        values ? List.of("valueuom") : List.of("hadm_id", "valueuom"),
        row -> {
          measurement(reading, row, "labevents", features, row.text(5));
          if (values) {
            String item = row.identifier(1);
            reading.addValue(row, "labevents", 0, 4, 2, item, row.number(3), row.text(5));
          }
        });
  }

  private static void measurement(
      Reading reading, Table row, String table, Map<String, Integer> features, String unit) {
    Integer feature = row.text(1) == null ? null : features.get(row.text(1));
    int patient = feature == null ? -1 : reading.patient(row, 0, table);
    if (patient >= 0) {
      reading.addMeasurement(row, 2, patient, feature, row.number(3), unit);
    }
  }
}
