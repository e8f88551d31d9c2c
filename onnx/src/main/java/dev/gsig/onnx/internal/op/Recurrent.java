package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Recurrent networks: what they share is here, each says only what one step does. The weights of a
 * direction are blocks of {@code hidden} rows, one for each gate: {@code W} for the input and
 * {@code R} for the state, with a bias for each. Rule: back through time, each step computed anew.
 */
abstract class Recurrent implements Operator {
  /** A function of a gate; its slope by its value. */
  enum Activation {
    SIGMOID,
    TANH,
    RELU;

    static Activation of(Object name) {
      for (Activation activation : values()) {
        if (activation.name().equalsIgnoreCase(String.valueOf(name))) {
          return activation;
        }
      }
      throw new InvalidInputException("the activation \"" + name + "\" is not supported");
    }

    double value(double x) {
      return switch (this) {
        case SIGMOID -> Sigmoid.of(x);
        case TANH -> StrictMath.tanh(x);
        case RELU -> Math.max(x, 0);
      };
    }

    double slope(double y) {
      return switch (this) {
        case SIGMOID -> y * (1 - y);
        case TANH -> 1 - y * y;
        case RELU -> y > 0 ? 1 : 0;
      };
    }
  }

  /** State and gradient of a step; {@code c} is the LSTM's cell, else empty. */
  static final class State {
    double[] h;
    double[] c;

    State(double[] h, double[] c) {
      this.h = h;
      this.c = c;
    }
  }

  private static final int LENGTHS = 4;

  private final int gates;
  private final String direction;
  private final boolean batchFirst;
  private final Activation[] activations;
  private final int perDirection;
  private final boolean hasCell;

  Recurrent(Node node, int gates, boolean hasCell, int most, String... defaults) {
    node.takes(3, most);
    this.gates = gates;
    this.hasCell = hasCell;
    direction = node.word("direction", "forward", "reverse", "bidirectional");
    batchFirst = node.opset() >= 14 && node.flag("layout", false);
    node.integer("hidden_size", 0); // the weights tell
    List<?> given = node.texts("activations");
    List<?> names = given == null ? List.of(defaults) : given;
    activations = names.stream().map(Activation::of).toArray(Activation[]::new);
    perDirection = defaults.length;
    if (activations.length % perDirection != 0 || activations.length == 0) {
      throw new InvalidInputException("\"activations\" are not " + perDirection + " a direction");
    }
  }

  /** An activation of a direction. */
  final Activation activation(Weights w, int index) {
    return activations[(w.direction * perDirection + index) % activations.length];
  }

  /**
   * Computes a step.
   *
   * @param w the direction's weights
   * @param a what comes from the input, gate by gate
   * @param s the state, replaced
   */
  abstract void step(Weights w, double[] a, State s);

  /**
   * Takes a step back.
   *
   * @param w the direction's weights, to whose gradients is added
   * @param a what came from the input
   * @param s the state before the step
   * @param g the gradient by the state after the step, replaced by that before it
   * @return the gradient by {@code a}
   */
  abstract double[] back(Weights w, double[] a, State s, State g);

  /** Extents, and where in the arrays what is. */
  private final class Frame {
    final int directions;
    final int length;
    final int batch;
    final int width;
    final int hidden;

    Frame(NdArray[] x) {
      if (x[0].rank() != 3 || x[1].rank() != 3 || x[2].rank() != 3) {
        throw new InvalidInputException("input and weights have three dimensions each");
      }
      directions = direction.equals("bidirectional") ? 2 : 1;
      length = x[0].dim(batchFirst ? 1 : 0);
      batch = x[0].dim(batchFirst ? 0 : 1);
      width = x[0].dim(2);
      hidden = x[2].dim(2);
      require(x[1], directions, gates * hidden, width);
      require(x[2], directions, gates * hidden, hidden);
      require(input(x, 3), directions, 2 * gates * hidden);
      int first = batchFirst ? batch : directions;
      int second = batchFirst ? directions : batch;
      require(input(x, 5), first, second, hidden);
      require(hasCell ? input(x, 6) : null, first, second, hidden);
      require(hasCell ? input(x, 7) : null, directions, 3 * hidden);
    }

