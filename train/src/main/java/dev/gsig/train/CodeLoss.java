package dev.gsig.train;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/**
 * Softmax cross-entropy over the vocabulary, each target alike: {@code -log softmax(z)[target]}.
 */
final class CodeLoss {
  private CodeLoss() {}

  /**
   * Sweeps back from the mean loss.
   *
   * @param logits {@code [1, M, vocabulary]}
   * @param targets M ids
   * @param total how many targets the whole batch has
   * @return their share of the batch's loss
   */
  static double sweep(Tape tape, Variable logits, int[] targets, double total) {
    Backend backend = tape.backend();
    double[] shares = new double[targets.length];
    Arrays.fill(shares, 1 / total);
    Tensor seed = backend.allocate(logits.shape());
    double[] losses = backend.softmaxCrossEntropy(logits.value(), targets, shares, seed);
    tape.backward(logits, seed);
    backend.release(seed);
    return Arrays.stream(losses).map(l -> l / total).sum();
  }

  /** The loss of each target. */
  static double[] of(Backend backend, Variable logits, int[] targets) {
    Tensor unused = backend.allocate(logits.shape());
    double[] shares = new double[targets.length];
    double[] losses = backend.softmaxCrossEntropy(logits.value(), targets, shares, unused);
    backend.release(unused);
    return losses;
  }
}
