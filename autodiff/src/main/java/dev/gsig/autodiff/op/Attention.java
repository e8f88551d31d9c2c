package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Multi-head attention of queries (argument 0) on keys and values (argument 1), of which each query
 * sees what a mask lets it see.
 */
public final class Attention implements Operation {
  private final AttentionSpec spec;
  private final AttentionMask mask;
  private Tensor saved;

  /**
   * One application.
   *
   * @param lengths unmasked keys of each item
   */
  public Attention(AttentionSpec spec, int[] lengths) {
    this(spec, AttentionMask.padding(lengths));
  }

  /**
   * One application.
   *
   * @param mask what each query sees
   */
  public Attention(AttentionSpec spec, AttentionMask mask) {
    this.spec = spec;
    this.mask = mask;
  }

  /**
   * The usual slopes of ALiBi (Press et al. 2022): of n heads, n a power of 2, head h has {@code
   * 2^(-8 (h + 1) / n)}; other numbers of heads take those of the power below, then every second
   * one of the power above.
   */
  public static List<Double> slopes(int heads) {
    int power = Integer.highestOneBit(heads);
    return IntStream.range(0, heads)
        .mapToObj(
            h -> {
              double exponent = h < power ? h + 1 : h - power + 0.5;
              return StrictMath.pow(2, -8 * exponent / power);
            })
        .toList();
  }

  @Override
  public boolean takes(int arguments) {
    return arguments == 2;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape());
    saved = backend.allocate(backend.savedByAttention(spec, x[0].shape(), x[1].shape()));
    backend.attention(spec, x[0], x[1], mask, y, saved);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor gQuery = backend.allocate(x[0].shape());
    Tensor gKeyValue = backend.allocate(x[1].shape());
    backend.attentionBackward(spec, x[0], x[1], mask, saved, gy, gQuery, gKeyValue);
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
