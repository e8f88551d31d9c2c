package dev.gsig.autodiff;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * One differentiable operation: its forward pass and its gradient rule side by side. An instance is
 * recorded once; what its rule needs later it saves in fields.
 */
public interface Operation {
  /**
   * Computes the result from the arguments, which are not modified.
   *
   * @return a tensor of the operation's own, with one holder
   */
  Tensor forward(Backend backend, Tensor[] arguments);

  /** True when there is a gradient rule for this argument. */
  default boolean isDifferentiable(int argument) {
    return true;
  }

  /**
   * The gradient rule: adds to the slot of each argument that needs it.
   *
   * @param arguments as given to {@link #forward}, not modified
   * @param gy gradient with respect to the result, not modified
   * @param slots one for each argument
   */
  void backward(Backend backend, Tensor[] arguments, Tensor gy, GradientSlot[] slots);

  /**
   * True when it reads weights besides its arguments; their gradient is wanted in training only.
   */
  default boolean hasWeights() {
    return false;
  }

  /**
   * The gradient rule of the weights, where {@link #hasWeights}: adds to the training's sums.
   * Called after {@link #backward}, and only on a tape that trains.
   *
   * @param arguments as given to {@link #forward}, not modified
   * @param gy gradient with respect to the result, not modified
   * @param training holds the sums
   */
  default void backwardWeights(Backend backend, Tensor[] arguments, Tensor gy, Training training) {
    throw new IllegalStateException(
        getClass().getSimpleName() + " has no gradient rule for weights");
  }

  /** Releases what {@link #forward} saved; called once. */
  default void release(Backend backend) {}
}
