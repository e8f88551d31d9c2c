package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Values;
import dev.gsig.ehr.internal.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Takes the events of MEDS one by one, in any order, and makes records of them. */
final class MedsEvents {
  /** The columns that are read, the first three of which must be there. */
  static final List<String> COLUMNS =
      List.of("subject_id", "time", "code", "numeric_value", "value", "hadm_id");

  static final int SUBJECT = 0;
  static final int TIME = 1;
  static final int CODE = 2;
  static final int NUMERIC_VALUE = 3;
  static final int VALUE = 4;
  static final int STAY = 5;

  /** So many kinds of events that are not read are named. */
  private static final int NAMED = 20;

  private final Reading reading;
  private final Records records;
  private final List<Measurement> measurements;
  private final MedsStays stays;
  private final Map<String, MedsCode> read = new HashMap<>();
  private final Map<String, int[]> measured = new HashMap<>();
  private final Map<String, Long> others = new HashMap<>();
  private final Ints patients = new Ints();
  private final Ints codes = new Ints();
  private final Longs times = new Longs();
  private final Ints stayIds = new Ints();
  private final boolean withValues;
  private final Longs values = new Longs();

  /**
   * For the events of subjects.
   *
   * @param withValues whether the numbers of events are kept, and events read for them
   */
  MedsEvents(Reading reading, List<Measurement> measurements, boolean withValues) {
    this.withValues = withValues;
    this.reading = reading;
    this.records = reading.records;
    this.measurements = measurements;
    this.stays = new MedsStays(records);
  }

  /**
   * Takes an event.
   *
   * @param row with {@link #COLUMNS}
   */
  void add(Table row) {
    int patient = patient(row);
    String code = row.required(CODE);
    boolean used = measure(row, patient, code);
    MedsCode known = read.computeIfAbsent(code, MedsCode::of);
    switch (known.meaning()) {
      case BIRTH -> birth(patient, Instants.required(row, TIME), row.where());
      case DEATH -> records.addDeath(patient, Instants.required(row, TIME));
      case SEX -> records.setSex(patient, known.text());
      case ADMISSION -> stays.admission(patient, present(row, patient), row.identifier(STAY));
      case DISCHARGE ->
          stays.discharge(patient, present(row, patient), row.identifier(STAY), false);
      case DISCHARGE_DEAD ->
          stays.discharge(patient, Instants.required(row, TIME), row.identifier(STAY), true);
      case CODE -> addCode(row, patient, value(row));
      case NOTHING -> records.drop("event without a code: " + known.text());
      case OTHER -> {
        Double value = value(row);
        if (value != null && known.measured(code) != null) {
          addCode(row, patient, value);
        } else if (!used) {
          others.merge(known.text(), 1L, Long::sum);
        }
      }
    }
  }

  private void addCode(Table row, int patient, Double value) {
    patients.add(patient);
    codes.add(records.sources.add(row.raw(CODE)));
    // an event without a time is a fact of no date
    long time = Instants.of(row, TIME, Instants.UNKNOWN);
    times.add(time);
    records.addPresence(patient, time);
    stayIds.add(stays.id(row.identifier(STAY)));
    if (withValues) {
      values.add(Double.doubleToRawLongBits(value == null ? Double.NaN : value));
    }
  }

  /** The number of an event where it is wanted; the column of other names may hold texts, too. */
  private Double value(Table row) {
    if (!withValues) {
      return null;
    }
    if (row.has(NUMERIC_VALUE)) {
      return row.number(NUMERIC_VALUE);
    }
    return row.text(VALUE) == null ? null : Values.number(row.text(VALUE));
  }

  /** The time of an event at which a patient is there. */
  private long present(Table row, int patient) {
    long time = Instants.required(row, TIME);
    records.addPresence(patient, time);
    return time;
  }

  /** The number of the subject, a new one where it comes for the first time. */
  private int patient(Table row) {
    String subject = row.requiredIdentifier(SUBJECT);
    int patient = records.patients.find(subject);
    if (patient < 0) {
      patient =
          records.addPatient(subject, Instants.UNKNOWN, Sex.UNKNOWN, Instants.UNKNOWN, row.where());
      records.followUpEnds.set(patient, Instants.UNKNOWN);
    }
    return patient;
  }

  /** Keeps the value where it is asked for; says whether it is. */
  private boolean measure(Table row, int patient, String code) {
    if (measurements.isEmpty()) {
      return false;
    }
    int[] features = measured.computeIfAbsent(code, this::features);
    if (features.length > 0) {
      Double value = row.number(row.has(NUMERIC_VALUE) ? NUMERIC_VALUE : VALUE);
      for (int feature : features) {
        String wanted = measurements.get(feature).code();
        String unit = code.substring(Math.min(code.length(), wanted.length() + "//".length()));
        reading.addMeasurement(row, TIME, patient, feature, value, unit);
      }
    }
    return features.length > 0;
  }

  /** Measurements whose code this is, or what stands before a {@code //} in it. */
  private int[] features(String code) {
    return IntStream.range(0, measurements.size())
        .filter(
            i -> {
              String wanted = measurements.get(i).code();
              return code.startsWith(wanted)
                  && (code.length() == wanted.length() || code.startsWith("//", wanted.length()));
            })
        .toArray();
  }

  private void birth(int patient, long time, String where) {
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

  /** The codes of the source that were read, and how a cohort spells them. */
  Map<String, String> codes() {
    Map<String, String> spelt = new TreeMap<>();
    read.forEach(
        (code, known) -> {
          String written = spelt(code, known);
          if (written != null) {
            spelt.put(code, written);
          }
        });
    return spelt;
  }

  /** How a cohort spells a code; null where it is none. */
  private static String spelt(String code, MedsCode known) {
    String measured = known.measured(code);
    return measured != null
        ? measured
        : known.meaning() == MedsCode.Meaning.CODE ? known.text() : null;
  }

  /** Makes the visits, and puts the events into them. */
  Records records(MedsSource.Visits kind) {
    dropOthers();
    reading.units.notice(measurements, records);
    Ints.Groups events = patients.group(records.patients.size());
    stays.group();
    for (int patient = 0; patient < records.patients.size(); patient++) {
      int[] mine = events.of(patient);
      if (kind == MedsSource.Visits.ADMISSIONS) {
        MedsStays.Of visits = stays.place(patient);
        for (int event : mine) {
          put(patient, event, visits.find(stayIds.get(event), times.get(event)));
        }
      } else {
        stays.deaths(patient);
        MedsDays days = MedsDays.place(records, patient, mine, times);
        for (int event : mine) {
          put(patient, event, days.find(times.get(event)));
        }
      }
    }
    return records;
  }

  /** The most frequent kinds by name. */
  private void dropOthers() {
    List<Map.Entry<String, Long>> kinds = new ArrayList<>(others.entrySet());
    kinds.sort(
        Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry::getKey));
    for (int i = 0; i < kinds.size(); i++) {
      String name = i < NAMED ? kinds.get(i).getKey() : "any that is rarer";
      records.dropped.merge("event of another kind: " + name, kinds.get(i).getValue(), Long::sum);
    }
  }

  private void put(int patient, int event, int visit) {
    String source = records.sources.text(codes.get(event));
    String code = spelt(source.strip(), read.get(source.strip()));
    if (visit < 0) {
      records.addStray(patient, code, "event outside of any visit");
    } else {
      records.addEvent(visit, code, times.get(event), source);
      if (withValues && !Double.isNaN(Double.longBitsToDouble(values.get(event)))) {
        records.addValue(Double.longBitsToDouble(values.get(event)), null);
      }
    }
  }
}
