package dev.gsig.ehr;

/** How a token's visit input is counted. */
public enum VisitIndex {
  /** The SEP tokens before the token: a SEP belongs to the visit that it ends. */
  BEFORE_SEP("before_sep"),
  /** The SEP tokens up to and including the token: a SEP opens the next visit (TOO-BERT). */
  AT_SEP("at_sep");

  private final String configName;

  VisitIndex(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
