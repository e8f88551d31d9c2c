package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A graph again and again: values carried from one time to the next, and others stacked. No
 * gradient: exporters use it to compute constants.
 */
final class Loop implements Operator {
  /** What a file can make a computer do is bounded. */
  private static final long MOST_TIMES = 1 << 16;

  private final Plan body;
  private final int from;
  private final int carried;

  Loop(Node node) {
    node.takes(0, node.inputs());
    body = node.graph("body");
    from = node.capturedFrom("body");
    carried = node.inputs() - 2;
    if (carried < 0 || body.inputs().size() != carried + 2 || body.outputs().size() <= carried) {
      throw new InvalidInputException("\"body\" does not fit the inputs");
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    long times = x[0] == null ? Long.MAX_VALUE : x[0].longs()[0];
    NdArray goesOn = x[1] == null ? NdArray.of(ElementType.BOOL, new long[] {1}) : x[1];
    NdArray[] state = Arrays.copyOfRange(x, 2, 2 + carried);
    int stacked = body.outputs().size() - 1 - carried;
    List<List<NdArray>> stacks = new ArrayList<>();
    for (int k = 0; k < stacked; k++) {
      stacks.add(new ArrayList<>());
    }
    for (long time = 0; time < times && goesOn.longs()[0] != 0; time++) {
      if (time == MOST_TIMES) {
        throw new InvalidInputException("runs more than " + MOST_TIMES + " times");
      }
      NdArray[] own = new NdArray[carried + 2];
      own[0] = NdArray.of(ElementType.INT64, new long[] {time});
      own[1] = goesOn;
      System.arraycopy(state, 0, own, 2, carried);
      NdArray[] results = body.run(x, from, own);
      goesOn = results[0];
      state = Arrays.copyOfRange(results, 1, 1 + carried);
      for (int k = 0; k < stacked; k++) {
        stacks.get(k).add(results[1 + carried + k]);
      }
    }
    NdArray[] y = Arrays.copyOf(state, carried + stacked);
    for (int k = 0; k < stacked; k++) {
      y[carried + k] = stacked(stacks.get(k));
    }
    return y;
  }

  private static NdArray stacked(List<NdArray> parts) {
    if (parts.isEmpty()) {
      throw new InvalidInputException(
          "runs no time, so that the shape of its results is not known");
    }
    NdArray first = parts.get(0);
    int size = Shapes.size(parts.size(), first.size());
    int[] shape =
        IntStream.concat(IntStream.of(parts.size()), IntStream.of(first.shape())).toArray();
    Broadcast.type(parts.toArray(NdArray[]::new));
    if (first.type().isFloating()) {
      double[] y = new double[size];
      for (int i = 0; i < parts.size(); i++) {
        System.arraycopy(parts.get(i).doubles(), 0, y, i * first.size(), first.size());
      }
      return NdArray.of(first.type(), y, shape);
    }
    long[] y = new long[size];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i).longs(), 0, y, i * first.size(), first.size());
    }
    return NdArray.of(first.type(), y, shape);
  }
}
