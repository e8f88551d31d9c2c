package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;

/**
 * Rotates pairs of elements of each head by the angles of their position (Su et al., "RoFormer",
 * 2021): {@code y1 = x1 cos - x2 sin}, {@code y2 = x1 sin + x2 cos}; pairs are neighbours if
 * interleaved, else the two halves. Rule: rotates {@code gy} back; by the tables no gradient
 * passes.
 */
final class RotaryEmbedding implements Operator {
  private final boolean interleaved;
  private final int heads;
  private final int rotated;

  RotaryEmbedding(Node node) {
    node.takes(3, 4);
    interleaved = node.flag("interleaved", false);
    heads = Math.toIntExact(node.integer("num_heads", 0));
    rotated = Math.toIntExact(node.integer("rotary_embedding_dim", 0));
  }

  private double[] rotate(NdArray[] x, double[] in, int direction) {
    NdArray data = x[0];
    boolean flat = data.rank() == 3;
    int length = data.dim(flat ? 1 : 2);
    int count = flat ? heads : data.dim(1);
    if (count < 1 || data.rank() < 3 || (flat && data.dim(2) % count != 0)) {
      throw new InvalidInputException("\"num_heads\" " + heads + " does not fit " + data);
    }
    int size = flat ? data.dim(2) / count : data.dim(3);
    int half = (rotated == 0 ? size : rotated) / 2;
    if (2 * half > size || x[1].dim(x[1].rank() - 1) != half || x[2].size() != x[1].size()) {
      throw new InvalidInputException(
          "the tables " + x[1] + " and " + x[2] + " do not fit " + data);
    }
    double[] out = in.clone();
    for (int head = 0; head < in.length / Math.max(1, size); head++) {
      int position = flat ? head / count % length : head % length;
      int batch = flat ? head / count / length : head / length / count;
      int row = batch * length + position;
      if (x.length > 3 && x[3] != null) {
        row = Indices.within(x[3].longs()[row], x[1].dim(0));
      }
      for (int i = 0; i < half; i++) {
        double cos = x[1].doubles()[row * half + i];
        double sin = direction * x[2].doubles()[row * half + i];
        int first = head * size + (interleaved ? 2 * i : i);
        int second = interleaved ? first + 1 : first + half;
        out[first] = in[first] * cos - in[second] * sin;
        out[second] = in[first] * sin + in[second] * cos;
      }
    }
    return out;
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    return new NdArray[] {NdArray.of(x[0].type(), rotate(x, x[0].doubles(), 1), x[0].shape())};
  }

  @Override
  public boolean passes(int input) {
    return input == 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, rotate(x, flow.of(0), -1));
  }
}
