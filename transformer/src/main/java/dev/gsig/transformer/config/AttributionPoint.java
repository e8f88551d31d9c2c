package dev.gsig.transformer.config;

/** The tensor that the integration path interpolates. */
public enum AttributionPoint {
  /** The code embedding alone, before anything is added. */
  CODE("code"),
  /** The embedding block's output, after its layer norm. */
  EMBEDDING("embedding");

  private final String configName;

  AttributionPoint(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
