package dev.gsig.attribution.path;

/** An end of a path. */
public enum PathSide {
  /** The baseline. */
  START("start"),
  /** The input. */
  END("end");

  private final String label;

  PathSide(String label) {
    this.label = label;
  }

  /** The name in results. */
  public String label() {
    return label;
  }
}
