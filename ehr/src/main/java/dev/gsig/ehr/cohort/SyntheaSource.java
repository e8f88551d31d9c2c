package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.Values;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The CSV files of Synthea 3: patients, encounters, conditions ({@code d_} and the SNOMED CT code),
 * procedures ({@code p_}), medications ({@code m_} and the RxNorm code), and observations (LOINC)
 * where measurements are asked for; with values each numeric observation of an encounter is a code,
 * too, {@code l_} and the LOINC code. Encounters are the visits. Deaths are known to the end of the
 * last encounter of all.
 *
 * @param folder the folder of the files, packed or not
 * @param measurements numeric observations to keep
 * @param values whether numeric observations are read as codes with values
 */
public record SyntheaSource(Path folder, List<Measurement> measurements, boolean values)
    implements Source {
  /** The observations' columns from the fifth on, of which values need the first. */
  private static final List<String> MORE = List.of("ENCOUNTER", "UNITS", "TYPE", "DESCRIPTION");

  /**
   * Without values.
   *
   * @param folder the folder of the files, packed or not
   * @param measurements numeric observations to keep
   */
  public SyntheaSource(Path folder, List<Measurement> measurements) {
    this(folder, measurements, false);
  }

  @Override
  public String name() {
    return "synthea";
  }

  /** Chronic congestive heart failure, and heart failure: all that Synthea's modules write. */
  @Override
  public String heartFailure() {
    return "d_88805009,d_84114007";
  }

  @Override
  public Records read(Watcher watcher) {
    Reading reading = new Reading(watcher);
    Records records = reading.records;
    reading.each(
        folder,
        "patients",
        List.of("Id", "BIRTHDATE", "DEATHDATE", "GENDER"),
        row -> {
          reading.addPatient(
              row,
              Instants.of(row, 1, Instants.UNKNOWN),
              row.text(3),
              Instants.of(row, 2, Instants.UNKNOWN));
        });
    long[] last = {Instants.UNKNOWN};
    reading.each(
        folder,
        "encounters",
        List.of("Id", "PATIENT", "START", "STOP"),
        row -> {
          int patient = reading.patient(row, 1, "encounters");
          if (patient >= 0) {
            long start = Instants.required(row, 2);
            long end = Instants.of(row, 3, Instants.OPEN);
            last[0] = Math.max(last[0], end == Instants.OPEN ? start : end);
            if (end == Instants.OPEN) {
              records.notice("encounter without STOP: taken to go on, so that no input has it");
            }
            reading.addVisit(row, 0, patient, start, end);
          }
        });
    for (int i = 0; i < records.followUpEnds.size(); i++) {
      records.followUpEnds.set(i, last[0]);
    }
    events(reading, "conditions", 'd');
    events(reading, "procedures", 'p');
    events(reading, "medications", 'm');
    if (values || !measurements.isEmpty()) {
      observations(reading);
      reading.units.notice(measurements, records);
      records.leaveOutOtherUnits();
    }
    return records;
  }

  private void events(Reading reading, String table, char kind) {
    List<String> columns = List.of("PATIENT", "ENCOUNTER", "START", "CODE", "DESCRIPTION");
    reading.each(
        folder,
        table,
        columns,
        row -> {
          String code = row.text(3) == null ? null : Coding.plain(kind, row.text(3));
          reading.addEvent(row, table, 0, 1, code, Instants.required(row, 2), 0);
          if (code != null) {
            reading.records.describe(code, row.text(4));
          }
        });
  }

  private void observations(Reading reading) {
    Map<String, Integer> features = new HashMap<>();
    for (int i = 0; i < measurements.size(); i++) {
      features.put(measurements.get(i).code(), i);
    }
    reading.each(
        Tables.require(folder, "observations"),
        "observations",
        Stream.concat(
                Stream.of("PATIENT", "DATE", "CODE", "VALUE"), MORE.stream().limit(values ? 1 : 0))
            .toList(),
        MORE.subList(values ? 1 : 0, MORE.size()),
        row -> {
          Integer feature = row.text(2) == null ? null : features.get(row.text(2));
          if (feature != null) {
            observation(reading, row, feature);
          }
          if (values) {
            value(reading, row);
          }
        });
  }

  /** Whether an observation is a number, its type tells, or where there is none, its value. */
  private static void value(Reading reading, Table row) {
    String text = row.text(3);
    boolean numeric =
        row.has(6) ? "numeric".equals(row.text(6)) : text != null && Values.number(text) != null;
    Double value = numeric ? row.number(3) : null;
    reading.addValue(row, "observations", 0, 4, 1, row.text(2), value, row.text(5));
    String code = row.text(2) == null ? null : Coding.plain(Coding.MEASURED, row.text(2));
    if (code != null && value != null) {
      reading.records.describe(code, row.text(7));
    }
  }

  private static void observation(Reading reading, Table row, int feature) {
    int patient = reading.patient(row, 0, "observations");
    if (patient >= 0) {
      reading.addMeasurement(row, 1, patient, feature, row.number(3), row.text(5));
    }
  }
}
