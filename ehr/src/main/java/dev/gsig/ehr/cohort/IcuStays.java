package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Values;
import dev.gsig.ehr.internal.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes the rows of the challenge of 2012 one by one, in any order, and makes records of them. */
final class IcuStays {
  /** The columns of a row. */
  static final List<String> COLUMNS = List.of("Time", "Parameter", "Value");

  /** The column, and the parameter, that says which stay it is. */
  static final String RECORD = "RecordID";

  /** The moment at which all stays begin, for they have no dates. */
  static final int YEAR = 2000;

  static final long START = Instants.startOf(YEAR);
  static final long HOUR = 3600 * Instants.SECOND;

  private static final int TIME = 0;
  private static final int PARAMETER = 1;
  private static final int VALUE = 2;

  /** What the challenge writes for a value that is not known. */
  private static final double UNKNOWN = -1;

  private static final Pattern CLOCK = Pattern.compile("([0-9]{1,3}):([0-5][0-9])");

  private final Records records;
  private final int hours;
  private final int visitHours;
  private final boolean values;
  private final Map<String, List<Feature>> features = new HashMap<>();

  /** Visits by their patients and numbers. */
  private final Map<Long, Integer> visits = new HashMap<>();

  private int firstOfSet;

  /**
   * A tabular feature of a variable.
   *
   * @param number which feature
   * @param category 1 is for this value and 0 for others; null for the value itself
   */
  private record Feature(int number, Double category) {
    double of(double value) {
      return category == null ? value : value == category ? 1 : 0;
    }
  }

  /**
   * For the stays of a source.
   *
   * @param records take them; they have no others
   */
  IcuStays(
      Records records, int hours, int visitHours, List<Measurement> measurements, boolean values) {
    this.records = records;
    this.hours = hours;
    this.visitHours = visitHours;
    this.values = values;
    records.hasTimesOfDay = true;
    for (int i = 0; i < measurements.size(); i++) {
      String[] code = measurements.get(i).code().split("=", 2);
      Double category = code.length < 2 ? null : Values.number(code[1].strip());
      features
          .computeIfAbsent(code[0].strip(), name -> new ArrayList<>(1))
          .add(new Feature(i, category));
    }
    IcuVariable.ALL.values().stream()
        .filter(variable -> variable.kind() != IcuVariable.Kind.GENERAL)
        .forEach(variable -> records.describe(variable.code(), variable.words()));
  }

  /** The stays that come from now on are of another set, and so others. */
  void beginSet() {
    firstOfSet = records.patients.size();
  }

  /**
   * Adds a stay.
   *
   * @throws InvalidInputException if there is one of that name
   */
  int addStay(String id, String where) {
    return records.addPatient(id, Instants.UNKNOWN, Sex.UNKNOWN, Instants.UNKNOWN, where);
  }

  /**
   * Takes a row.
   *
   * @param row with {@link #COLUMNS}
   * @param id the stay that it is of
   */
  void add(Table row, String id) {
    int known = records.patients.find(id);
    int patient = known >= firstOfSet ? known : addStay(id, row.where());
    String name = row.text(PARAMETER);
    if (RECORD.equals(name)) {
      requireSame(row, id);
      return;
    }
    IcuVariable variable = name == null ? null : IcuVariable.ALL.get(name);
    if (variable == null) {
      records.drop("measurement of a variable that the challenge does not have");
      return;
    }
    int minutes = minutes(row);
    Double value = row.number(VALUE);
    if (minutes > 60 * hours) {
      records.drop("measurement after the first " + hours + " hours");
    } else if (value == null) {
      records.drop(name + ": without a number");
    } else if (value == UNKNOWN) {
      records.drop(name + ": not known (-1)");
    } else if (!variable.canBe(value)) {
      records.drop(variable.impossible());
    } else {
      take(row, patient, variable, minutes, value);
    }
  }

  private void take(Table row, int patient, IcuVariable variable, int minutes, double value) {
    long time = START + minutes * (HOUR / 60);
    for (Feature feature : features.getOrDefault(variable.name(), List.of())) {
      records.addMeasurement(patient, feature.number(), time, feature.of(value));
    }
    switch (variable.kind()) {
      case GENERAL -> general(row, patient, variable.name(), value);
      case EVENT -> {
        if (value == 1) {
          records.addEvent(visit(patient, minutes), variable.code(), time, 0);
        } else {
          records.drop(variable.name() + ": not 1, which would say that it is so");
        }
      }
      case MEASURED -> {
        // the weight at the beginning is told of the stay, not measured then
        if (minutes > 0 || !variable.name().equals("Weight")) {
          records.addEvent(visit(patient, minutes), variable.code(), time, 0);
          if (values) {
            records.addValue(value, null);
          }
        }
      }
    }
  }

  private void general(Table row, int patient, String name, double value) {
    if (name.equals("Gender")) {
      records.setSex(patient, value == 1 ? "M" : value == 0 ? "F" : null);
    } else if (name.equals("Age")) {
      long birth = Instants.startOf(YEAR - (int) value);
      long known = records.births.get(patient);
      if (known != Instants.UNKNOWN && known != birth) {
        throw new InvalidInputException(
            row.where()
                + ": the stay "
                + Json.quote(records.patients.text(patient))
                + " has another age already; are two of one RecordID?");
      }
      records.births.set(patient, birth);
    }
  }

  /** The visit that a time is in; the end of all hours is in the last. */
  private int visit(int patient, int minutes) {
    int last = (hours - 1) / visitHours;
    int number = Math.min(minutes / (60 * visitHours), last);
    return visits.computeIfAbsent(
        (long) patient * (hours + 1) + number,
        key -> {
          long start = (long) number * visitHours;
          long end = Math.min(start + visitHours, hours);
          return records.addVisit(patient, START + start * HOUR, START + end * HOUR);
        });
  }

  private static void requireSame(Table row, String id) {
    if (!id.equals(row.identifier(VALUE))) {
      throw new InvalidInputException(
          row.where()
              + ": RecordID is "
              + row.text(VALUE)
              + " in the rows of the stay "
              + Json.quote(id)
              + "; is the file named after another stay?");
    }
  }

  private static int minutes(Table row) {
    Matcher clock = CLOCK.matcher(row.required(TIME));
    if (!clock.matches()) {
      throw new InvalidInputException(
          row.where()
              + ": Time must be hours and minutes since the stay began, such as 07:45, but is "
              + Json.quote(row.text(TIME)));
    }
    return 60 * Integer.parseInt(clock.group(1)) + Integer.parseInt(clock.group(2));
  }
}
