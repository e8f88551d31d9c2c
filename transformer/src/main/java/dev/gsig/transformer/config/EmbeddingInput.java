package dev.gsig.transformer.config;

/** What may be added to the code embedding. */
public enum EmbeddingInput {
  /** The token's index in the sequence. */
  POSITION("position"),
  /** The visit index, counted as {@link dev.gsig.ehr.VisitIndex} says. */
  VISIT("visit"),
  /** The patient's age at the visit in whole years. */
  AGE("age"),
  /** The visit's token type. */
  TOKEN_TYPE("token_type");

  private final String configName;

  EmbeddingInput(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json} and in the weight's name. */
  public String configName() {
    return configName;
  }
}
