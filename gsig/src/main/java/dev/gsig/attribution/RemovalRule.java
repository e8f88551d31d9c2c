package dev.gsig.attribution;

/** What becomes of the codes that are removed to see what the model says without them. */
public enum RemovalRule {
  /**
   * They leave the sequence; the rest moves up and is numbered anew, and a visit without a code
   * loses its SEP.
   */
  DELETE("delete"),
  /** Each becomes PAD; length and attention mask stay. */
  PAD("pad"),
  /** Each becomes MASK; length and attention mask stay. */
  MASK("mask"),
  /** Each row of the attribution-point tensor becomes that of a sequence baseline. */
  BASELINE("baseline");

  private final String label;

  RemovalRule(String label) {
    this.label = label;
  }

  /** The name on the command line and in results. */
  public String label() {
    return label;
  }
}
