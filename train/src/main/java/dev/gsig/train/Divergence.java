package dev.gsig.train;

import dev.gsig.ehr.InvalidInputException;
import java.util.Locale;

/** What is said when training leads to numbers that are none. */
final class Divergence {
  private Divergence() {}

  /**
   * Names the first gradient that is not finite, or the logits.
   *
   * @param loss of the batch
   * @param gradient of all parameters; may be empty
   */
  static InvalidInputException in(TrainingState state, double loss, double[] gradient) {
    String what = "the logits are";
    for (int i = 0; i < gradient.length; i++) {
      if (!Double.isFinite(gradient[i])) {
        what = "the gradient of '" + state.parameters.nameAt(i) + "' is";
        break;
      }
    }
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "training diverged in epoch %d, step %d: %s not finite (loss %s); lower"
                + " --learning-rate, or set --clip",
            state.epoch + 1,
            state.step + 1,
            what,
            loss));
  }
}
