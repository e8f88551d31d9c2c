package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Tensor;

/** Masked multi-head attention of queries (argument 0) on keys and values (argument 1). */
public final class Attention implements Operation {
  private final AttentionSpec spec;
  private final int[] lengths;
  private Tensor saved;

  /**
   * One application.
   *
   * @param lengths unmasked keys of each item
   */
  public Attention(AttentionSpec spec, int[] lengths) {
    this.spec = spec;
    this.lengths = lengths.clone();
  }

  @Override
  public boolean takes(int arguments) {
    return arguments == 2;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape());
    saved = backend.allocate(backend.savedByAttention(spec, x[0].shape(), x[1].shape()));
    backend.attention(spec, x[0], x[1], lengths, y, saved);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor gQuery = backend.allocate(x[0].shape());
    Tensor gKeyValue = backend.allocate(x[1].shape());
    backend.attentionBackward(spec, x[0], x[1], lengths, saved, gy, gQuery, gKeyValue);
    slots[0].add(gQuery);
    slots[1].add(gKeyValue);
    backend.release(gQuery);
    backend.release(gKeyValue);
  }

  @Override
  public void release(Backend backend) {
    backend.release(saved);
  }
}
