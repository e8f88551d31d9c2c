package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;

/** The table cohort, which names persons and the dates at which they enter a cohort. */
final class OmopCohortTable {
  private static final int SHOWN = 10;

  private OmopCohortTable() {}

  /**
   * Reads the entries of one definition; one at midnight sharp is of a date, and at its end.
   *
   * @throws InvalidInputException if it has none
   */
  static void read(OmopTables tables, Reading reading, int definition) {
    Records records = reading.records;
    records.indexDates = new HashMap<>();
    TreeSet<Integer> others = new TreeSet<>();
    tables.each(
        reading,
        "cohort",
        List.of("cohort_definition_id", "subject_id", "cohort_start_date"),
        List.of(),
        row -> {
          row.required(0);
          int of = row.integer(0, 0);
          if (of != definition) {
            others.add(of);
            return;
          }
          int patient = reading.patient(row, 1, "cohort");
          long time = Instants.measured(Instants.required(row, 2));
          if (patient >= 0) {
            records.indexDates.computeIfAbsent(patient, any -> new TreeSet<>()).add(time);
          }
        });
    if (records.indexDates.isEmpty()) {
      throw new InvalidInputException(
          "the table cohort has no person of cohort_definition_id "
              + definition
              + (others.isEmpty()
                  ? ", nor any other"
                  : "; it has "
                      + String.join(
                          ", ", others.stream().limit(SHOWN).map(String::valueOf).toList())
                      + (others.size() > SHOWN ? ", ..." : "")));
    }
  }
}
