package dev.gsig.transformer.config;

/** The number whose square root divides the attention scores. */
public enum AttentionScale {
  /** The width of one head, as usual. */
  HEAD_SIZE("head_size"),
  /** The length of the padded sequence. */
  SEQUENCE_LENGTH("sequence_length");

  private final String configName;

  AttentionScale(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
