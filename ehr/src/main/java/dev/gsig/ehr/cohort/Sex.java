package dev.gsig.ehr.cohort;

import java.util.Locale;

/** Sex as a tabular feature: 1 male, 0 female, else missing. OMOP's numbers are its concepts. */
final class Sex {
  static final int UNKNOWN = -1;

  /** What is said of one patient differs. */
  static final int BOTH = -2;

  private Sex() {}

  static int of(String text) {
    return switch (text == null ? "" : text.toUpperCase(Locale.ROOT)) {
      case "M", "MALE", "MAN", "8507" -> 1;
      case "F", "FEMALE", "WOMAN", "8532" -> 0;
      default -> UNKNOWN;
    };
  }
}
