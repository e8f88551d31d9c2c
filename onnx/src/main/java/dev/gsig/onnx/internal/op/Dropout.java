package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;

/**
 * {@code y = x}, as when a model is used, and a mask that holds; rule: {@code gx = gy}. Nothing is
 * dropped even if the node asks for training: exporters write that of models that PyTorch had in
 * training mode to keep its fused encoder out, and what is explained is the model in use.
 */
final class Dropout implements Operator {
  private final boolean wantsMask;

  Dropout(Node node) {
    node.takes(1, node.opset() < 12 ? 1 : 3);
    if (node.opset() < 12) {
      node.number("ratio", 0.5);
    } else {
      node.integer("seed", 0);
    }
    wantsMask = node.outputs() > 1;
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    if (!wantsMask) {
      return new NdArray[] {x[0]};
    }
    long[] mask = new long[x[0].size()];
    Arrays.fill(mask, 1);
    return new NdArray[] {x[0], NdArray.of(ElementType.BOOL, mask, x[0].shape())};
  }

  @Override
  public boolean passes(int input) {
    return input == 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, flow.of(0));
  }
}
