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
  LINEAR("linear"),
  /**
   * {@code W s(t) + b}: s are the sinusoids of a number t that need not be whole, W is the weight
   * {@code embeddings.<name>_embeddings.weight}, {@code [d, d]} (Delphi's age encoding).
   */
  SINUSOIDAL_LINEAR("sinusoidal_linear"),
  /** {@code sin(w t + b)} with the weights of {@link #LINEAR} (CEHR-BERT's time embedding). */
  SINE("sine"),
  /** {@link #LINEAR} in the first column, {@link #SINE} in the others (Kazemi et al. 2019). */
  TIME2VEC("time2vec"),
  /** {@link #TIME2VEC} with the cosine in place of the sine. */
  TIME2VEC_COS("time2vec_cos"),
  /** {@link #LINEAR} behind a hidden layer, {@code embeddings.<name>_embeddings.dense}. */
  MLP("mlp"),
  /** A number times the code's own row of {@code embeddings.<name>_embeddings.weight}. */
  CODE_VECTOR("code_vector");

  private final String configName;

  EmbeddingKind(String configName) {
    this.configName = configName;
  }

  /** Whether it is computed of a number, such as a time, by one layer with weights. */
  public boolean isLayer() {
    return switch (this) {
      case LINEAR, SINUSOIDAL_LINEAR, SINE, TIME2VEC, TIME2VEC_COS -> true;
      case LEARNED, SINUSOIDAL, MLP, CODE_VECTOR -> false;
    };
  }

  /** The name used in {@code config.json}. */
  public String configName() {
    return configName;
  }
}