    private void require(NdArray value, int... shape) {
      if (value != null && !Arrays.equals(value.shape(), shape)) {
        throw new InvalidInputException(
            value + " does not fit; " + Arrays.toString(shape) + " does");
      }
    }

    int x(int time, int b) {
      return (batchFirst ? b * length + time : time * batch + b) * width;
    }

    int y(int time, int d, int b) {
      int row =
          batchFirst ? (b * length + time) * directions + d : (time * directions + d) * batch + b;
      return row * hidden;
    }

    int state(int d, int b) {
      return (batchFirst ? b * directions + d : d * batch + b) * hidden;
    }

    int[] shape() {
      return batchFirst
          ? new int[] {batch, length, directions, hidden}
          : new int[] {length, directions, batch, hidden};
    }

    int[] stateShape() {
      return batchFirst
          ? new int[] {batch, directions, hidden}
          : new int[] {directions, batch, hidden};
    }

    /** How many steps a sequence has. */
    int steps(NdArray[] x, int b) {
      NdArray lengths = input(x, LENGTHS);
      return lengths == null ? length : (int) Math.max(0, Math.min(length, lengths.longs()[b]));
    }

    /** When a step of a direction is. */
    int time(int d, int step, int steps) {
      return d == 1 || direction.equals("reverse") ? steps - 1 - step : step;
    }

    State start(NdArray[] x, int d, int b) {
      return new State(
          part(input(x, 5), state(d, b)), part(hasCell ? input(x, 6) : null, state(d, b)));
    }

    private double[] part(NdArray from, int start) {
      return from == null
          ? new double[hidden]
          : Arrays.copyOfRange(from.doubles(), start, start + hidden);
    }
  }

  static NdArray input(NdArray[] x, int index) {
    return x.length > index ? x[index] : null;
  }

  /** The weights of one direction, and their gradients. */
  static final class Weights {
    final int direction;
    final int hidden;
    final double[] peepholes;
    final double[] peepholeGradient;
    private final int gates;
    private final int width;
    private final double[] w;
    private final double[] r;
    private final double[] bias;
    private final double[] gw;
    private final double[] gr;
    private final double[] gbias;

    private Weights(NdArray[] x, Recurrent network, Frame frame, int direction) {
      this.direction = direction;
      hidden = frame.hidden;
      gates = network.gates;
      width = frame.width;
      w = part(x[1], frame, direction);
      r = part(x[2], frame, direction);
      bias = input(x, 3) == null ? new double[2 * gates * hidden] : part(x[3], frame, direction);
      NdArray p = network.hasCell ? input(x, 7) : null;
      peepholes = p == null ? new double[3 * hidden] : part(p, frame, direction);
      gw = new double[w.length];
      gr = new double[r.length];
      gbias = new double[bias.length];
      peepholeGradient = new double[peepholes.length];
    }

    private static double[] part(NdArray from, Frame frame, int direction) {
      int size = from.size() / frame.directions;
      return Arrays.copyOfRange(from.doubles(), direction * size, (direction + 1) * size);
    }

    /** {@code W x} with its bias, all gates. */
    private double[] fromInput(double[] x, int start) {
      double[] a = Arrays.copyOf(bias, gates * hidden);
      for (int row = 0; row < a.length; row++) {
        for (int i = 0; i < width; i++) {
          a[row] += w[row * width + i] * x[start + i];
        }
      }
      return a;
    }

