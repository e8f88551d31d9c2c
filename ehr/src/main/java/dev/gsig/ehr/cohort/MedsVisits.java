package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.Arrays;

/**
 * Puts events that name no visit into visits. Of hospital stays, the k-th discharge of a patient
 * ends his k-th admission. An event belongs to the first stay that its time is in, so one recorded
 * at a discharge to the stay that it ends; else, at midnight sharp, which stands for a date, to the
 * first stay that the date is in.
 */
final class MedsVisits {
  /** The end of a stay that goes on. */
  private static final long OPEN = 1L << 40;

  private final Records records;
  private final Ints admitted = new Ints();
  private final Longs admissions = new Longs();
  private final Ints discharged = new Ints();
  private final Longs discharges = new Longs();
  private final Ints died = new Ints();
  private final Ints eventPatients = new Ints();
  private final Ints eventCodes = new Ints();
  private final Longs eventTimes = new Longs();

  MedsVisits(Records records) {
    this.records = records;
  }

  /** The number of a subject, a new one where it comes for the first time. */
  int patient(String subject, String where) {
    int patient = records.patients.find(subject);
    return patient >= 0
        ? patient
        : records.addPatient(subject, Instants.UNKNOWN, Sex.UNKNOWN, Instants.UNKNOWN, where);
  }

  void birth(int patient, long time, String where) {
    long known = records.births.get(patient);
    if (known != Instants.UNKNOWN && known != time) {
      throw new InvalidInputException(
          where
              + ": the subject "
              + Json.quote(records.patients.text(patient))
              + " is born a second time; are two patients of one subject_id?");
    }
    records.births.set(patient, time);
  }

  void admission(int patient, long time) {
    admitted.add(patient);
    admissions.add(time);
  }

  void discharge(int patient, long time, boolean dead) {
    discharged.add(patient);
    discharges.add(time);
    died.add(dead ? 1 : 0);
  }

  void event(int patient, String code, long time) {
    eventPatients.add(patient);
    eventCodes.add(records.codes.add(code));
    eventTimes.add(time);
  }

  /** Makes the visits and puts the events into them. */
  void place(MedsSource.Visits kind) {
    int patients = records.patients.size();
    Ints.Groups events = eventPatients.group(patients);
    Ints.Groups starts = admitted.group(patients);
    Ints.Groups ends = discharged.group(patients);
    for (int patient = 0; patient < patients; patient++) {
      int[] mine = events.of(patient);
      if (kind == MedsSource.Visits.ADMISSIONS) {
        int first = records.visitPatients.size();
        stays(patient, starts.of(patient), ends.of(patient));
        int last = records.visitPatients.size();
        for (int event : mine) {
          put(patient, event, stay(first, last, eventTimes.get(event)));
        }
      } else {
        days(patient, mine);
      }
    }
  }

  private void stays(int patient, int[] in, int[] out) {
    Integer[] leaving = Arrays.stream(out).boxed().toArray(Integer[]::new);
    Arrays.sort(leaving, (a, b) -> Long.compare(discharges.get(a), discharges.get(b)));
    long[] entering = Arrays.stream(in).mapToLong(admissions::get).sorted().toArray();
    int next = 0;
    for (long start : entering) {
      while (next < leaving.length && discharges.get(leaving[next]) < start) {
        records.drop("discharge without an admission");
        next++;
      }
      long end = OPEN;
      if (next < leaving.length) {
        end = discharges.get(leaving[next]);
        if (died.get(leaving[next]) == 1) {
          end = Math.max(end, records.deaths.get(patient));
        }
        next++;
      }
      records.addVisit(patient, start, end);
    }
    for (; next < leaving.length; next++) {
      records.drop("discharge without an admission");
    }
  }

  /** The stay among some that an event belongs to, or -1. */
  private int stay(int first, int last, long time) {
    int inside = -1;
    int sameDay = -1;
    for (int visit = last - 1; visit >= first && time != Instants.UNKNOWN; visit--) {
      long start = records.visitStarts.get(visit);
      long end = records.visitEnds.get(visit);
      if (start <= time && time <= end) {
        inside = visit;
      } else if (Math.floorMod(time, Instants.DAY) == 0
          && Math.floorDiv(start, Instants.DAY) * Instants.DAY <= time
          && time <= end) {
        sameDay = visit;
      }
    }
    return inside >= 0 ? inside : sameDay;
  }

  private void days(int patient, int[] mine) {
    long[] days = Arrays.stream(mine).mapToLong(this::day).sorted().distinct().toArray();
    int first = records.visitPatients.size();
    for (long day : days) {
      if (day != Instants.UNKNOWN) {
        records.addVisit(patient, day, day + Instants.DAY - 1);
      }
    }
    int known = days.length > 0 && days[0] == Instants.UNKNOWN ? 1 : 0;
    for (int event : mine) {
      int index = Arrays.binarySearch(days, day(event)) - known;
      put(patient, event, index < 0 ? -1 : first + index);
    }
  }

  private long day(int event) {
    long time = eventTimes.get(event);
    return time == Instants.UNKNOWN
        ? Instants.UNKNOWN
        : Math.floorDiv(time, Instants.DAY) * Instants.DAY;
  }

  private void put(int patient, int event, int visit) {
    String code = records.codes.text(eventCodes.get(event));
    if (visit < 0) {
      records.addStray(patient, code, "event outside of any visit");
    } else {
      records.addEvent(visit, code, eventTimes.get(event), 0);
    }
  }
}
