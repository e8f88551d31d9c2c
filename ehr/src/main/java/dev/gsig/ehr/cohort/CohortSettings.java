package dev.gsig.ehr.cohort;

import java.util.List;

/**
 * How a cohort is written.
 *
 * @param coding how codes are shortened
 * @param measurements tabular features besides age and sex
 * @param minAge leave out who is younger at the index time; 0 for nobody
 * @param fractions shares of the parts; null for the parts that the source has, and {@link
 *     Split.Fractions#DEFAULT} where it has none
 * @param seed of the split
 * @param minPatients the vocabulary has the codes of at least so many training patients
 * @param bins into how many bins values are put, {@link dev.gsig.ehr.ValueBins}; 0 to write them as
 *     they are
 * @param extremes whether a code that has several values in a visit is written with the lowest and
 *     the highest of them, too, beside the last: {@code l_HR}, {@code l_HR_low}, {@code l_HR_high}
 */
public record CohortSettings(
    Coding coding,
    List<Measurement> measurements,
    double minAge,
    Split.Fractions fractions,
    long seed,
    int minPatients,
    int bins,
    boolean extremes) {

  /**
   * With the last values of visits, as they are.
   *
   * @param coding how codes are shortened
   * @param measurements tabular features besides age and sex
   * @param minAge leave out who is younger at the index time; 0 for nobody
   * @param fractions shares of the parts; null for those of the source
   * @param seed of the split
   * @param minPatients the vocabulary has the codes of at least so many training patients
   */
  public CohortSettings(
      Coding coding,
      List<Measurement> measurements,
      double minAge,
      Split.Fractions fractions,
      long seed,
      int minPatients) {
    this(coding, measurements, minAge, fractions, seed, minPatients, 0, false);
  }
}
