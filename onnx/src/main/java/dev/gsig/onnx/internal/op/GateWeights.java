package dev.gsig.onnx.internal.op;

import static dev.gsig.onnx.internal.op.Recurrent.input;

import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;

/** The weights of one direction, and their gradients. */
final class GateWeights {
  final int direction;
  final int hidden;
  final double[] peepholes;
  final double[] peepholeGradient;
  private final int gates;
  private final int width;
  private final double[] w;
  private final double[] r;
  private final double[] bias;
  final double[] gw;
  final double[] gr;
  final double[] gbias;

  GateWeights(NdArray[] x, RecurrentKind kind, RecurrentFrame frame, int direction) {
    this.direction = direction;
    hidden = frame.hidden;
    gates = kind.gates();
    width = frame.width;
    w = part(x[1], frame, direction);
    r = part(x[2], frame, direction);
    bias = input(x, 3) == null ? new double[2 * gates * hidden] : part(x[3], frame, direction);
    NdArray p = kind.hasCell() ? input(x, 7) : null;
    peepholes = p == null ? new double[3 * hidden] : part(p, frame, direction);
    gw = new double[w.length];
    gr = new double[r.length];
    gbias = new double[bias.length];
    peepholeGradient = new double[peepholes.length];
  }

  private static double[] part(NdArray from, RecurrentFrame frame, int direction) {
    int size = from.size() / frame.directions;
    return Arrays.copyOfRange(from.doubles(), direction * size, (direction + 1) * size);
  }

  /** {@code W x} with its bias, all gates. */
  double[] fromInput(double[] x, int start) {
    double[] a = Arrays.copyOf(bias, gates * hidden);
    for (int row = 0; row < a.length; row++) {
      for (int i = 0; i < width; i++) {
        a[row] += w[row * width + i] * x[start + i];
      }
    }
    return a;
  }

  void backFromInput(double[] ga, double[] x, double[] gx, int start) {
    for (int row = 0; row < ga.length; row++) {
      gbias[row] += ga[row];
      for (int i = 0; i < width; i++) {
        gw[row * width + i] += ga[row] * x[start + i];
        gx[start + i] += ga[row] * w[row * width + i];
      }
    }
  }

  /** {@code R h} with its bias, for one gate. */
  double[] fromState(int gate, double[] h) {
    double[] a = new double[hidden];
    for (int row = 0; row < hidden; row++) {
      a[row] = bias[(gates + gate) * hidden + row];
      for (int i = 0; i < hidden; i++) {
        a[row] += r[(gate * hidden + row) * hidden + i] * h[i];
      }
    }
    return a;
  }

  /** Adds the gradients of {@link #fromState}; that by {@code h} goes to {@code gh}. */
  void backFromState(int gate, double[] ga, double[] h, double[] gh) {
    for (int row = 0; row < hidden; row++) {
      gbias[(gates + gate) * hidden + row] += ga[row];
      for (int i = 0; i < hidden; i++) {
        int at = (gate * hidden + row) * hidden + i;
        gr[at] += ga[row] * h[i];
        gh[i] += ga[row] * r[at];
      }
    }
  }
}
