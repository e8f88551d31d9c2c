package dev.gsig.attribution;

/**
 * Where the path of the value beside a code starts. The code itself starts where the {@link
 * SequenceBaseline} says, so that "creatinine was measured" and "it was 4.1" are attributed apart.
 */
public enum ValueBaseline {
  /**
   * The mean of the code's values over the validation set; over the training set where no
   * validation patient has one.
   */
  MEAN("mean"),
  /** What the model reads is 0: of standardised values the training mean. */
  ZERO("zero");

  private final String label;

  ValueBaseline(String label) {
    this.label = label;
  }

  /** The name on the command line and in results. */
  public String label() {
    return label;
  }
}
