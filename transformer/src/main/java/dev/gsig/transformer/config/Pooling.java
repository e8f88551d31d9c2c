package dev.gsig.transformer.config;

/** How the encoder's output becomes one vector. */
public enum Pooling {
  /** The row of the CLS token. */
  CLS("cls"),
  /** The mean over all tokens but PAD. */
  MEAN("mean"),
  /** The largest value of each column over all tokens but PAD. */
  MAX("max"),
  /** The row of the last token that is not PAD. */
  LAST("last"),
  /**
   * The mean over all tokens but PAD with weights {@code softmax(score(x))}, where the score is a
   * linear layer, or one behind tanh of another.
   */
  ATTENTION("attention"),
  /** A bidirectional GRU over the rows, see {@link Gru}. */
  BIGRU("bigru");

  private final String configName;

  Pooling(String configName) {
    this.configName = configName;
  }

  /** Whether it reads a single row of the encoder's output. */
  public boolean isOneRow() {
    return this == CLS || this == LAST;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
