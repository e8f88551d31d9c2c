package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * One step of a GRU for all items: arguments are the input gates, the hidden gates (both {@code [1,
 * B, 3*hidden]}, biases included) and the state {@code [1, B, hidden]}.
 */
public final class GruCell implements Operation {
  private final boolean[] active;
  private Tensor gates;

  /**
   * One step.
   *
   * @param active items that take it; the others keep their state
   */
  public GruCell(boolean[] active) {
    this.active = active.clone();
  }

  @Override
  public boolean takes(int arguments) {
    return arguments == 3;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[2].shape());
    gates = backend.allocate(x[0].shape());
    backend.gruCell(x[0], x[1], x[2], active, y, gates);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor[] g = {
      backend.allocate(x[0].shape()), backend.allocate(x[1].shape()), backend.allocate(x[2].shape())
    };
    backend.gruCellBackward(gy, x[1], x[2], active, gates, g[0], g[1], g[2]);
    for (int i = 0; i < g.length; i++) {
      slots[i].add(g[i]);
      backend.release(g[i]);
    }
  }

  @Override
  public void release(Backend backend) {
    backend.release(gates);
  }
}
