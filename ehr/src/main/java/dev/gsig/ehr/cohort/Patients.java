package dev.gsig.ehr.cohort;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The records of a source, patient by patient. */
final class Patients {
  private final Records records;
  private final Ints.Groups visits;
  private final Ints.Groups events;
  private final Ints.Groups strays;
  private final Ints.Groups measurements;
  private final Comparator<Integer> byEvent;

  Patients(Records records) {
    this.records = records;
    int patients = records.patients.size();
    this.visits = records.visitPatients.group(patients);
    this.events = records.eventVisits.group(records.visitPatients.size());
    this.strays = records.strayPatients.group(patients);
    this.measurements = records.measuredPatients.group(patients);
    // A visit's codes: diagnoses, procedures, drugs, labs; as they are ranked, recorded, spelt.
    this.byEvent =
        Comparator.<Integer>comparingInt(e -> Coding.kind(code(e)))
            .thenComparingInt(records.eventOrders::get)
            .thenComparingLong(records.eventTimes::get)
            .thenComparing(this::code)
            .thenComparing(this::source);
  }

  private String source(int event) {
    return hasSources() ? records.sources.text(records.eventSources.get(event)) : "";
  }

  private boolean hasSources() {
    return records.eventSources.size() > 0;
  }

  private String codes(VisitRecord visit) {
    return Arrays.stream(visit.codes())
        .mapToObj(records.codes::text)
        .collect(Collectors.joining("\n"));
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

  /** How many visits of a patient have no code. */
  int withoutCodes(int patient) {
    return (int) Arrays.stream(visits.of(patient)).filter(v -> events.of(v).length == 0).count();
  }

  PatientRecord get(int patient) {
    List<VisitRecord> list = new ArrayList<>();
    for (int visit : visits.of(patient)) {
      VisitRecord v = visit(visit);
      if (v.codes().length > 0) {
        list.add(v);
      }
    }
    // stays of the same time in an order of their own, not in that of the rows
    list.sort(
        Comparator.comparingLong(VisitRecord::start)
            .thenComparingLong(VisitRecord::end)
            .thenComparing(this::codes));
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
    int[] sources =
        hasSources() ? Arrays.stream(rows).map(records.eventSources::get).toArray() : null;
    return new VisitRecord(
        records.visitStarts.get(visit),
        records.visitEnds.get(visit),
        codes,
        Arrays.stream(rows).mapToLong(this::known).toArray(),
        times,
        sources,
        records.hasValues() ? Arrays.stream(rows).mapToDouble(records::value).toArray() : null);
  }

  /** From when on an event may be seen: what is measured on a date, from the date's end. */
  private long known(int event) {
    long time = records.eventTimes.get(event);
    return Coding.isMeasured(code(event)) && !records.hasTimesOfDay
        ? Instants.measured(time)
        : time;
  }

  private static int[] sorted(int[] items, Comparator<Integer> order) {
    return items.length < 2
        ? items
        : Arrays.stream(items).boxed().sorted(order).mapToInt(Integer::intValue).toArray();
  }

  /**
   * The last value of each measurement at a moment; of several at once the median, of two the
   * lower, so that the order of rows does not matter.
   *
   * @return by feature; null where there is none
   */
  Double[] measured(int patient, Moment moment, int features) {
    List<List<Double>> values = new ArrayList<>();
    for (int feature = 0; feature < features; feature++) {
      values.add(new ArrayList<>(1));
    }
    long[] latest = new long[features];
    Arrays.fill(latest, Long.MIN_VALUE);
    for (int row : measurements.of(patient)) {
      int feature = records.measuredFeatures.get(row);
      long time = records.measuredTimes.get(row);
      if (moment.sees(time) && time >= latest[feature]) {
        if (time > latest[feature]) {
          values.get(feature).clear();
        }
        latest[feature] = time;
        values.get(feature).add(Double.longBitsToDouble(records.measuredBits.get(row)));
      }
    }
    return values.stream()
        .map(at -> at.isEmpty() ? null : at.stream().sorted().toList().get((at.size() - 1) / 2))
        .toArray(Double[]::new);
  }
}
