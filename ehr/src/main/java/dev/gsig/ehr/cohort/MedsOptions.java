package dev.gsig.ehr.cohort;

import java.io.Serializable;
import java.util.List;

/**
 * How events of MEDS become trajectories.
 *
 * @param visits what a visit is
 * @param coding how codes are written
 * @param measurements tabular features besides age and sex
 */
public record MedsOptions(MedsSource.Visits visits, Coding coding, List<Measurement> measurements)
    implements Serializable {
  /** Days as visits, codes whole, no measurements. */
  public static final MedsOptions DAYS =
      new MedsOptions(MedsSource.Visits.DAYS, Coding.WHOLE, List.of());

  /** Copies the list. */
  public MedsOptions {
    measurements = List.copyOf(measurements);
  }
}
