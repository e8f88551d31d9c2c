package dev.gsig.ehr.cohort;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The records of a source, patient by patient. */
final class Patients {
  private final Records records;
  private final Ints.Groups visits;
  private final Ints.Groups events;
  private final Ints.Groups strays;
  private final Ints.Groups measurements;
  private final Comparator<Integer> byVisit;
  private final Comparator<Integer> byEvent;

  Patients(Records records) {
    this.records = records;
    int patients = records.patients.size();
    this.visits = records.visitPatients.group(patients);
    this.events = records.eventVisits.group(records.visitPatients.size());
    this.strays = records.strayPatients.group(patients);
    this.measurements = records.measuredPatients.group(patients);
    this.byVisit =
        Comparator.<Integer>comparingLong(records.visitStarts::get)
            .thenComparingLong(records.visitEnds::get);
    // A visit's codes: diagnoses, procedures, drugs; as they are ranked, recorded, spelt.
    this.byEvent =
        Comparator.<Integer>comparingInt(e -> Coding.kind(code(e)))
            .thenComparingInt(records.eventOrders::get)
            .thenComparingLong(records.eventTimes::get)
            .thenComparing(this::code);
  }

  private String code(int event) {
    return records.codes.text(records.eventCodes.get(event));
  }

  int count() {
    return records.patients.size();
  }

  /** The numbers of all patients by identifier, so that the order of rows does not matter. */
  int[] order() {
    return IntStream.range(0, count())
        .boxed()
        .sorted(Comparator.comparing(records.patients::text))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  PatientRecord get(int patient) {
    List<VisitRecord> list = new ArrayList<>();
    for (int visit : sorted(visits.of(patient), byVisit)) {
      VisitRecord v = visit(visit);
      if (v.codes().length > 0) {
        list.add(v);
      }
    }
    int[] stray = strays.of(patient);
    Arrays.setAll(stray, i -> records.strayCodes.get(stray[i]));
    return new PatientRecord(
        patient,
        records.patients.text(patient),
        records.births.get(patient),
        records.deaths.get(patient),
        records.followUpEnds.get(patient),
        list,
        stray);
  }

  private VisitRecord visit(int visit) {
    int[] rows = sorted(events.of(visit), byEvent);
    int[] codes = new int[rows.length];
    long[] times = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      codes[i] = records.eventCodes.get(rows[i]);
      times[i] = records.eventTimes.get(rows[i]);
    }
    return new VisitRecord(
        records.visitStarts.get(visit), records.visitEnds.get(visit), codes, times);
  }

  private static int[] sorted(int[] items, Comparator<Integer> order) {
    return items.length < 2
        ? items
        : Arrays.stream(items).boxed().sorted(order).mapToInt(Integer::intValue).toArray();
  }

  /**
   * The last value of each measurement before a moment; of several at once, the last row's.
   *
   * @return by feature; null where there is none
   */
  Double[] measured(int patient, long before, int features) {
    Double[] values = new Double[features];
    long[] latest = new long[features];
    Arrays.fill(latest, Long.MIN_VALUE);
    for (int row : measurements.of(patient)) {
      int feature = records.measuredFeatures.get(row);
      long time = records.measuredTimes.get(row);
      if (time < before && time >= latest[feature]) {
        latest[feature] = time;
        values[feature] = Double.longBitsToDouble(records.measuredBits.get(row));
      }
    }
    return values;
  }
}
