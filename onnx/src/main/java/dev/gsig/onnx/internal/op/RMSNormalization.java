package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/**
 * {@code n = x / sqrt(mean(x^2) + epsilon)} over the axes from one on, {@code y = n scale} (Zhang
 * and Sennrich, 2019). Rule: with {@code g = gy scale}, {@code gx = (g - n mean(g n)) /
 * sqrt(mean(x^2) + epsilon)}, {@code gscale = sum gy n}.
 */
final class RMSNormalization implements Operator {
  private final long axis;
  private final double epsilon;

  RMSNormalization(Node node) {
    node.takes(2, 2);
    axis = node.integer("axis", -1);
    epsilon = node.number("epsilon", 1e-5);
    node.integer("stash_type", 1); // sums are of 53 bits here
  }

  private int[] row(NdArray x) {
    int[] shape = x.shape();
    return Arrays.copyOfRange(shape, Shapes.axis(axis, shape.length), shape.length);
  }

  private double inverse(double[] x, int start, int width) {
    double squares = 0;
    for (int i = start; i < start + width; i++) {
      squares += x[i] * x[i];
    }
    return 1 / Math.sqrt(squares / width + epsilon);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    int[] scaleAt = Broadcast.index(x[1], row(x[0]));
    double[] in = x[0].doubles();
    double[] y = new double[in.length];
    int width = scaleAt.length;
    for (int start = 0; start < y.length; start += width) {
      double inverse = inverse(in, start, width);
      for (int i = 0; i < width; i++) {
        y[start + i] = in[start + i] * inverse * x[1].doubles()[scaleAt[i]];
      }
    }
    return new NdArray[] {NdArray.of(x[1].type(), y, x[0].shape())};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int[] scaleAt = Broadcast.index(x[1], row(x[0]));
    double[] in = x[0].doubles();
    double[] gx = new double[in.length];
    double[] normal = new double[in.length];
    int width = scaleAt.length;
    for (int start = 0; start < in.length; start += width) {
      double inverse = inverse(in, start, width);
      double inner = 0;
      for (int i = 0; i < width; i++) {
        normal[start + i] = in[start + i] * inverse;
        gx[start + i] = flow.of(0)[start + i] * x[1].doubles()[scaleAt[i]];
        inner += gx[start + i] * normal[start + i];
      }
      for (int i = start; i < start + width; i++) {
        gx[i] = (gx[i] - normal[i] * inner / width) * inverse;
      }
    }
    flow.give(0, gx);
    Normal.giveScaleAndBias(x, flow, normal, scaleAt, null);
  }
}
