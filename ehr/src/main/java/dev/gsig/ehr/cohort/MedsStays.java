package dev.gsig.ehr.cohort;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pairs admissions and discharges into hospital stays. Those that name a stay ({@code hadm_id})
 * belong together. Any other admission is ended by the first discharge at or after it; where the
 * next admission comes earlier, there, and where neither comes it is not over.
 */
final class MedsStays {
  private static final int NO_ID = -1;

  private final Records records;
  private final Dictionary ids = new Dictionary();
  private final Ends admissions = new Ends();
  private final Ends discharges = new Ends();
  private final Ints dead = new Ints();
  private Ints.Groups admitted;
  private Ints.Groups discharged;

  /** Beginnings or ends of stays in parallel lists. */
  private static final class Ends {
    private final Ints patients = new Ints();
    private final Longs times = new Longs();
    private final Ints ids = new Ints();

    private void add(int patient, long time, int id) {
      patients.add(patient);
      times.add(time);
      ids.add(id);
    }
  }

  /** A stay in the making. */
  private static final class Stay {
    private final int id;
    private final long start;
    private int discharge = -1;

    private Stay(int id, long start) {
      this.id = id;
      this.start = start;
    }
  }

  MedsStays(Records records) {
    this.records = records;
  }

  /** The number of a stay's name; below 0 for none. */
  int id(String name) {
    // a column of numbers with gaps, as data frames write it
    return name == null ? NO_ID : ids.add(name.replaceFirst("(?<=\\d)\\.0+$", ""));
  }

  void admission(int patient, long time, String id) {
    admissions.add(patient, time, id(id));
  }

  void discharge(int patient, long time, String id, boolean died) {
    discharges.add(patient, time, id(id));
    dead.add(died ? 1 : 0);
  }

  /** Everything has been added. */
  void group() {
    admitted = admissions.patients.group(records.patients.size());
    discharged = discharges.patients.group(records.patients.size());
  }

  /** What discharges tell of a patient's death, where stays are not wanted. */
  void deaths(int patient) {
    for (int discharge : byTime(discharged.of(patient), discharges)) {
      if (dead.get(discharge) == 1) {
        records.addDeathAtDischarge(patient, discharges.times.get(discharge));
      }
    }
  }

  /** Makes the visits of a patient. */
  Of place(int patient) {
    deaths(patient);
    List<Stay> stays = stays(patient);
    List<Integer> left = new ArrayList<>();
    pairByName(patient, stays, left);
    int[] starts = new int[stays.size()];
    for (int i = 0; i < starts.length; i++) {
      Stay stay = stays.get(i);
      long next = i + 1 < starts.length ? stays.get(i + 1).start : Instants.OPEN;
      if (stay.discharge < 0) {
        stay.discharge = firstWithin(left, stay.start, next);
      }
      starts[i] = addVisit(patient, stay, next);
    }
    left.forEach(discharge -> records.drop("discharge without an admission"));
    return new Of(records, starts, stays.stream().mapToInt(stay -> stay.id).toArray());
  }

  /** A patient's stays by their beginning; of one that begins more than once, the first. */
  private List<Stay> stays(int patient) {
    Map<Object, Stay> byName = new LinkedHashMap<>();
    for (int admission : byTime(admitted.of(patient), admissions)) {
      int id = admissions.ids.get(admission);
      long time = admissions.times.get(admission);
      Object name = id == NO_ID ? (Object) time : (Object) id;
      if (byName.putIfAbsent(name, new Stay(id, time)) != null) {
        records.drop("admission that is there twice");
      }
    }
    return new ArrayList<>(byName.values());
  }

  /** Ends the stays that a discharge names; of several the last. */
  private void pairByName(int patient, List<Stay> stays, List<Integer> left) {
    for (int discharge : byTime(discharged.of(patient), discharges)) {
      int id = discharges.ids.get(discharge);
      Stay named =
          stays.stream().filter(stay -> id != NO_ID && stay.id == id).findFirst().orElse(null);
      if (named == null) {
        left.add(discharge);
      } else {
        if (named.discharge >= 0) {
          records.drop("discharge that is there twice");
        }
        named.discharge = discharge;
      }
    }
  }

  /** Takes the first discharge between two moments, both included, out of those left; or -1. */
  private int firstWithin(List<Integer> left, long from, long to) {
    for (int i = 0; i < left.size(); i++) {
      long time = discharges.times.get(left.get(i));
      if (time >= from && time <= to) {
        return left.remove(i);
      }
    }
    return -1;
  }

  private int addVisit(int patient, Stay stay, long next) {
    if (stay.discharge < 0) {
      records.notice(
          next == Instants.OPEN
              ? "stay without a discharge: taken to go on, so that no input has it"
              : "stay without a discharge: taken to end at the next admission");
      return records.addVisit(patient, stay.start, next);
    }
    int visit = records.addVisit(patient, stay.start, discharges.times.get(stay.discharge));
    if (dead.get(stay.discharge) == 1) {
      records.addDeathIn(visit);
    }
    return visit;
  }

  private static int[] byTime(int[] items, Ends ends) {
    return Arrays.stream(items)
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(ends.times::get).thenComparingInt(ends.ids::get))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * The stays of one patient.
   *
   * @param visits their numbers, by their beginning
   * @param ids the names of each; below 0 for none
   */
  record Of(Records records, int[] visits, int[] ids) {

    /**
     * The stay that an event belongs to, or -1: the one that it names, else the first that its time
     * is in, so that one recorded at a discharge belongs to the stay that it ends; else, at
     * midnight sharp, which stands for a date, the first that the date is in.
     *
     * @param id of a stay; below 0 for none
     * @param time or {@link Instants#UNKNOWN}
     */
    int find(int id, long time) {
      int inside = -1;
      int sameDay = -1;
      for (int i = visits.length - 1; i >= 0; i--) {
        long start = records.visitStarts.get(visits[i]);
        long end = records.visitEnds.get(visits[i]);
        if (id >= 0 && ids[i] == id) {
          return visits[i];
        }
        // a stay with another name is another stay
        boolean may = time != Instants.UNKNOWN && (id < 0 || ids[i] < 0);
        if (may && start <= time && time <= end) {
          inside = visits[i];
        } else if (may && Instants.isDate(time) && Instants.dayOf(start) <= time && time <= end) {
          sameDay = visits[i];
        }
      }
      return inside >= 0 ? inside : sameDay;
    }
  }
}
