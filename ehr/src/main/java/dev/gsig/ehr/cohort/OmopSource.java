package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import java.util.List;

/**
 * An OMOP common data model, version 5.3 or 5.4: persons, visits (visit_occurrence), conditions
 * ({@code d_} and the number of the concept), procedures ({@code p_}), drugs ({@code m_}), and
 * measurements and observations where they are asked for: with values each number in a visit is
 * {@code l_} and the concept, each value that is a concept {@code l_CONCEPT=VALUE}, and an
 * observation without either {@code l_}, too.
 *
 * <p>A time of day at midnight sharp is taken for a date alone: what begins then begins with the
 * day, and what ends ends with it. Deaths are of the table death, else of a visit that ended with
 * one; they are known to the end of the person's last observation period or visit.
 *
 * @param input where the tables are
 * @param options how they are read
 * @param measurements numbers to keep, by their concepts
 * @param values whether measurements and observations are read as codes with values
 */
public record OmopSource(
    OmopInput input, OmopOptions options, List<Measurement> measurements, boolean values)
    implements Source {
  /** Heart failure, and what is below it, among SNOMED's conditions. */
  private static final String HEART_FAILURE = "c_316139";

  private static final List<OmopEventTable> CODES =
      List.of(OmopEventTable.CONDITION, OmopEventTable.PROCEDURE, OmopEventTable.DRUG);
  private static final List<OmopEventTable> MEASURED =
      List.of(OmopEventTable.MEASUREMENT, OmopEventTable.OBSERVATION);

  @Override
  public String name() {
    return "omop";
  }

  @Override
  public String heartFailure() {
    return options.concepts() == OmopOptions.Concepts.STANDARD
        ? HEART_FAILURE
        : options.spelling() == OmopOptions.Spelling.CODES ? "d9_428*,d10_I50*" : null;
  }

  @Override
  public Records read(Watcher watcher) {
    if (options.concepts() == OmopOptions.Concepts.SOURCE && !options.wholes().isEmpty()) {
      throw new InvalidInputException(
          "c_"
              + options.wholes().iterator().next()
              + " stands for a standard concept and its descendants, which source concepts are not"
              + " among; name their codes with --target-codes, or leave --concepts source out");
    }
    Reading reading = new Reading(watcher);
    OmopVocabulary vocabulary = new OmopVocabulary(options);
    try (OmopTables tables = input.open();
        OmopTables apart =
            options.vocabulary() == null ? null : new OmopFolder(options.vocabulary()).open()) {
      OmopTables concepts = apart == null ? tables : apart;
      vocabulary.require(concepts);
      if (tables.concluded() != null) {
        reading.records.notice(tables.concluded());
      }
      new OmopPersons(tables, reading).read();
      for (OmopEventTable table : CODES) {
        if (table != OmopEventTable.DRUG || options.drugs() != OmopDrugs.NONE) {
          events(tables, reading, table);
        }
      }
      if (values || !measurements.isEmpty()) {
        MEASURED.forEach(table -> events(tables, reading, table));
      }
      if (options.indexCohort() != null) {
        OmopCohortTable.read(tables, reading, options.indexCohort());
      }
      vocabulary.spell(concepts, reading);
    }
    reading.units.notice(measurements, reading.records);
    reading.records.leaveOutOtherUnits();
    return reading.records;
  }

  private void events(OmopTables tables, Reading reading, OmopEventTable table) {
    if (table != OmopEventTable.CONDITION && !tables.has(table.table)) {
      reading.records.notice("no table " + table.table + ": nothing is read of it");
      return;
    }
    boolean rolled = table == OmopEventTable.DRUG && options.drugs().isRolledUp();
    OmopOptions.Concepts column = rolled ? OmopOptions.Concepts.STANDARD : options.concepts();
    OmopRows rows = new OmopRows(reading, table, column, measurements, values);
    tables.each(
        reading,
        table.table,
        table.required(column),
        table.optional(),
        table.isMeasured() ? rows::measured : rows::coded);
  }
}
