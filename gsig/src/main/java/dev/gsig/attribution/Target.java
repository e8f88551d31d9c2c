package dev.gsig.attribution;

/** The score that is explained. */
public enum Target {
  /** The logit of the explained class. */
  LOGIT("logit"),
  /** The probability of the explained class. */
  PROBABILITY("probability");

  private final String label;

  Target(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }
}
