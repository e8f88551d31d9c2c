package dev.gsig.transformer.config;

import dev.gsig.tensor.Activation;
import java.util.List;

/**
 * How the embedding inputs meet where they are not added: side by side behind the code embedding,
 * then through the linear layer {@code embeddings.join}.
 *
 * @param activation behind the layer; null for none
 * @param added the inputs that are not beside the others but added behind the activation
 */
public record EmbeddingJoin(Activation activation, List<EmbeddingInput> added) {
  /** Copies the list. */
  public EmbeddingJoin {
    added = List.copyOf(added);
  }
}
