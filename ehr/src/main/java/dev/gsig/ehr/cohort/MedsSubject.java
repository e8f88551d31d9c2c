package dev.gsig.ehr.cohort;

import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Values;
import dev.gsig.ehr.internal.table.Table;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Makes a trajectory of the events of one subject in MEDS, for programs that have them together. It
 * is the line that {@link MedsSource} gives with a label whose prediction time is the end of the
 * subject's last visit.
 */
public final class MedsSubject {
  /**
   * An event.
   *
   * @param time as ISO 8601; null for none
   * @param code as MEDS spells it
   * @param value the numeric value; null for none
   * @param stay the hospital stay that it names; null for none
   */
  public record Event(String time, String code, Double value, String stay) {}

  private MedsSubject() {}

  /**
   * Everything up to and including the end of the last visit that is over; the ages and the values
   * are those at that time.
   *
   * @param subjectId the subject
   * @param events of the subject, in any order
   * @param options how they are read
   * @param told takes, at most once, what was dropped or noticed, as {@code cohort-report.json} has
   *     it, with counts
   * @return the trajectory, without a label; without visits if no event is of a visit that is over
   * @throws dev.gsig.ehr.InvalidInputException if an event cannot be used; the message begins with
   *     {@code subject "ID"}
   */
  public static Trajectory trajectory(
      String subjectId,
      Iterator<Event> events,
      MedsOptions options,
      Consumer<Map<String, Long>> told) {
    Reading reading = new Reading(Source.Watcher.NONE);
    MedsEvents taken = new MedsEvents(reading, options.measurements(), options.values());
    try (Rows rows = new Rows(subjectId, events)) {
      while (rows.next()) {
        taken.add(rows);
      }
    }
    Records records = taken.records(options.visits());
    Patients patients = new Patients(records);
    if (patients.count() == 0) {
      return new Trajectory(subjectId, List.of(), Map.of(), null);
    }
    Lines lines =
        new Lines(
            records,
            patients,
            code -> options.coding().written(records.codes.text(code)),
            options.measurements(),
            false);
    PatientRecord patient = patients.get(0);
    Oddities oddities = new Oddities();
    oddities.look(patient, patients.withoutCodes(0));
    told.accept(counts(records, oddities));
    return lines.of(patient, subjectId, Moment.upTo(patient.lastEnd()), null);
  }

  private static Map<String, Long> counts(Records records, Oddities oddities) {
    Map<String, Long> counts = new TreeMap<>();
    records.dropped.forEach((reason, count) -> counts.put("dropped: " + reason, count));
    records.noticed.forEach((what, count) -> counts.put("noticed: " + what, count));
    oddities.counts().forEach((what, count) -> counts.put("noticed: " + what, count));
    return counts;
  }

  /** The events as a table, with the columns that {@link MedsEvents#add} wants. */
  private static final class Rows implements Table {
    private final String subject;
    private final Iterator<Event> events;
    private Event event;

    private Rows(String subject, Iterator<Event> events) {
      this.subject = subject;
      this.events = events;
    }

    /** A code without white space around it; null for a missing one. */
    private static String present(String code) {
      if (code == null || Values.isMissing(code.strip())) {
        return null;
      }
      return code.strip();
    }

    @Override
    public boolean next() {
      event = events.hasNext() ? events.next() : null;
      return event != null;
    }

    @Override
    public String text(int column) {
      return switch (column) {
        case MedsEvents.SUBJECT -> subject;
        case MedsEvents.TIME -> event.time();
        case MedsEvents.CODE -> present(event.code());
        case MedsEvents.NUMERIC_VALUE -> Objects.toString(event.value(), null);
        case MedsEvents.STAY -> event.stay();
        default -> null;
      };
    }

    @Override
    public String raw(int column) {
      return column == MedsEvents.CODE && text(column) != null ? event.code() : text(column);
    }

    @Override
    public boolean has(int column) {
      return column != MedsEvents.VALUE;
    }

    @Override
    public String name(int column) {
      return MedsEvents.COLUMNS.get(column);
    }

    @Override
    public String where() {
      return "subject " + Json.quote(subject);
    }

    @Override
    public void close() {}
  }
}