    private void backFromInput(double[] ga, double[] x, double[] gx, int start) {
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

  @Override
  public final NdArray[] forward(NdArray[] x) {
    Frame frame = new Frame(x);
    double[] y = new double[Shapes.size(frame.shape())];
    double[] lastH = new double[Shapes.size(frame.stateShape())];
    double[] lastC = new double[lastH.length];
    for (int d = 0; d < frame.directions; d++) {
      Weights w = new Weights(x, this, frame, d);
      for (int b = 0; b < frame.batch; b++) {
        State s = frame.start(x, d, b);
        int steps = frame.steps(x, b);
        for (int step = 0; step < steps; step++) {
          int time = frame.time(d, step, steps);
          step(w, w.fromInput(x[0].doubles(), frame.x(time, b)), s);
          System.arraycopy(s.h, 0, y, frame.y(time, d, b), frame.hidden);
        }
        System.arraycopy(s.h, 0, lastH, frame.state(d, b), frame.hidden);
        System.arraycopy(s.c, 0, lastC, frame.state(d, b), frame.hidden);
      }
    }
    ElementType type = x[0].type();
    NdArray all = NdArray.of(type, y, frame.shape());
    NdArray h = NdArray.of(type, lastH, frame.stateShape());
    return hasCell
        ? new NdArray[] {all, h, NdArray.of(type, lastC, frame.stateShape())}
        : new NdArray[] {all, h};
  }

  @Override
  public final boolean passes(int input) {
    return input != LENGTHS;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    Frame frame = new Frame(x);
    double[] gx = new double[x[0].size()];
    double[][] gradients = new double[x.length][];
    for (int k = 1; k < x.length; k++) {
      gradients[k] = new double[x[k] == null ? 0 : x[k].size()];
    }
    for (int d = 0; d < frame.directions; d++) {
      Weights w = new Weights(x, this, frame, d);
      for (int b = 0; b < frame.batch; b++) {
        State g = sequence(x, y, flow, frame, w, b, gx);
        put(g.h, gradients, 5, frame.state(d, b));
        if (hasCell) {
          put(g.c, gradients, 6, frame.state(d, b));
        }
      }
      put(w.gw, gradients, 1, d * w.gw.length);
      put(w.gr, gradients, 2, d * w.gr.length);
      put(w.gbias, gradients, 3, d * w.gbias.length);
      if (hasCell) {
        put(w.peepholeGradient, gradients, 7, d * w.peepholeGradient.length);
      }
    }
    flow.give(0, gx);
    for (int k = 1; k < x.length; k++) {
      if (flow.wants(k)) {
        flow.give(k, gradients[k]);
      }
    }
  }

  private static void put(double[] from, double[][] gradients, int input, int at) {
    if (input < gradients.length && gradients[input].length > 0) {
      System.arraycopy(from, 0, gradients[input], at, from.length);
    }
  }

  /** Goes back through one sequence; the result is the gradient by its first state. */
  private State sequence(
      NdArray[] x, NdArray[] y, Flow flow, Frame frame, Weights w, int b, double[] gx) {
    int d = w.direction;
    int steps = frame.steps(x, b);
    List<State> before = new ArrayList<>();
    List<double[]> inputs = new ArrayList<>();
    State s = frame.start(x, d, b);
    for (int step = 0; step < steps; step++) {
      double[] a = w.fromInput(x[0].doubles(), frame.x(frame.time(d, step, steps), b));
      before.add(new State(s.h, s.c));
      inputs.add(a);
      step(w, a, s);
    }
    State g =
        new State(
            gradient(y, flow, 1, frame.state(d, b), frame.hidden),
            gradient(y, flow, 2, frame.state(d, b), frame.hidden));
    for (int step = steps - 1; step >= 0; step--) {
      int time = frame.time(d, step, steps);
      double[] gy = gradient(y, flow, 0, frame.y(time, d, b), frame.hidden);
      for (int i = 0; i < gy.length; i++) {
        g.h[i] += gy[i];
      }
      double[] ga = back(w, inputs.get(step), before.get(step), g);
      w.backFromInput(ga, x[0].doubles(), gx, frame.x(time, b));
    }
    return g;
  }

  private static double[] gradient(NdArray[] y, Flow flow, int output, int start, int size) {
    return y.length > output && y[output] != null
        ? Arrays.copyOfRange(flow.of(output), start, start + size)
        : new double[size];
  }
}
