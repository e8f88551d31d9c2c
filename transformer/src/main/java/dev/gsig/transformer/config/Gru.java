package dev.gsig.transformer.config;

/**
 * The pooling GRU.
 *
 * @param hiddenSize the state's width in each direction; the pooled vector is twice as wide
 * @param read what is taken from it
 * @param over the positions that it reads
 */
public record Gru(int hiddenSize, GruRead read, Positions over) {}
