package dev.gsig.transformer.config;

/**
 * A head with a logit for each token that may come next.
 *
 * @param tied whether its matrix is the code embedding's own table; else the weight {@code lm_head}
 */
public record NextToken(boolean tied) {}
