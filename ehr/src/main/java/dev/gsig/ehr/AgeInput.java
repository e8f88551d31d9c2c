package dev.gsig.ehr;

import dev.gsig.ehr.TimeInput.Transform;

/**
 * What a model reads as the age of a token: one number, {@code transform(rowsPerYear * years)} of
 * the patient's age at the visit. CLS reads that of the first visit in the sequence, SEP that of
 * the visit it ends, PAD that of the last.
 *
 * @param rowsPerYear what an age in years is multiplied by; a table of ages has so many rows for
 *     each year
 * @param transform what is done to it then; {@code floor} where it is a row of a table
 */
public record AgeInput(int rowsPerYear, Transform transform) {
  /**
   * Checks the factor.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public AgeInput {
    if (rowsPerYear < 1) {
      throw new IllegalArgumentException(rowsPerYear + " rows for a year of age");
    }
  }

  /** Whole rows of a table. */
  static AgeInput rows(int perYear) {
    return new AgeInput(perYear, Transform.FLOOR);
  }

  /** Whether ages are rounded down to whole numbers, and nothing else is done to them. */
  public boolean isWhole() {
    return transform == Transform.FLOOR;
  }

  double of(double years) {
    return transform.of(years * rowsPerYear);
  }
}
