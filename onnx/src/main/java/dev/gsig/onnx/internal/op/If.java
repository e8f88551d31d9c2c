package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.tensor.NdArray;

/** One of two graphs. No gradient: exporters use it to choose among constants. */
final class If implements Operator {
  private final Plan then;
  private final Plan otherwise;
  private final int thenFrom;
  private final int otherwiseFrom;

  If(Node node) {
    node.takes(1, 1);
    then = node.graph("then_branch");
    otherwise = node.graph("else_branch");
    thenFrom = node.capturedFrom("then_branch");
    otherwiseFrom = node.capturedFrom("else_branch");
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    return x[0].longs()[0] != 0 ? then.run(x, thenFrom) : otherwise.run(x, otherwiseFrom);
  }
}
