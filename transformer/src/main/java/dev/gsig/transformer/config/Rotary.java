package dev.gsig.transformer.config;

/**
 * Rotary positions (Su et al. 2021, RoFormer): pairs of features of queries and keys turn by {@code
 * position * theta^(-2i / size)}.
 *
 * @param theta the base, often 10000
 * @param slidingTheta the base in layers with a window
 * @param size how many features of a head turn; even
 * @param interleaved whether a pair is two neighbours; else a feature and the one half the size on
 * @param overTime whether they turn by the time input in place of the position
 */
public record Rotary(
    double theta, double slidingTheta, int size, boolean interleaved, boolean overTime) {}
