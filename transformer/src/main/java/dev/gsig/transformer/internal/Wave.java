package dev.gsig.transformer.internal;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * {@code sin(x)} or {@code cos(x)} of all columns but the first few, which stay. Rule: gy times the
 * derivative. Computed in float64 outside the backend: it is of small inputs, and once a patient.
 */
final class Wave implements Operation {
  private final int straight;
  private final boolean cosine;

  /**
   * One application.
   *
   * @param straight how many columns stay
   * @param cosine in place of the sine
   */
  Wave(int straight, boolean cosine) {
    this.straight = straight;
    this.cosine = cosine;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    double[] in = backend.download(x[0]);
    return mapped(backend, x[0], i -> cosine ? StrictMath.cos(in[i]) : StrictMath.sin(in[i]), in);
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    double[] in = backend.download(x[0]);
    double[] g = backend.download(gy);
    Tensor gx =
        mapped(
            backend,
            x[0],
            i -> g[i] * (cosine ? -StrictMath.sin(in[i]) : StrictMath.cos(in[i])),
            g);
    slots[0].add(gx);
    backend.release(gx);
  }

  private Tensor mapped(Backend backend, Tensor like, IntToDoubleFunction wave, double[] line) {
    int columns = like.shape().cols();
    double[] values = new double[line.length];
    Arrays.setAll(values, i -> i % columns < straight ? line[i] : wave.applyAsDouble(i));
    return backend.upload(like.shape(), values);
  }
}
