package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Weight;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Tensor;
import java.util.List;

/**
 * Layer norm or root-mean-square norm, as the weights say, of one argument or of the sum of two (a
 * residual connection). Both arguments of the sum receive the same gradient. In training gbeta is
 * the sum of the rows of gy, and ggamma that of gy times the normalized rows.
 */
public final class Norm implements Operation {
  private final NormWeights weights;
  private Tensor normalized;
  private Tensor reciprocalDeviation;

  /** One application of these weights. */
  public Norm(NormWeights weights) {
    this.weights = weights;
  }

  @Override
  public boolean takes(int arguments) {
    return arguments == 1 || arguments == 2;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape());
    normalized = backend.allocate(x[0].shape());
    reciprocalDeviation = backend.allocate(x[0].shape().withCols(1));
    Tensor residual = x.length > 1 ? x[1] : null;
    backend.layerNorm(x[0], residual, weights, y, normalized, reciprocalDeviation);
    return y;
  }

  @Override
  public List<Weight> reads() {
    return weights.hasBias()
        ? List.of(Weight.gamma(weights), Weight.beta(weights))
        : List.of(Weight.gamma(weights));
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor gs = backend.allocate(gy.shape());
    backend.layerNormBackward(gy, weights, normalized, reciprocalDeviation, gs);
    for (int i = 0; i < x.length; i++) {
      slots[i].add(gs);
    }
    backend.release(gs);
    if (slots.length > x.length) {
      // The sweep passes here once, and nothing reads what was saved any more.
      backend.multiply(normalized, gy, normalized, false);
      slots[x.length].write((g, accumulate) -> backend.sumRows(normalized, g, accumulate));
    }
    if (slots.length > x.length + 1) {
      slots[x.length + 1].write((g, accumulate) -> backend.sumRows(gy, g, accumulate));
    }
  }

  @Override
  public void release(Backend backend) {
    backend.release(normalized);
    backend.release(reciprocalDeviation);
  }
}
