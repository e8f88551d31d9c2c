package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * {@code y = n scale + bias} with {@code n = (x - mean) / sqrt(variance + epsilon)}, all of them
 * given for each channel, the second axis (Ioffe and Szegedy, 2015). Rule: {@code gx = gy scale /
 * sqrt(variance + epsilon)}, {@code gscale = sum gy n}, {@code gbias = sum gy}; by mean and
 * variance no gradient passes.
 */
final class BatchNormalization implements Operator {
  private final double epsilon;

  BatchNormalization(Node node) {
    node.takes(5, 5);
    epsilon = node.number("epsilon", 1e-5);
    node.number("momentum", 0.9);
    if (node.flag("training_mode", false)) {
      throw new InvalidInputException("is in training mode; export the model after model.eval()");
    }
  }

  /** The channel of each element. */
  private static int[] channels(NdArray x) {
    int[] steps = new int[x.rank()];
    steps[1] = 1;
    return Shapes.walk(x.shape(), steps, 0);
  }

  private double inverse(NdArray[] x, int channel) {
    return 1 / Math.sqrt(x[4].doubles()[channel] + epsilon);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    int[] channels = channels(x[0]);
    double[] y = x[0].doubles().clone();
    for (int i = 0; i < y.length; i++) {
      int c = channels[i];
      double normal = (y[i] - x[3].doubles()[c]) * inverse(x, c);
      y[i] = normal * x[1].doubles()[c] + x[2].doubles()[c];
    }
    return new NdArray[] {NdArray.of(x[0].type(), y, x[0].shape())};
  }

  @Override
  public boolean passes(int input) {
    return input < 3;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    int[] channels = channels(x[0]);
    double[] gx = flow.of(0).clone();
    double[] normal = x[0].doubles().clone();
    for (int i = 0; i < gx.length; i++) {
      int c = channels[i];
      normal[i] = (normal[i] - x[3].doubles()[c]) * inverse(x, c);
      gx[i] *= x[1].doubles()[c] * inverse(x, c);
    }
    flow.give(0, gx);
    Normal.giveScaleAndBias(x, flow, normal, channels, channels);
  }
}
