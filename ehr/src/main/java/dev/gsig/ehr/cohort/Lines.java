package dev.gsig.ehr.cohort;

import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Makes lines of a cohort: what may be seen of a patient at a moment. */
final class Lines {
  private final Records records;
  private final Patients patients;
  private final IntFunction<String> written;
  private final List<Measurement> measurements;
  private final boolean extremes;

  /**
   * For the records of a source.
   *
   * @param written what is written for a code, by its number
   * @param extremes whether the lowest and highest of several values are written, too
   */
  Lines(
      Records records,
      Patients patients,
      IntFunction<String> written,
      List<Measurement> measurements,
      boolean extremes) {
    this.records = records;
    this.patients = patients;
    this.written = written;
    this.measurements = measurements;
    this.extremes = extremes;
  }

  /**
   * A line.
   *
   * @param label null for none
   */
  Trajectory of(PatientRecord patient, String id, Moment moment, Integer label) {
    List<Visit> visits = new ArrayList<>();
    for (VisitRecord visit : patient.seen(moment)) {
      visits.add(visit(patient, visit, moment));
    }
    Map<String, Double> tabular = new LinkedHashMap<>();
    tabular.put("age", Instants.age(patient.birth(), moment.time()));
    int sex = records.sexes.get(patient.number());
    tabular.put("sex", sex < 0 ? null : (double) sex);
    Double[] values = patients.measured(patient.number(), moment, measurements.size());
    for (int i = 0; i < values.length; i++) {
      tabular.put(measurements.get(i).name(), values[i]);
    }
    return new Trajectory(id, visits, tabular, label);
  }

  /** The codes that may be seen of a visit, each once, with the event that tells of it. */
  private Visit visit(PatientRecord patient, VisitRecord visit, Moment moment) {
    Map<String, List<Integer>> seen = new LinkedHashMap<>();
    for (int i = 0; i < visit.codes().length; i++) {
      if (moment.sees(visit.known()[i])) {
        seen.computeIfAbsent(written.apply(visit.codes()[i]), code -> new ArrayList<>(1)).add(i);
      }
    }
    Map<String, Integer> told = new LinkedHashMap<>();
    seen.forEach((code, events) -> tell(visit, code, events, told));
    Collection<Integer> events = told.values();
    return new Visit(
        Instants.format(visit.start()),
        List.copyOf(told.keySet()),
        Instants.age(patient.birth(), visit.start()),
        null,
        visit.sources() == null ? null : events.stream().map(e -> event(visit, e)).toList(),
        visit.values() == null ? null : events.stream().map(e -> value(visit, e)).toList());
  }

  /** Adds a code, and its extremes if they are asked for and it was measured several times. */
  private void tell(
      VisitRecord visit, String code, List<Integer> events, Map<String, Integer> told) {
    List<Integer> measured = events.stream().filter(e -> value(visit, e) != null).toList();
    if (measured.isEmpty()) {
      told.put(code, Collections.min(events, Comparator.comparingLong(e -> visit.times()[e])));
      return;
    }
    told.put(code, last(visit, measured));
    if (extremes && measured.size() > 1) {
      for (Extreme extreme : Extreme.values()) {
        told.put(extreme.code(code), Collections.min(measured, first(visit, extreme)));
      }
    }
  }

  /** By value; of equal ones the earliest, so that the order of rows does not matter. */
  private static Comparator<Integer> first(VisitRecord visit, Extreme extreme) {
    return ((Comparator<Integer>) (a, b) -> extreme.compare(visit.values()[a], visit.values()[b]))
        .thenComparingLong(e -> visit.known()[e]);
  }

  /**
   * The last event, of several at once that of the median, of two the lower, so that the order of
   * rows does not matter.
   */
  private static int last(VisitRecord visit, List<Integer> measured) {
    long last = measured.stream().mapToLong(e -> visit.known()[e]).max().orElseThrow();
    List<Integer> atOnce =
        measured.stream()
            .filter(e -> visit.known()[e] == last)
            .sorted(Comparator.comparingDouble(e -> visit.values()[e]))
            .toList();
    return atOnce.get((atOnce.size() - 1) / 2);
  }

  private static Double value(VisitRecord visit, int event) {
    return visit.values() == null || Double.isNaN(visit.values()[event])
        ? null
        : (Double) visit.values()[event];
  }

  private SourceEvent event(VisitRecord visit, int event) {
    long time = visit.times()[event];
    return new SourceEvent(
        time == Instants.UNKNOWN ? null : Instants.format(time),
        records.sources.text(visit.sources()[event]));
  }
}
