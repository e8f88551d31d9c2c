package dev.gsig.transformer.config;

/** What a norm does to a row. */
public enum NormKind {
  /** Subtracts the mean and divides by the standard deviation (Ba et al. 2016). */
  LAYER_NORM("layer_norm"),
  /** Divides by the root of the mean square (Zhang and Sennrich 2019); it has no bias. */
  RMS_NORM("rms_norm");

  private final String configName;

  NormKind(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
