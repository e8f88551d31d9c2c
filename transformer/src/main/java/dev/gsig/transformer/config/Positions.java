package dev.gsig.transformer.config;

/** The positions that a pooling reads. */
public enum Positions {
  /** Every position, padding included. */
  ALL("all"),
  /** The positions that are not PAD. */
  REAL("real");

  private final String configName;

  Positions(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
