package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/**
 * {@code n = (x - mean) / sqrt(variance + epsilon)} over the axes from one on, {@code y = n scale +
 * bias} (Ba et al., 2016); also gives mean and {@code 1 / sqrt(variance + epsilon)}. Rule: with
 * {@code g = gy scale}, {@code gx = (g - mean(g) - n mean(g n)) / sqrt(variance + epsilon)}, {@code
 * gscale = sum gy n}, {@code gbias = sum gy}.
 */
final class LayerNormalization implements Operator {
  private final long axis;
  private final double epsilon;
  private final int outputs;

  LayerNormalization(Node node) {
    node.takes(2, 3);
    axis = node.integer("axis", -1);
    epsilon = node.number("epsilon", 1e-5);
    node.integer("stash_type", 1); // sums are of 53 bits here
    outputs = node.outputs();
  }

  /** How many elements are normalised together. */
  private int width(NdArray x) {
    int[] shape = x.shape();
    return Shapes.size(Arrays.copyOfRange(shape, Shapes.axis(axis, shape.length), shape.length));
  }

  /** Where the scale, or the bias, of each element of a row is. */
  private int[] index(NdArray[] x, int input) {
    int[] shape = x[0].shape();
    int[] row = Arrays.copyOfRange(shape, Shapes.axis(axis, shape.length), shape.length);
    return Broadcast.index(x[input], row);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    int width = width(x[0]);
    int rows = width == 0 ? 0 : x[0].size() / width;
    double[] y = x[0].doubles().clone();
    double[] means = new double[rows];
    double[] inverses = new double[rows];
    int[] scaleAt = index(x, 1);
    boolean hasBias = x.length > 2 && x[2] != null;
    int[] biasAt = hasBias ? index(x, 2) : null;
    for (int row = 0; row < rows; row++) {
      int start = row * width;
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += y[start + i];
      }
      double mean = sum / width;
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += (y[start + i] - mean) * (y[start + i] - mean);
      }
      double inverse = 1 / Math.sqrt(squares / width + epsilon);
      for (int i = 0; i < width; i++) {
        double bias = hasBias ? x[2].doubles()[biasAt[i]] : 0;
        y[start + i] = (y[start + i] - mean) * inverse * x[1].doubles()[scaleAt[i]] + bias;
      }
      means[row] = mean;
      inverses[row] = inverse;
    }
    int[] kept = x[0].shape();
    Arrays.fill(kept, Shapes.axis(axis, kept.length), kept.length, 1);
    ElementType stash = x[0].type() == ElementType.DOUBLE ? ElementType.DOUBLE : ElementType.FLOAT;
    NdArray result = NdArray.of(x[0].type(), y, x[0].shape());
    return outputs == 1
        ? new NdArray[] {result}
        : new NdArray[] {result, NdArray.of(stash, means, kept), NdArray.of(stash, inverses, kept)};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int width = width(x[0]);
    double[] in = x[0].doubles();
    double[] gy = flow.of(0);
    double[] gx = new double[in.length];
    double[] normal = new double[in.length];
    int[] scaleAt = index(x, 1);
    double[] gmean = y.length > 1 && y[1] != null ? flow.of(1) : null;
    double[] ginverse = y.length > 2 && y[2] != null ? flow.of(2) : null;
    for (int row = 0; width > 0 && row < in.length / width; row++) {
      int start = row * width;
      double mean = 0;
      for (int i = 0; i < width; i++) {
        mean += in[start + i] / width;
      }
      double variance = 0;
      for (int i = 0; i < width; i++) {
        variance += (in[start + i] - mean) * (in[start + i] - mean) / width;
      }
      double inverse = 1 / Math.sqrt(variance + epsilon);
      double sum = 0;
      double inner = 0;
      for (int i = 0; i < width; i++) {
        normal[start + i] = (in[start + i] - mean) * inverse;
        gx[start + i] = gy[start + i] * x[1].doubles()[scaleAt[i]];
        sum += gx[start + i];
        inner += gx[start + i] * normal[start + i];
      }
      // the two further outputs: d mean = 1 / n, d inverse = -inverse^2 normal / n
      double more = gmean == null ? 0 : gmean[row] / width;
      double slope = ginverse == null ? 0 : -ginverse[row] * inverse * inverse / width;
      for (int i = start; i < start + width; i++) {
        gx[i] =
            (gx[i] - sum / width - normal[i] * inner / width) * inverse + more + slope * normal[i];
      }
    }
    flow.give(0, gx);
    Normal.giveScaleAndBias(x, flow, normal, scaleAt, flow.wants(2) ? index(x, 2) : null);
  }
}
