package dev.gsig.transformer.config;

/** What is taken from the bidirectional GRU; both give the two directions concatenated. */
public enum GruRead {
  /** The output at the last position that the GRU reads. */
  LAST_POSITION("last_position"),
  /** Each direction's state after its last step: the backward one's is at the first position. */
  FINAL_STATES("final_states");

  private final String configName;

  GruRead(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
