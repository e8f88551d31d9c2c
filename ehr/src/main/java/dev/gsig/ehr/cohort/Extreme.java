package dev.gsig.ehr.cohort;

/** What may be told of a code's values in a visit beside the last: the lowest, and the highest. */
enum Extreme {
  LOW("_low", "lowest"),
  HIGH("_high", "highest");

  private final String suffix;
  private final String word;

  Extreme(String suffix, String word) {
    this.suffix = suffix;
    this.word = word;
  }

  /** The code of a code's extreme, such as {@code l_HR_low}. */
  String code(String code) {
    return code + suffix;
  }

  /** What that code means. */
  String description(String text) {
    return text + ", " + word + " of the visit";
  }

  /** Negative if a value is nearer to it than another one, 0 if they are equal. */
  int compare(double value, double other) {
    return this == LOW ? Double.compare(value, other) : Double.compare(other, value);
  }
}
