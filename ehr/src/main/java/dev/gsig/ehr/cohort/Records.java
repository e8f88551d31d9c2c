package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything read of a source, in flat lists of primitive values: 24 bytes for a coded event, so
 * that the 20 million of the whole MIMIC-IV take half a gigabyte. Codes are kept whole, as {@link
 * Coding} spells them.
 */
public final class Records {
  final Dictionary patients = new Dictionary();
  final Longs births = new Longs();
  final Longs deaths = new Longs();
  final Ints sexes = new Ints();

  /** Until when a death of the patient would be known. */
  final Longs followUpEnds = new Longs();

  final Ints visitPatients = new Ints();
  final Longs visitStarts = new Longs();
  final Longs visitEnds = new Longs();

  final Dictionary codes = new Dictionary();
  final Map<String, String> descriptions = new HashMap<>();
  final Ints eventVisits = new Ints();
  final Ints eventCodes = new Ints();
  final Ints eventOrders = new Ints();
  final Longs eventTimes = new Longs();

  /** Codes of a patient that belong to no visit: patient and code. */
  final Ints strayPatients = new Ints();

  final Ints strayCodes = new Ints();

  final Ints measuredPatients = new Ints();
  final Ints measuredFeatures = new Ints();
  final Longs measuredTimes = new Longs();
  final Longs measuredBits = new Longs();

  /** Rows by table, and what was left out by reason. */
  final Map<String, Long> rows = new LinkedHashMap<>();

  final Map<String, Long> dropped = new LinkedHashMap<>();

  /** Files of the folders that were read which are no data. */
  final List<String> passedOver = new ArrayList<>();

  Records() {}

  /**
   * Adds a patient.
   *
   * @param sex 1 male, 0 female, -1 not known
   * @throws InvalidInputException if there is one of that name
   */
  int addPatient(String id, long birth, int sex, long death, String where) {
    if (patients.find(id) >= 0) {
      throw new InvalidInputException(
          where + ": the patient " + Json.quote(id) + " is there twice; remove one of the rows");
    }
    births.add(birth);
    sexes.add(sex);
    deaths.add(death);
    followUpEnds.add(Long.MAX_VALUE);
    return patients.add(id);
  }

  /** Adds a visit; one that ends before it starts ends as it starts. */
  int addVisit(int patient, long start, long end) {
    if (end < start) {
      drop("end of a visit before its start");
    }
    visitPatients.add(patient);
    visitStarts.add(start);
    visitEnds.add(Math.max(start, end));
    return visitPatients.size() - 1;
  }

  /**
   * Adds a coded event of a visit.
   *
   * @param time when it was recorded, or {@link Instants#UNKNOWN}: then with its visit
   * @param order its place among the events of its kind and time
   */
  void addEvent(int visit, String code, long time, int order) {
    eventVisits.add(visit);
    eventCodes.add(codes.add(code));
    eventTimes.add(time);
    eventOrders.add(order);
  }

  /** Adds a code of a patient that belongs to no visit, and so enters no input. */
  void addStray(int patient, String code, String reason) {
    drop(reason);
    strayPatients.add(patient);
    strayCodes.add(codes.add(code));
  }

  void addMeasurement(int patient, int feature, long time, double value) {
    measuredPatients.add(patient);
    measuredFeatures.add(feature);
    measuredTimes.add(time);
    measuredBits.add(Double.doubleToRawLongBits(value));
  }

  /** Keeps the earlier of two deaths. */
  void addDeath(int patient, long death) {
    long known = deaths.get(patient);
    if (death != Instants.UNKNOWN && (known == Instants.UNKNOWN || death < known)) {
      deaths.set(patient, death);
    }
  }

  void describe(String code, String text) {
    if (text != null) {
      descriptions.putIfAbsent(code, text);
    }
  }

  void drop(String reason) {
    dropped.merge(reason, 1L, Long::sum);
  }
}
