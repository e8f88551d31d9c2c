package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

  /** Whom the source sets apart to test on. */
  final BitSet testPatients = new BitSet();

  /** The parts that the source has its patients in, where it divides them; else null. */
  Map<Integer, Split> parts;

  /** The group that the source has a code in, by code. */
  final Map<String, String> groups = new HashMap<>();

  /** Whether patients died in hospital, 1 or 0, where the source says it of their stay. */
  final Map<Integer, Integer> hospitalDeaths = new HashMap<>();

  /** Whether the source always has the time of day, so that midnight sharp stands for no date. */
  boolean hasTimesOfDay;

  final Ints visitPatients = new Ints();
  final Longs visitStarts = new Longs();
  final Longs visitEnds = new Longs();

  Dictionary codes = new Dictionary();
  final Map<String, String> descriptions = new HashMap<>();
  final Ints eventVisits = new Ints();
  final Ints eventCodes = new Ints();
  final Ints eventOrders = new Ints();
  final Longs eventTimes = new Longs();

  /**
   * What the source calls each event, where its events are to be found again: as many as events, or
   * none.
   */
  final Ints eventSources = new Ints();

  final Dictionary sources = new Dictionary();

  /** The numbers that were measured, as bits: those of the first events; of the others none. */
  private final Longs eventValues = new Longs();

  /** The units of as many, numbers of {@link #units}; below 0 for none. */
  private final Ints eventUnits = new Ints();

  private Dictionary units = new Dictionary();

  /** The unit of most values of a code. */
  final Map<String, String> codeUnits = new TreeMap<>();

  /** The unit of most values of a measurement. */
  final Map<String, String> measurementUnits = new TreeMap<>();

  /** Codes of a patient that belong to no visit: patient and code. */
  final Ints strayPatients = new Ints();

  final Ints strayCodes = new Ints();

  final Ints measuredPatients = new Ints();
  final Ints measuredFeatures = new Ints();
  final Longs measuredTimes = new Longs();
  final Longs measuredBits = new Longs();

  /** Rows that were read, by table. */
  final Map<String, Long> rows = new LinkedHashMap<>();

  /** Rows that are not used, by reason. */
  final Map<String, Long> dropped = new TreeMap<>();

  /** What is used otherwise than it stands, by what was done. */
  final Map<String, Long> noticed = new TreeMap<>();

  /** What the source was found to be, by name, as the report tells it. */
  final Map<String, Object> found = new LinkedHashMap<>();

  /** The codes of concepts with all that is below them, where the source knows that. */
  final Map<Long, Set<String>> wholes = new HashMap<>();

  /** Moments that the source names of patients; null where it names none. */
  Map<Integer, SortedSet<Long>> indexDates;

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

  /**
   * A death until then would be known, for the patient is there; {@link Instants#UNKNOWN} is no
   * time.
   */
  void addPresence(int patient, long time) {
    if (time != Instants.UNKNOWN) {
      followUpEnds.set(patient, Math.max(followUpEnds.get(patient), time));
    }
  }

  /** Adds a visit; one that ends before it starts ends as it starts. */
  int addVisit(int patient, long start, long end) {
    if (end < start) {
      notice("visit that ends before it begins: taken to end as it begins");
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

  /**
   * Adds an event of a visit that can be found again in the source.
   *
   * @param source what the source calls it
   */
  void addEvent(int visit, String code, long time, String source) {
    addEvent(visit, code, time, 0);
    eventSources.add(sources.add(source));
  }

  /**
   * Gives the event that was added last the number that was measured.
   *
   * @param unit as the source spells it; null or blank for none
   */
  void addValue(double value, String unit) {
    while (eventValues.size() < eventCodes.size() - 1) {
      eventValues.add(Double.doubleToRawLongBits(Double.NaN));
      eventUnits.add(-1);
    }
    eventValues.add(Double.doubleToRawLongBits(value));
    eventUnits.add(Units.isNone(unit) ? -1 : units.add(Units.spelled(unit)));
  }

  /** Says whether any event has a value. */
  boolean hasValues() {
    return eventValues.size() > 0;
  }

  /** The number measured at an event; NaN for none. */
  double value(int event) {
    return event < eventValues.size()
        ? Double.longBitsToDouble(eventValues.get(event))
        : Double.NaN;
  }

  /**
   * Leaves the values out that are in another unit than most of their code, for they are not on its
   * scale, and notices them. The codes stay.
   */
  void leaveOutOtherUnits() {
    Units ofCodes = new Units();
    for (int event = 0; event < eventUnits.size(); event++) {
      if (eventUnits.get(event) >= 0) {
        ofCodes.add(eventCodes.get(event), units.text(eventUnits.get(event)));
      }
    }
    Map<Integer, String> usual = ofCodes.usual();
    usual.forEach((code, unit) -> codeUnits.put(codes.text(code), unit));
    leaveOutOtherUnits(usual::get);
  }

  /**
   * Leaves the values out that are in another unit than they should be, and notices them. The codes
   * stay.
   *
   * @param usual the unit of a code, by its number; null for any
   */
  void leaveOutOtherUnits(IntFunction<String> usual) {
    for (int event = 0; event < eventUnits.size(); event++) {
      int unit = eventUnits.get(event);
      String most = usual.apply(eventCodes.get(event));
      if (unit >= 0 && most != null && !units.text(unit).equals(most)) {
        eventValues.set(event, Double.doubleToRawLongBits(Double.NaN));
        notice(
            Units.another(codes.text(eventCodes.get(event)), units.text(unit), most)
                + ": left out, the code stays");
      }
    }
  }

  /**
   * Spells all codes anew: each as one other code, as several, which are then events of their own,
   * or as none, which leaves its events out.
   *
   * @param spelling the codes of a code
   * @param without what is said of an event whose code is none
   */
  void respell(Function<String, List<String>> spelling, Function<String, String> without) {
    Dictionary spelt = new Dictionary();
    int[][] numbers = new int[codes.size()][];
    for (int code = 0; code < numbers.length; code++) {
      numbers[code] =
          spelling.apply(codes.text(code)).stream().distinct().mapToInt(spelt::add).toArray();
    }
    for (int event = 0, all = eventCodes.size(); event < all; event++) {
      int[] to = numbers[eventCodes.get(event)];
      if (to.length == 0) {
        drop(without.apply(codes.text(eventCodes.get(event))));
        eventVisits.set(event, -1);
      }
      for (int i = 1; i < to.length; i++) {
        eventVisits.add(eventVisits.get(event));
        eventCodes.add(to[i]);
        eventTimes.add(eventTimes.get(event));
        eventOrders.add(eventOrders.get(event));
      }
      eventCodes.set(event, to.length == 0 ? 0 : to[0]);
    }
    for (int stray = 0, all = strayCodes.size(); stray < all; stray++) {
      int[] to = numbers[strayCodes.get(stray)];
      for (int i = 1; i < to.length; i++) {
        strayPatients.add(strayPatients.get(stray));
        strayCodes.add(to[i]);
      }
      strayPatients.set(stray, to.length == 0 ? -1 : strayPatients.get(stray));
      strayCodes.set(stray, to.length == 0 ? 0 : to[0]);
    }
    codes = spelt;
  }

  /** The units of codes. */
  Stream<String> unitTexts() {
    return IntStream.range(0, units.size()).mapToObj(units::text);
  }

  /** Spells the units of codes anew, each as one other. */
  void respellUnits(UnaryOperator<String> spelling) {
    Dictionary spelt = new Dictionary();
    int[] numbers = new int[units.size()];
    for (int unit = 0; unit < numbers.length; unit++) {
      numbers[unit] = spelt.add(Units.spelled(spelling.apply(units.text(unit))));
    }
    for (int event = 0; event < eventUnits.size(); event++) {
      if (eventUnits.get(event) >= 0) {
        eventUnits.set(event, numbers[eventUnits.get(event)]);
      }
    }
    units = spelt;
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

  /**
   * Keeps the earlier of two deaths. {@link #addDeathIn} comes after all of these, for a time that
   * the source gives is better than one that is concluded.
   */
  void addDeath(int patient, long death) {
    long known = deaths.get(patient);
    if (death != Instants.UNKNOWN && (known == Instants.UNKNOWN || death < known)) {
      deaths.set(patient, death);
    }
  }

  /**
   * The patient died in a visit. It ends no earlier than the death; where the death has no time of
   * its own it is at the visit's end.
   */
  void addDeathIn(int visit) {
    int patient = visitPatients.get(visit);
    addDeathAtDischarge(patient, visitEnds.get(visit));
    visitEnds.set(visit, Math.max(visitEnds.get(visit), deaths.get(patient)));
  }

  /**
   * The patient was discharged dead. Where no death is known that is the death, and where of the
   * death only the day is, and it is this one, that is its time.
   */
  void addDeathAtDischarge(int patient, long time) {
    long known = deaths.get(patient);
    if (known == Instants.UNKNOWN) {
      notice("death known from a discharge alone: taken to be at the discharge");
      deaths.set(patient, time);
    } else if (Instants.isDate(known) && Instants.dayOf(time) == known) {
      deaths.set(patient, time);
    }
  }

  /** Sets a sex; a patient who is of both has none that is known. */
  void setSex(int patient, String text) {
    int sex = Sex.of(text);
    int known = sexes.get(patient);
    if (sex == Sex.UNKNOWN) {
      notice("sex that is neither male nor female: taken to be missing");
    } else if (known == Sex.UNKNOWN) {
      sexes.set(patient, sex);
    } else if (known != sex && known != Sex.BOTH) {
      notice("patient of both sexes: taken to be missing");
      sexes.set(patient, Sex.BOTH);
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

  void notice(String what) {
    noticed.merge(what, 1L, Long::sum);
  }
}
