package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The persons of an OMOP common data model, their visits and deaths. */
final class OmopPersons {
  /** Patient died, as where a visit was discharged to. */
  private static final long DIED = 4216643;

  private final OmopTables tables;
  private final Reading reading;
  private final Records records;

  OmopPersons(OmopTables tables, Reading reading) {
    this.tables = tables;
    this.reading = reading;
    this.records = reading.records;
  }

  void read() {
    OmopVersion version = OmopVersion.of(tables, reading);
    persons();
    List<Integer> died = visits(version);
    version.tell(records);
    observationPeriods();
    deaths();
    died.sort(Comparator.comparingLong(records.visitEnds::get));
    died.forEach(records::addDeathIn);
  }

  private void persons() {
    tables.each(
        reading,
        "person",
        List.of("person_id", "gender_concept_id", "year_of_birth"),
        List.of("month_of_birth", "day_of_birth", "birth_datetime"),
        row -> {
          long sex = OmopIds.of(row, 1);
          String told = sex == OmopIds.MISSING || sex == OmopIds.NONE ? null : "" + sex;
          reading.addPatient(row, birth(row), told, Instants.UNKNOWN);
        });
    for (int patient = 0; patient < records.patients.size(); patient++) {
      records.followUpEnds.set(patient, Instants.UNKNOWN);
    }
  }

  private long birth(Table row) {
    long known = Instants.of(row, 5, Instants.UNKNOWN);
    int year = row.integer(2, 0);
    if (known != Instants.UNKNOWN || year <= 0) {
      return known;
    }
    int month = row.integer(3, 0);
    int day = row.integer(4, 0);
    if (month <= 0 || day <= 0) {
      records.notice("birth of which not the day is known: taken for the first that it may be");
    }
    long birth = Instants.date(year, Math.max(1, month), month <= 0 ? 1 : Math.max(1, day));
    if (birth == Instants.UNKNOWN) {
      throw new InvalidInputException(
          row.where()
              + ": year_of_birth, month_of_birth and day_of_birth must be a date, but are "
              + year
              + ", "
              + month
              + " and "
              + day);
    }
    return birth;
  }

  /** Gives the visits that ended with death. */
  private List<Integer> visits(OmopVersion version) {
    List<Integer> died = new ArrayList<>();
    tables.each(
        reading,
        "visit_occurrence",
        List.of("visit_occurrence_id", "person_id", "visit_start_date", "visit_end_date"),
        List.of(
            "visit_start_datetime",
            "visit_end_datetime",
            OmopVersion.DISCHARGED_5_4,
            OmopVersion.DISCHARGED_5_3),
        row -> {
          version.look(row.has(6), row.has(7));
          int patient = reading.patient(row, 1, "visit_occurrence");
          if (patient < 0) {
            return;
          }
          long start = OmopRows.time(row, 2, 4);
          long end = end(row);
          records.addPresence(patient, end == Instants.OPEN ? start : end);
          int visit = reading.addVisit(row, 0, patient, start, end);
          if (OmopIds.of(row, row.has(6) ? 6 : 7) == DIED && end != Instants.OPEN) {
            died.add(visit);
          }
        });
    return died;
  }

  /** One at midnight sharp is a date alone, and the visit is over with the day. */
  private long end(Table row) {
    if (row.text(3) == null && row.text(5) == null) {
      records.notice("visit without an end: taken to go on, so that no input has it");
      return Instants.OPEN;
    }
    return Instants.measured(OmopRows.time(row, 3, 5));
  }

  private void observationPeriods() {
    String table = "observation_period";
    if (!tables.has(table)) {
      records.notice("no table " + table + ": deaths are known to the end of the last visit");
      return;
    }
    tables.each(
        reading,
        table,
        List.of("person_id", "observation_period_end_date"),
        List.of(),
        row -> {
          int patient = reading.patient(row, 0, table);
          if (patient >= 0) {
            records.addPresence(patient, Instants.measured(Instants.required(row, 1)));
          }
        });
  }

  private void deaths() {
    String table = "death";
    if (!tables.has(table)) {
      records.notice("no table " + table + ": only deaths that ended a visit are known");
      return;
    }
    tables.each(
        reading,
        table,
        List.of("person_id", "death_date"),
        List.of("death_datetime"),
        row -> {
          int patient = reading.patient(row, 0, table);
          if (patient >= 0) {
            records.addDeath(patient, OmopRows.time(row, 1, 2));
          }
        });
  }
}
