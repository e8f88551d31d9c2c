package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.tensor.Shape;
import java.util.Arrays;

/** The elements of a tensor in another shape. */
final class Regroup {
  private Regroup() {}

  /**
   * Gives a tensor another shape.
   *
   * @param x any value
   * @param shape of as many elements
   * @return x itself, if it has that shape
   */
  static Variable to(Variable x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    if (x.shape().cols() == shape.cols()) {
      return x.then(new Gather(inOrder(shape.allRows()), shape.batch()));
    }
    return x.then(new Rearrange(inOrder(shape.size()), shape));
  }

  private static int[] inOrder(int count) {
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    return all;
  }
}
