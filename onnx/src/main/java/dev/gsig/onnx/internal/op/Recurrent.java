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
  static final int LENGTHS = 4;

  private final RecurrentKind kind;
  private final GateActivation[] activations;
  private final int perDirection;

  Recurrent(Node node, int gates, boolean hasCell, int most, String... defaults) {
    node.takes(3, most);
    String direction = node.word("direction", "forward", "reverse", "bidirectional");
    boolean batchFirst = node.opset() >= 14 && node.flag("layout", false);
    kind = new RecurrentKind(gates, hasCell, direction, batchFirst);
    node.integer("hidden_size", 0); // the weights tell
    List<?> given = node.texts("activations");
    List<?> names = given == null ? List.of(defaults) : given;
    activations = names.stream().map(GateActivation::of).toArray(GateActivation[]::new);
    perDirection = defaults.length;
    if (activations.length % perDirection != 0 || activations.length == 0) {
      throw new InvalidInputException("\"activations\" are not " + perDirection + " a direction");
    }
  }

  /** An activation of a direction. */
  final GateActivation activation(GateWeights w, int index) {
    return activations[(w.direction * perDirection + index) % activations.length];
  }

  /**
   * Computes a step.
   *
   * @param w the direction's weights
   * @param a what comes from the input, gate by gate
   * @param s the state, replaced
   */
  abstract void step(GateWeights w, double[] a, RecurrentState s);

  /**
   * Takes a step back.
   *
   * @param w the direction's weights, to whose gradients is added
   * @param a what came from the input
   * @param s the state before the step
   * @param g the gradient by the state after the step, replaced by that before it
   * @return the gradient by {@code a}
   */
  abstract double[] back(GateWeights w, double[] a, RecurrentState s, RecurrentState g);

  /** An input that may be left out. */
  static NdArray input(NdArray[] x, int index) {
    return x.length > index ? x[index] : null;
  }

  @Override
  public final NdArray[] forward(NdArray[] x) {
    RecurrentFrame frame = new RecurrentFrame(x, kind);
    double[] y = new double[Shapes.size(frame.shape())];
    double[] lastH = new double[Shapes.size(frame.stateShape())];
    double[] lastC = new double[lastH.length];
    for (int d = 0; d < frame.directions; d++) {
      GateWeights w = new GateWeights(x, kind, frame, d);
      for (int b = 0; b < frame.batch; b++) {
        RecurrentState s = frame.start(x, d, b);
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
    return kind.hasCell()
        ? new NdArray[] {all, h, NdArray.of(type, lastC, frame.stateShape())}
        : new NdArray[] {all, h};
  }

  @Override
  public final boolean passes(int input) {
    return input != LENGTHS;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    RecurrentFrame frame = new RecurrentFrame(x, kind);
    double[] gx = new double[x[0].size()];
    double[][] gradients = new double[x.length][];
    for (int k = 1; k < x.length; k++) {
      gradients[k] = new double[x[k] == null ? 0 : x[k].size()];
    }
    for (int d = 0; d < frame.directions; d++) {
      GateWeights w = new GateWeights(x, kind, frame, d);
      for (int b = 0; b < frame.batch; b++) {
        RecurrentState g = sequence(x, y, flow, frame, w, b, gx);
        put(g.h, gradients, 5, frame.state(d, b));
        if (kind.hasCell()) {
          put(g.c, gradients, 6, frame.state(d, b));
        }
      }
      put(w.gw, gradients, 1, d * w.gw.length);
      put(w.gr, gradients, 2, d * w.gr.length);
      put(w.gbias, gradients, 3, d * w.gbias.length);
      if (kind.hasCell()) {
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
  private RecurrentState sequence(
      NdArray[] x,
      NdArray[] y,
      Flow flow,
      RecurrentFrame frame,
      GateWeights w,
      int b,
      double[] gx) {
    int d = w.direction;
    int steps = frame.steps(x, b);
    List<RecurrentState> before = new ArrayList<>();
    List<double[]> inputs = new ArrayList<>();
    RecurrentState s = frame.start(x, d, b);
    for (int step = 0; step < steps; step++) {
      double[] a = w.fromInput(x[0].doubles(), frame.x(frame.time(d, step, steps), b));
      before.add(new RecurrentState(s.h, s.c));
      inputs.add(a);
      step(w, a, s);
    }
    RecurrentState g =
        new RecurrentState(
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
