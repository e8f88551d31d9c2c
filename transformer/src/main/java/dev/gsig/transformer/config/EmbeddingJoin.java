package dev.gsig.transformer.config;

import dev.gsig.tensor.Activation;

/**
 * How the embedding inputs meet where they are not added: side by side behind the code embedding,
 * then through the linear layer {@code embeddings.join}.
 *
 * @param activation behind the layer; null for none
 */
public record EmbeddingJoin(Activation activation) {}
