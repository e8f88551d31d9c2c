package dev.gsig.transformer.config;

/**
 * Rotary positions (Su et al. 2021, RoFormer): pairs of features of queries and keys turn by {@code
 * position * theta^(-2i / size)}.
 *
 * @param theta the base, often 10000
 * @param slidingTheta the base in layers with a window
 * @param size how many features of a head turn; even
 * @param interleaved whether a pair is two neighbours; else a feature and the one half the size on
 * @param over what they turn by
 */
public record Rotary(double theta, double slidingTheta, int size, boolean interleaved, Over over) {
  /** What rows turn by. */
  public enum Over {
    /** The token's index in the sequence. */
    POSITION("position"),
    /** The time input. */
    TIME("time"),
    /** The age input. */
    AGE("age");

    private final String configName;

    Over(String configName) {
      this.configName = configName;
    }

    /** The name used in {@code config.json}. */
    public String configName() {
      return configName;
    }
  }
}
