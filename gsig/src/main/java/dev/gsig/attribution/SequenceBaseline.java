package dev.gsig.attribution;

import dev.gsig.ehr.SpecialTokens;
import java.io.Serializable;

/**
 * Where the paths of inputs with rows start. {@link SequenceBaselines} has those with names on the
 * command line; one of your own goes where they go. Shared by threads.
 */
public interface SequenceBaseline extends Serializable {
  /** The name on the command line and in results: lower case, with hyphens. */
  String label();

  /**
   * The input at the start of its path.
   *
   * @return at least as many numbers as {@link PathEnd#values}, row-major; what follows is not read
   */
  double[] rows(PathEnd input);

  /** Whether it needs {@link PathEnd#mean}, statistics of a validation set. */
  default boolean needsStatistics() {
    return false;
  }

  /**
   * What it needs and a model does not have.
   *
   * @return the key in config.json, such as "mask_token_id"; null if nothing is missing
   */
  default String lacks(SpecialTokens special) {
    return null;
  }
}
