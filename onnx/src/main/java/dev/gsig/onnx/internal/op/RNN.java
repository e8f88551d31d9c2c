package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code h = f(W x + R h + b)} (Elman, 1990). Rule: {@code ga = gh f'}, back to {@code h} by {@code
 * R'}.
 */
final class RNN extends Recurrent {
  RNN(Node node) {
    super(node, 1, false, 6, "Tanh");
  }

  @Override
  void step(GateWeights w, double[] a, RecurrentState s) {
    double[] h = w.fromState(0, s.h);
    for (int i = 0; i < h.length; i++) {
      h[i] = activation(w, 0).value(a[i] + h[i]);
    }
    s.h = h;
  }

  @Override
  double[] back(GateWeights w, double[] a, RecurrentState s, RecurrentState g) {
    RecurrentState after = new RecurrentState(s.h, s.c);
    step(w, a, after);
    double[] ga = new double[a.length];
    for (int i = 0; i < ga.length; i++) {
      ga[i] = g.h[i] * activation(w, 0).slope(after.h[i]);
    }
    g.h = new double[w.hidden];
    w.backFromState(0, ga, s.h, g.h);
    return ga;
  }
}
