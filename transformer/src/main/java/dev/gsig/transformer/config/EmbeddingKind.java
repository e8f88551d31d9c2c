package dev.gsig.transformer.config;

/** Where the vector of an embedding input comes from. */
public enum EmbeddingKind {
  /** A row of the weight {@code embeddings.<name>_embeddings.weight}. */
  LEARNED("learned"),
  /** Column 2i: sin(p / 10000^(2i/d)); column 2i+1: the cosine of the same. */
  SINUSOIDAL("sinusoidal"),
  /**
   * {@code w t + b} of a number t that need not be whole: w is the weight {@code
   * embeddings.<name>_embeddings.weight}, {@code [d, 1]}, and b the bias beside it.
   */
  LINEAR("linear");

  private final String configName;

  EmbeddingKind(String configName) {
    this.configName = configName;
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
