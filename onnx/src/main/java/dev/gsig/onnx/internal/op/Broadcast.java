package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** Elements of two or more arrays that meet by broadcasting. */
final class Broadcast {
  private Broadcast() {}

  /** The shape that all inputs have together. */
  static int[] shape(NdArray... x) {
    int[] shape = x[0].shape();
    for (NdArray other : x) {
      shape = Shapes.broadcast(shape, other.shape());
    }
    return shape;
  }

  /** Where each element of the common shape is in an array. */
  static int[] index(NdArray x, int[] shape) {
    return Shapes.broadcastIndex(x.shape(), shape);
  }

  /** An element's gradient is the sum of those of its repetitions. */
  static double[] sum(double[] gradient, int[] index, int size) {
    double[] sum = new double[size];
    for (int i = 0; i < gradient.length; i++) {
      sum[index[i]] += gradient[i];
    }
    return sum;
  }

  /** Refuses inputs of different types. */
  static ElementType type(NdArray... x) {
    for (NdArray other : x) {
      if (other.type() != x[0].type()) {
        throw new InvalidInputException(
            "its inputs are " + x[0].type() + " and " + other.type() + ", not of one type");
      }
    }
    return x[0].type();
  }
}
