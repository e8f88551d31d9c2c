package dev.gsig.importer.internal.family;

import java.util.Map;

/** The width d of a model, which is that of its code vectors unless a layer projects these. */
public final class ModelWidth {
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final String JOIN = "embeddings.join.weight";
  private static final String PROJECTION = "embeddings.projection.weight";

  private ModelWidth() {}

  /**
   * The width that the encoder reads.
   *
   * @param weights under the names of a model folder
   * @return 0 if no matrix tells
   */
  public static long of(Map<String, Derived> weights) {
    Derived projection = weights.get(PROJECTION);
    return projection != null && projection.isMatrix() ? projection.rows() : embedding(weights);
  }

  /**
   * The width of the sum of the embeddings, or of what they are joined to.
   *
   * @param weights under the names of a model folder
   * @return 0 if no matrix tells
   */
  public static long embedding(Map<String, Derived> weights) {
    Derived join = weights.get(JOIN);
    if (join != null && join.isMatrix()) {
      return join.rows();
    }
    Derived words = weights.get(WORDS);
    return words != null && words.isMatrix() ? words.columns() : 0;
  }
}
