package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What the readers of a source share: the rows of its tables, and visits by their identifiers. */
final class Reading {
  final Records records = new Records();
  final Units units = new Units();
  private final Source.Watcher watcher;
  private final Map<String, Integer> visits = new HashMap<>();

  Reading(Source.Watcher watcher) {
    this.watcher = watcher;
  }

  /** Reads a table that a folder must have. */
  void each(Path folder, String table, List<String> columns, Consumer<Table> row) {
    each(Tables.require(folder, table), table, columns, List.of(), row);
  }

  void each(
      Path file, String name, List<String> required, List<String> optional, Consumer<Table> row) {
    watcher.begin(name);
    each(Tables.open(file, required, optional), name, row);
  }

  /** Tells that a table of several files is begun. */
  void begin(String name) {
    watcher.begin(name);
  }

  /** Counts a row that was read otherwise than from a table. */
  void row(String name) {
    watcher.row();
    records.rows.merge(name, 1L, Long::sum);
  }

  /** Reads a table, or one more file of it, and closes it. */
  void each(Table open, String name, Consumer<Table> row) {
    long rows = 0;
    try (Table table = open) {
      while (table.next()) {
        row.accept(table);
        watcher.row();
        rows++;
      }
    }
    records.rows.merge(name, rows, Long::sum);
  }

  /**
   * Adds the patient that the first column names.
   *
   * @param sex as the source spells it; null for none
   */
  void addPatient(Table row, long birth, String sex, long death) {
    int patient =
        records.addPatient(row.requiredIdentifier(0), birth, Sex.UNKNOWN, death, row.where());
    if (sex != null) {
      records.setSex(patient, sex);
    }
  }

  /** The patient that a column names, or -1 and counted. */
  int patient(Table row, int column, String table) {
    int patient = records.patients.find(row.requiredIdentifier(column));
    if (patient < 0) {
      records.drop(table + ": of a patient who is not in the table of patients");
    }
    return patient;
  }

  /** Adds a visit under its identifier. */
  int addVisit(Table row, int column, int patient, long start, long end) {
    String id = row.requiredIdentifier(column);
    int visit = records.addVisit(patient, start, end);
    if (visits.put(id, visit) != null) {
      throw new InvalidInputException(
          row.where()
              + ": the visit "
              + Json.quote(id)
              + " is there twice; remove one of the rows");
    }
    return visit;
  }

  /**
   * Adds a coded event under the identifier of its visit.
   *
   * @param patientColumn the column that names the patient
   * @param visitColumn the column that names the visit
   * @param code null for none: dropped, and counted
   * @return whether there is such a visit
   */
  boolean addEvent(
      Table row,
      String table,
      int patientColumn,
      int visitColumn,
      String code,
      long time,
      int order) {
    int patient = patient(row, patientColumn, table);
    if (patient < 0) {
      return false;
    }
    if (code == null) {
      records.drop(table + ": without a code");
      return false;
    }
    String id = row.identifier(visitColumn);
    Integer visit = id == null ? null : visits.get(id);
    if (visit == null) {
      records.addStray(patient, code, table + ": of no known visit");
    } else if (records.visitPatients.get(visit) != patient) {
      throw new InvalidInputException(
          row.where()
              + ": the visit "
              + Json.quote(id)
              + " is of another patient than "
              + Json.quote(row.text(patientColumn))
              + "; are the tables of one release?");
    } else {
      records.addEvent(visit, code, time, order);
      return true;
    }
    return false;
  }

  /**
   * Adds what was measured in a visit, as a code with a value. One without a value or time is
   * dropped, and counted.
   *
   * @param patientColumn the column that names the patient
   * @param visitColumn the column that names the visit
   * @param timeColumn the column of its time
   * @param code as the source spells it; null for none
   * @param value null for none
   * @param unit of the value; null for none
   */
  void addValue(
      Table row,
      String table,
      int patientColumn,
      int visitColumn,
      int timeColumn,
      String code,
      Double value,
      String unit) {
    long time = Instants.of(row, timeColumn, Instants.UNKNOWN);
    String spelt = code == null ? null : Coding.plain(Coding.MEASURED, code);
    if (value == null) {
      records.drop(table + ": without a number");
    } else if (time == Instants.UNKNOWN) {
      records.drop(table + ": without a time");
    } else if (addEvent(row, table, patientColumn, visitColumn, spelt, time, 0)) {
      records.addValue(value, unit);
    }
  }

  /**
   * A measurement of a row; one at midnight sharp is taken for a date, known at the day's end. One
   * without a value or time is dropped, and counted.
   *
   * @param timeColumn the column of its time
   * @param value null for none
   * @param unit of the value; null for none
   */
  void addMeasurement(
      Table row, int timeColumn, int patient, int feature, Double value, String unit) {
    long time = Instants.of(row, timeColumn, Instants.UNKNOWN);
    addMeasurement(time, patient, feature, value, unit);
  }

  /** A measurement of a time, or of {@link Instants#UNKNOWN}, as above. */
  void addMeasurement(long time, int patient, int feature, Double value, String unit) {
    if (value == null) {
      records.drop("measurement without a value");
    } else if (time == Instants.UNKNOWN) {
      records.drop("measurement without a time");
    } else {
      records.addMeasurement(patient, feature, Instants.measured(time), value);
      units.add(feature, unit);
    }
  }
}
