package dev.gsig.transformer.config;

/** How the encoder's output becomes one vector. */
public enum Pooling {
  /** The row of the CLS token. */
  CLS("cls"),
  /** The mean over all tokens but PAD. */
  MEAN("mean"),
  /** A bidirectional GRU over the rows, see {@link Gru}. */
  BIGRU("bigru");

  private final String configName;

  Pooling(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
