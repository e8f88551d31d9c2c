package dev.gsig.autodiff;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.List;

/**
 * One differentiable operation: its forward pass and its gradient rule side by side. An instance is
 * applied once; what its rule needs later it saves in fields.
 */
public interface Operation {
  /**
   * Computes the result from the arguments, which are not modified.
   *
   * @return a tensor of the operation's own, with one holder
   */
  Tensor forward(Backend backend, Tensor[] arguments);

  /**
   * Computes the bits that {@link #forward} computes where no gradient is wanted, and saves
   * nothing. Unless overridden it calls {@link #forward}, then {@link #release}.
   *
   * @return a tensor of the operation's own, with one holder
   */
  default Tensor evaluate(Backend backend, Tensor[] arguments) {
    Tensor y = forward(backend, arguments);
    release(backend);
    return y;
  }

  /** True if it takes so many arguments; one, unless overridden. */
  default boolean takes(int arguments) {
    return arguments == 1;
  }

  /** True when there is a gradient rule for this argument. */
  default boolean isDifferentiable(int argument) {
    return true;
  }

  /**
   * What it reads besides its arguments, its packed weights. On a tape that trains, each has a slot
   * of its own behind those of the arguments.
   */
  default List<Weight> reads() {
    return List.of();
  }

  /**
   * The gradient rule: adds to the slot of each argument that needs it, and, on a tape that trains,
   * to that of each weight that it {@link #reads}.
   *
   * @param arguments as given to {@link #forward}, not modified
   * @param gy gradient with respect to the result, not modified
   * @param slots one for each argument; on a tape that trains then one for each weight
   */
  void backward(Backend backend, Tensor[] arguments, Tensor gy, GradientSlot[] slots);

  /** Releases what {@link #forward} saved; called once, and not after {@link #evaluate}. */
  default void release(Backend backend) {}
}
