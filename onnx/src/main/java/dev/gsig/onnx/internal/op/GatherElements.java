package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * One element for each index along an axis; rule: {@code gy} is added to the elements it came from.
 */
final class GatherElements extends Movement {
  private final long axis;

  GatherElements(Node node) {
    node.takes(2, 2);
    axis = node.integer("axis", 0);
  }

  @Override
  Origin origin(NdArray[] x) {
    return new Origin(x[1].shape(), places(x[0], x[1], axis));
  }

  /** Where in {@code data} each index leads. */
  static int[] places(NdArray data, NdArray indices, long axis) {
    int along = Shapes.axis(axis, data.rank());
    if (indices.rank() != data.rank()) {
      throw new InvalidInputException("indices " + indices + " do not fit " + data);
    }
    int[] strides = Shapes.strides(data.shape());
    int step = strides[along];
    strides[along] = 0;
    for (int i = 0; i < data.rank(); i++) {
      if (i != along && indices.dim(i) > data.dim(i)) {
        throw new InvalidInputException("indices " + indices + " do not fit " + data);
      }
    }
    int[] places = Shapes.walk(indices.shape(), strides, 0);
    for (int i = 0; i < places.length; i++) {
      places[i] += step * Indices.within(indices.longs()[i], data.dim(along));
    }
    return places;
  }
}
