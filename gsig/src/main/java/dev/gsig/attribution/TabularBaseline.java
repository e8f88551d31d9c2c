package dev.gsig.attribution;

import java.io.Serializable;

/**
 * Where the paths of inputs with entries, such as tabular values, start. {@link TabularBaselines}
 * has those with names on the command line; one of your own goes where they go. Shared by threads.
 */
public interface TabularBaseline extends Serializable {
  /** The name on the command line and in results: lower case, with hyphens. */
  String label();

  /**
   * The input at the start of its path, normalised as the model reads it.
   *
   * @return as many numbers as {@link PathEnd#values}
   */
  double[] entries(PathEnd input);

  /** Whether it needs {@link PathEnd#mean}, statistics of a validation set. */
  default boolean needsStatistics() {
    return false;
  }
}
