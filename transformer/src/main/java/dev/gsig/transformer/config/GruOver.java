package dev.gsig.transformer.config;

/** The positions that the GRU reads. */
public enum GruOver {
  /** Every position, padding included. */
  ALL("all"),
  /** The positions that are not PAD. */
  REAL("real");

  private final String configName;

  GruOver(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
