package dev.gsig.autodiff;

import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * A part of what an operation computes with besides its arguments: on a tape that trains it has a
 * gradient, and one only, however many operations read it.
 *
 * @param of the weights as a backend holds them; these, not others that are equal
 * @param part which part of them
 * @param shape of the gradient
 */
public record Weight(Object of, String part, Shape shape) {
  /** The weight of a linear layer, {@code [1, outputs, inputs]}. */
  public static Weight matrix(LinearWeights w) {
    return new Weight(w, "weight", Shape.matrix(w.outputs(), w.inputs()));
  }

  /** The bias of a linear layer, {@code [1, 1, outputs]}. */
  public static Weight bias(LinearWeights w) {
    return new Weight(w, "bias", Shape.matrix(1, w.outputs()));
  }

  /** The scale of a layer norm, {@code [1, 1, d]}. */
  public static Weight gamma(NormWeights w) {
    return new Weight(w, "gamma", Shape.matrix(1, w.size()));
  }

  /** The shift of a layer norm, {@code [1, 1, d]}. */
  public static Weight beta(NormWeights w) {
    return new Weight(w, "beta", Shape.matrix(1, w.size()));
  }

  /** An embedding table, {@code [1, entries, d]}. */
  public static Weight table(Tensor t) {
    return new Weight(t, "table", t.shape());
  }
}
