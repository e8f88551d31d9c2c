package dev.gsig.ehr;

import java.util.List;
import java.util.Objects;

/**
 * One encounter of a patient with the health system. Immutable.
 *
 * @param time when it was, as the cohort writes it; null if not known. Only reported, never
 *     computed with
 * @param codes the clinical codes, in order; possibly none
 * @param age the patient's age in years at the visit; null if not given
 * @param tokenType the row of the model's token type table; null if not given
 */
public record Visit(String time, List<String> codes, Double age, Integer tokenType) {
  /** Copies the list; no code may be null. */
  public Visit {
    codes = List.copyOf(Objects.requireNonNull(codes, "codes"));
  }

  /**
   * A visit that has codes only.
   *
   * @param codes the clinical codes, in order
   * @return the visit
   */
  public static Visit of(String... codes) {
    return new Visit(null, List.of(codes), null, null);
  }
}
