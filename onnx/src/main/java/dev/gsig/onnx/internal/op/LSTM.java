package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code i = f(ai + pi c)}, {@code f = f(af + pf c)}, {@code n = g(ac)}, {@code c' = f c + i n},
 * {@code o = f(ao + po c')}, {@code h' = o h(c')} with {@code a = W x + R h + b} (Hochreiter and
 * Schmidhuber, 1997; peepholes {@code p}: Gers and Schmidhuber, 2000). Rule: {@code go = gh'
 * h(c')}, {@code gc' = gc' + gh' o h' + go po}, {@code gi = gc' n}, {@code gf = gc' c}, {@code gn =
 * gc' i}, {@code gc = gc' f + gi pi + gf pf}, gates by their slopes and back to {@code h} by {@code
 * R'}.
 */
final class LSTM extends Recurrent {
  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FORGET = 2;
  private static final int NEW = 3;

  LSTM(Node node) {
    super(node, 4, true, 8, "Sigmoid", "Tanh", "Tanh");
    node.only("input_forget", 0);
  }

  /** Gates of a step in the order of the weights, the cell after it, and its activation. */
  private record Gates(double[][] of, double[] c, double[] active) {}

  private Gates gates(GateWeights w, double[] a, RecurrentState s) {
    int size = w.hidden;
    double[][] of = new double[4][];
    for (int gate = 0; gate < 4; gate++) {
      of[gate] = w.fromState(gate, s.h);
      for (int i = 0; i < size; i++) {
        of[gate][i] += a[gate * size + i];
      }
    }
    double[] c = new double[size];
    double[] active = new double[size];
    double[] p = w.peepholes;
    for (int i = 0; i < size; i++) {
      of[IN][i] = activation(w, 0).value(of[IN][i] + p[IN * size + i] * s.c[i]);
      of[FORGET][i] = activation(w, 0).value(of[FORGET][i] + p[FORGET * size + i] * s.c[i]);
      of[NEW][i] = activation(w, 1).value(of[NEW][i]);
      c[i] = of[FORGET][i] * s.c[i] + of[IN][i] * of[NEW][i];
      of[OUT][i] = activation(w, 0).value(of[OUT][i] + p[OUT * size + i] * c[i]);
      active[i] = activation(w, 2).value(c[i]);
    }
    return new Gates(of, c, active);
  }

  @Override
  void step(GateWeights w, double[] a, RecurrentState s) {
    Gates gates = gates(w, a, s);
    double[] h = new double[w.hidden];
    for (int i = 0; i < h.length; i++) {
      h[i] = gates.of[OUT][i] * gates.active[i];
    }
    s.h = h;
    s.c = gates.c;
  }

  @Override
  double[] back(GateWeights w, double[] a, RecurrentState s, RecurrentState g) {
    int size = w.hidden;
    Gates gates = gates(w, a, s);
    double[][] of = gates.of;
    double[] p = w.peepholes;
    double[][] ga = new double[4][size];
    double[] gc = new double[size];
    for (int i = 0; i < size; i++) {
      ga[OUT][i] = g.h[i] * gates.active[i] * activation(w, 0).slope(of[OUT][i]);
      double after =
          g.c[i]
              + g.h[i] * of[OUT][i] * activation(w, 2).slope(gates.active[i])
              + ga[OUT][i] * p[OUT * size + i];
      ga[IN][i] = after * of[NEW][i] * activation(w, 0).slope(of[IN][i]);
      ga[FORGET][i] = after * s.c[i] * activation(w, 0).slope(of[FORGET][i]);
      ga[NEW][i] = after * of[IN][i] * activation(w, 1).slope(of[NEW][i]);
      gc[i] =
          after * of[FORGET][i]
              + ga[IN][i] * p[IN * size + i]
              + ga[FORGET][i] * p[FORGET * size + i];
      w.peepholeGradient[IN * size + i] += ga[IN][i] * s.c[i];
      w.peepholeGradient[FORGET * size + i] += ga[FORGET][i] * s.c[i];
      w.peepholeGradient[OUT * size + i] += ga[OUT][i] * gates.c[i];
    }
    g.h = new double[size];
    g.c = gc;
    double[] all = new double[4 * size];
    for (int gate = 0; gate < 4; gate++) {
      w.backFromState(gate, ga[gate], s.h, g.h);
      System.arraycopy(ga[gate], 0, all, gate * size, size);
    }
    return all;
  }
}
