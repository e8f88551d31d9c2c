package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.nio.file.Path;
import java.util.List;

/**
 * The stays of the PhysioNet / Computing in Cardiology Challenge 2012, predicting mortality of ICU
 * patients (Silva, Moody, Scott, Celi and Mark, Computing in Cardiology 39:245-248, 2012). Of each
 * of its sets, a, b or c, a folder has the measurements as {@code set-a/132539.txt} and so on, a
 * file a stay ({@code Time,Parameter,Value}), or as a table {@code measurements-a.csv} ({@code
 * RecordID,Time,Parameter,Value}), and the outcomes as {@code Outcomes-a.txt} or {@code
 * outcomes-a.csv} ({@code RecordID,In-hospital_death}).
 *
 * <p>Each stay is a patient of one's own. It has no date: it begins on the first of January 2000 at
 * midnight. A visit is some hours of it that have a code; what is recorded at the very end of the
 * hours that are read is of the last. What is measured is a code with values ({@code l_HR}),
 * ventilation one without ({@code p_MECHVENT}). The value -1 stands for one that is not known, and
 * one that cannot be is left out ({@link IcuVariable}); both are counted.
 *
 * @param folder with one set or several
 * @param hours read so many of each stay, 1 to 48
 * @param visitHours the length of a visit in hours, at least 1
 * @param testSet the set whose stays are the test part; {@link #NO_SET} for none, so that all are
 *     split alike
 * @param measurements tabular features besides age and sex: a variable's last value, or of {@code
 *     ICUType=3} whether it is 3
 * @param values whether codes have values
 */
public record Physionet2012Source(
    Path folder,
    int hours,
    int visitHours,
    String testSet,
    List<Measurement> measurements,
    boolean values)
    implements Source {
  /** The most hours of a stay that the challenge tells. */
  public static final int MOST_HOURS = 48;

  /** No set is the test part. */
  public static final String NO_SET = "none";

  /** What the challenge tells of every stay, beside age and sex. */
  public static final List<Measurement> GENERAL =
      List.of(
          new Measurement("height", "Height"),
          new Measurement("weight", "Weight"),
          new Measurement("icu_coronary", "ICUType=1"),
          new Measurement("icu_cardiac_surgery", "ICUType=2"),
          new Measurement("icu_medical", "ICUType=3"),
          new Measurement("icu_surgical", "ICUType=4"));

  /**
   * Checks the hours.
   *
   * @throws IllegalArgumentException if they are not as they must be
   */
  public Physionet2012Source {
    if (hours < 1 || hours > MOST_HOURS || visitHours < 1) {
      throw new IllegalArgumentException(
          "hours must be 1 to "
              + MOST_HOURS
              + ", visits at least 1, but are "
              + hours
              + ", "
              + visitHours);
    }
    measurements = List.copyOf(measurements);
  }

  @Override
  public String name() {
    return "physionet2012";
  }

  @Override
  public String heartFailure() {
    return null;
  }

  @Override
  public Records read(Watcher watcher) {
    Reading reading = new Reading(watcher);
    List<IcuSet> sets = IcuSet.in(folder);
    if (!testSet.equals(NO_SET) && sets.stream().noneMatch(set -> set.name().equals(testSet))) {
      throw new InvalidInputException(
          folder
              + ": has no set "
              + Json.quote(testSet)
              + " to test on, but "
              + String.join(", ", sets.stream().map(IcuSet::name).toList())
              + "; name one of these, or none, to split all stays alike");
    }
    IcuStays stays = new IcuStays(reading.records, hours, visitHours, measurements, values);
    for (Measurement measurement : measurements) {
      IcuVariable variable = IcuVariable.ALL.get(measurement.code());
      if (variable != null && variable.unit() != null) {
        reading.records.measurementUnits.put(measurement.name(), variable.unit());
      }
    }
    for (IcuSet set : sets) {
      int before = reading.records.patients.size();
      set.read(reading, stays);
      if (set.name().equals(testSet)) {
        reading.records.testPatients.set(before, reading.records.patients.size());
      }
    }
    return reading.records;
  }
}
