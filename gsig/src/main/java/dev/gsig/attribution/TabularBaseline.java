package dev.gsig.attribution;

/** Where the path of the tabular input starts. */
public enum TabularBaseline {
  /** Mean of the normalised values over the validation set. */
  MEAN("mean"),
  /** The normalised zero, that is the training mean. */
  ZERO("zero"),
  /** The patient's own values: the tabular input is held, its attribution is zero. */
  SELF("self"),
  /**
   * Each of a bank of validation patients; of {@link PathMethods#EXPECTED_GRADIENTS}, its only one.
   */
  REFERENCES("references");

  private final String label;

  TabularBaseline(String label) {
    this.label = label;
  }

  /** The name on the command line and in results. */
  public String label() {
    return label;
  }
}
