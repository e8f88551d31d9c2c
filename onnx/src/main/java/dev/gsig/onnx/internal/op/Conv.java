package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Convolution over any number of axes: {@code y[n, m, p] = b[m] + sum_(c, k) w[m, c, k] x[n, c, p
 * stride + k dilation - pad]}, channels in groups. Rule: each product gives {@code gy w} to its x
 * and {@code gy x} to its w; {@code gb = sum gy}.
 */
final class Conv implements Operator {
  private final String auto;
  private final long[] kernel;
  private final long[] pads;
  private final long[] strides;
  private final long[] dilations;
  private final int groups;

  Conv(Node node) {
    node.takes(2, 3);
    auto = node.word("auto_pad", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID");
    kernel = node.integers("kernel_shape");
    pads = node.integers("pads");
    strides = node.integers("strides");
    dilations = node.integers("dilations");
    groups = Math.toIntExact(node.integer("group", 1));
  }

  /** Does something with each product: where its y, x and w are. */
  private interface Visitor {
    void visit(int y, int x, int w);
  }

  /** The extents of the result's axes, and what is padded before each. */
  private record Frame(int[] out, int[] before) {}

  private int of(long[] given, int axis) {
    return given == null ? 1 : Math.toIntExact(given[axis]);
  }

  private Frame frame(NdArray[] x) {
    int axes = x[0].rank() - 2;
    boolean fits =
        x[1].rank() == x[0].rank()
            && groups > 0
            && x[0].dim(1) == Math.multiplyExact(x[1].dim(1), groups)
            && x[1].dim(0) % groups == 0;
    if (!fits || (pads != null && pads.length != 2 * axes)) {
      throw new InvalidInputException("the weights " + x[1] + " do not fit " + x[0]);
    }
    int[] out = new int[axes];
    int[] before = new int[axes];
    for (int i = 0; i < axes; i++) {
      int size = x[1].dim(2 + i);
      int stride = of(strides, i);
      int dilation = of(dilations, i);
      if ((kernel != null && kernel[i] != size) || stride < 1 || dilation < 1) {
        throw new InvalidInputException(
            "\"kernel_shape\", \"strides\" or \"dilations\" do not fit");
      }
      int n = x[0].dim(2 + i);
      int reach = Math.addExact(Math.multiplyExact(dilation, size - 1), 1);
      int padded =
          auto.equals("NOTSET") && pads != null ? Math.toIntExact(pads[i] + pads[axes + i]) : 0;
      before[i] = auto.equals("NOTSET") && pads != null ? Math.toIntExact(pads[i]) : 0;
      if (auto.startsWith("SAME")) {
        out[i] = (n + stride - 1) / stride;
        padded = Math.max(0, (out[i] - 1) * stride + reach - n);
        before[i] = auto.endsWith("UPPER") ? padded / 2 : padded - padded / 2;
      } else {
        out[i] = Math.max(0, Math.floorDiv(Math.addExact(n, padded) - reach, stride) + 1);
      }
    }
    return new Frame(out, before);
  }

  private void visit(NdArray[] x, Frame frame, Visitor visitor) {
    int axes = frame.out.length;
    int[] space = Arrays.copyOfRange(x[0].shape(), 2, axes + 2);
    int[] taps = Arrays.copyOfRange(x[1].shape(), 2, axes + 2);
    int points = Shapes.size(frame.out);
    int tapCount = Shapes.size(taps);
    int spaceSize = Shapes.size(space);
    int inputs = x[1].dim(1);
    int outputs = x[1].dim(0);
    int perGroup = outputs / groups;
    int[] outSteps = Shapes.strides(frame.out);
    int[] tapSteps = Shapes.strides(taps);
    int[] steps = Shapes.strides(space);
    for (int point = 0; point < points; point++) {
      for (int tap = 0; tap < tapCount; tap++) {
        int place = 0;
        for (int i = 0; i < axes && place >= 0; i++) {
          int at =
              point / outSteps[i] % frame.out[i] * of(strides, i)
                  + tap / tapSteps[i] % taps[i] * of(dilations, i)
                  - frame.before[i];
          place = at < 0 || at >= space[i] ? -1 : place + at * steps[i];
        }
        for (int n = 0; place >= 0 && n < x[0].dim(0); n++) {
          for (int m = 0; m < outputs; m++) {
            for (int c = 0; c < inputs; c++) {
              int channel = n * x[0].dim(1) + m / perGroup * inputs + c;
              visitor.visit(
                  (n * outputs + m) * points + point,
                  channel * spaceSize + place,
                  (m * inputs + c) * tapCount + tap);
            }
          }
        }
      }
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    Frame frame = frame(x);
    int[] shape =
        IntStream.concat(IntStream.of(x[0].dim(0), x[1].dim(0)), IntStream.of(frame.out)).toArray();
    double[] y = new double[Shapes.size(shape)];
    if (x.length > 2 && x[2] != null) {
      int points = Shapes.size(frame.out);
      for (int i = 0; i < y.length; i++) {
        y[i] = x[2].doubles()[i / points % x[1].dim(0)];
      }
    }
    double[] in = x[0].doubles();
    double[] weights = x[1].doubles();
    visit(x, frame, (to, from, w) -> y[to] += weights[w] * in[from]);
    return new NdArray[] {NdArray.of(x[0].type(), y, shape)};
  }

  @Override
  public boolean passes(int input) {
    return true;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    Frame frame = frame(x);
    double[] gy = flow.of(0);
    double[] in = x[0].doubles();
    double[] weights = x[1].doubles();
    double[] gx = new double[in.length];
    double[] gw = new double[weights.length];
    visit(
        x,
        frame,
        (to, from, w) -> {
          gx[from] += gy[to] * weights[w];
          gw[w] += gy[to] * in[from];
        });
    flow.give(0, gx);
    flow.give(1, gw);
    if (flow.wants(2)) {
      double[] gb = new double[x[2].size()];
      int points = Shapes.size(frame.out);
      for (int i = 0; i < gy.length; i++) {
        gb[i / points % gb.length] += gy[i];
      }
      flow.give(2, gb);
    }
  }
}
