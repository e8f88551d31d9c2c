package dev.gsig.ehr.cohort;

import java.util.Locale;

/** Sex as a tabular feature: 1 male, 0 female, else missing. */
final class Sex {
  static final int UNKNOWN = -1;

  private Sex() {}

  static int of(String text) {
    return switch (text == null ? "" : text.toUpperCase(Locale.ROOT)) {
      case "M", "MALE" -> 1;
      case "F", "FEMALE" -> 0;
      default -> UNKNOWN;
    };
  }
}
