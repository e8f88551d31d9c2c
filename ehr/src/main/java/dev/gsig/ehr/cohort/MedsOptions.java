package dev.gsig.ehr.cohort;

import java.io.Serializable;
import java.util.List;

/**
 * How events of MEDS become trajectories.
 *
 * @param visits what a visit is
 * @param coding how codes are written
 * @param measurements tabular features besides age and sex
 * @param values whether events with numbers are read as codes with values
 */
public record MedsOptions(
    MedsSource.Visits visits, Coding coding, List<Measurement> measurements, boolean values)
    implements Serializable {
  /** Hospital stays as visits, codes whole, no measurements, as {@code gsig cohort meds} has it. */
  public static final MedsOptions DEFAULT =
      new MedsOptions(MedsSource.Visits.ADMISSIONS, Coding.WHOLE, List.of());

  /**
   * Without values.
   *
   * @param visits what a visit is
   * @param coding how codes are written
   * @param measurements tabular features besides age and sex
   */
  public MedsOptions(MedsSource.Visits visits, Coding coding, List<Measurement> measurements) {
    this(visits, coding, measurements, false);
  }

  /** Copies the list. */
  public MedsOptions {
    measurements = List.copyOf(measurements);
  }
}
