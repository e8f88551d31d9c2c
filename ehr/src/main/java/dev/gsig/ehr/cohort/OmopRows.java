package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes the rows of a table of events, and makes codes of the numbers of their concepts. */
final class OmopRows {
  /** Equals, as the operator of a measurement; others are bounds. */
  private static final long EQUALS = 4172703;

  private final Reading reading;
  private final OmopEventTable table;
  private final String none;
  private final String missing;
  private final boolean values;
  private final Map<Long, List<Integer>> features = new HashMap<>();

  OmopRows(
      Reading reading,
      OmopEventTable table,
      OmopOptions.Concepts concepts,
      List<Measurement> measurements,
      boolean values) {
    this.reading = reading;
    this.table = table;
    this.values = values;
    this.none = table.table + ": concept 0, which stands for no " + concepts.label() + " concept";
    this.missing = table.table + ": without a concept";
    for (int i = 0; i < measurements.size(); i++) {
      features.computeIfAbsent(concept(measurements.get(i)), any -> new ArrayList<>()).add(i);
    }
  }

  private static long concept(Measurement measurement) {
    if (!measurement.code().matches("[0-9]{1,18}")) {
      throw new InvalidInputException(
          "--tabular "
              + measurement.name()
              + "="
              + measurement.code()
              + ": of OMOP a measurement is named by the number of its concept, as in bmi=3038553,"
              + " but this is "
              + Json.quote(measurement.code()));
    }
    return Long.parseLong(measurement.code());
  }

  /**
   * The time of a row, of its date where it has no other.
   *
   * @throws InvalidInputException if it has neither, or one is no time
   */
  static long time(Table row, int date, int time) {
    long known = Instants.of(row, time, Instants.UNKNOWN);
    return known == Instants.UNKNOWN ? Instants.required(row, date) : known;
  }

  private static long time(Table row) {
    return time(row, OmopEventTable.DATE, OmopEventTable.TIME);
  }

  /** A condition, a procedure or a drug. */
  void coded(Table row) {
    long concept = concept(row);
    if (concept > OmopIds.NONE) {
      add(row, table.kind + "_" + concept);
    }
  }

  /** The concept of a row; none, and counted, where it is 0 or missing. */
  private long concept(Table row) {
    long concept = OmopIds.of(row, OmopEventTable.CONCEPT);
    if (concept <= OmopIds.NONE) {
      reading.records.drop(concept == OmopIds.NONE ? none : missing);
    }
    return concept;
  }

  private boolean add(Table row, String code) {
    return reading.addEvent(
        row, table.table, OmopEventTable.PERSON, OmopEventTable.VISIT, code, time(row), 0);
  }

  /** A measurement or an observation. */
  void measured(Table row) {
    long concept = concept(row);
    if (concept <= OmopIds.NONE) {
      return;
    }
    Double number = row.number(OmopEventTable.NUMBER);
    List<Integer> wanted = number == null ? null : features.get(concept);
    if (!values && wanted == null) {
      return;
    }
    if (number != null && isBound(row)) {
      reading.records.notice(
          table.table + ": number that is a bound (such as < 5): taken as it stands");
    }
    String unit = number == null ? null : unit(row);
    if (wanted != null) {
      int patient = reading.patient(row, OmopEventTable.PERSON, table.table);
      for (int i = 0; patient >= 0 && i < wanted.size(); i++) {
        reading.addMeasurement(time(row), patient, wanted.get(i), number, unit);
      }
    }
    if (values) {
      value(row, concept, number, unit);
    }
  }

  private void value(Table row, long concept, Double number, String unit) {
    String code = table.kind + "_" + concept;
    long value = OmopIds.of(row, OmopEventTable.VALUE_CONCEPT);
    if (number != null) {
      if (add(row, code)) {
        reading.records.addValue(number, unit);
      }
    } else if (value > OmopIds.NONE) {
      add(row, code + "=" + value);
    } else if (table == OmopEventTable.OBSERVATION) {
      if (row.text(OmopEventTable.TEXT) != null) {
        reading.records.notice("observation whose value is a text: a code without a value");
      }
      add(row, code);
    } else {
      reading.records.drop(table.table + ": without a number, or a concept as its value");
    }
  }

  private static boolean isBound(Table row) {
    long operator = OmopIds.of(row, OmopEventTable.OPERATOR);
    return operator > OmopIds.NONE && operator != EQUALS;
  }

  /** The concept of the unit, whose spelling is one; where there is none what the source says. */
  private static String unit(Table row) {
    long unit = OmopIds.of(row, OmopEventTable.UNIT_CONCEPT);
    return unit > OmopIds.NONE ? OmopVocabulary.UNIT + unit : row.text(OmopEventTable.UNIT);
  }
}
