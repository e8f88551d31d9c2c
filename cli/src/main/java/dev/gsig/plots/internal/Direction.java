package dev.gsig.plots.internal;

/** Which way a figure is better. */
public enum Direction {
  /** Larger is better. */
  HIGHER("higher is better \u2192"),
  /** Smaller is better. */
  LOWER("\u2190 lower is better"),
  /** Neither way. */
  NONE("");

  private final String words;

  Direction(String words) {
    this.words = words;
  }

  /** As it stands below an axis; empty for neither. */
  String words() {
    return words;
  }
}
