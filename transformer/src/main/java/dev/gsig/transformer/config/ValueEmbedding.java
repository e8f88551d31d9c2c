package dev.gsig.transformer.config;

import dev.gsig.ehr.ValueInput;
import dev.gsig.tensor.Activation;

/**
 * How the number beside a code becomes a vector, as far as its {@link EmbeddingKind} leaves open.
 *
 * @param input what the number is, and what stands where there is none
 * @param hiddenSize width of the hidden layer of {@link EmbeddingKind#MLP}; 0 for other kinds
 * @param activation of that layer; null for other kinds
 */
public record ValueEmbedding(ValueInput input, int hiddenSize, Activation activation) {}
