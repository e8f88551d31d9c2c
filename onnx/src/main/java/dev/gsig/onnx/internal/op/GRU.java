package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code z = f(Wz x + Rz h + bz)}, {@code r = f(Wr x + Rr h + br)}, {@code n = g(Wh x + Rh (r h) +
 * bh)} or, with {@code linear_before_reset}, {@code g(Wh x + wbh + r (Rh h + rbh))}, {@code h' = (1
 * - z) n + z h} (Cho et al., 2014). Rule: {@code gn = gh' (1 - z)}, {@code gz = gh' (h - n)},
 * {@code gr} from what it was multiplied with, each by its gate's slope and back to {@code h} by
 * the gate's {@code R'}.
 */
final class GRU extends Recurrent {
  private final boolean resetsAfter;

  GRU(Node node) {
    super(node, 3, false, 6, "Sigmoid", "Tanh");
    resetsAfter = node.flag("linear_before_reset", false);
  }

  /** Gates of a step, and what the reset gate was multiplied with or applied to. */
  private record Gates(double[] z, double[] r, double[] n, double[] reset) {}

  private Gates gates(GateWeights w, double[] a, double[] h) {
    int size = w.hidden;
    double[] z = w.fromState(0, h);
    double[] r = w.fromState(1, h);
    for (int i = 0; i < size; i++) {
      z[i] = activation(w, 0).value(a[i] + z[i]);
      r[i] = activation(w, 0).value(a[size + i] + r[i]);
    }
    double[] reset = resetsAfter ? w.fromState(2, h) : h.clone();
    double[] product = reset.clone();
    for (int i = 0; i < size; i++) {
      product[i] *= r[i];
    }
    double[] n = resetsAfter ? product.clone() : w.fromState(2, product);
    for (int i = 0; i < size; i++) {
      n[i] = activation(w, 1).value(a[2 * size + i] + n[i]);
    }
    return new Gates(z, r, n, reset);
  }

  @Override
  void step(GateWeights w, double[] a, RecurrentState s) {
    Gates gates = gates(w, a, s.h);
    double[] h = new double[w.hidden];
    for (int i = 0; i < h.length; i++) {
      h[i] = (1 - gates.z[i]) * gates.n[i] + gates.z[i] * s.h[i];
    }
    s.h = h;
  }

  @Override
  double[] back(GateWeights w, double[] a, RecurrentState s, RecurrentState g) {
    int size = w.hidden;
    Gates gates = gates(w, a, s.h);
    double[] gh = new double[size];
    double[] gz = new double[size];
    double[] gn = new double[size];
    double[] product = new double[size];
    for (int i = 0; i < size; i++) {
      gh[i] = g.h[i] * gates.z[i];
      gz[i] = g.h[i] * (s.h[i] - gates.n[i]) * activation(w, 0).slope(gates.z[i]);
      gn[i] = g.h[i] * (1 - gates.z[i]) * activation(w, 1).slope(gates.n[i]);
      product[i] = gates.r[i] * gates.reset[i];
    }
    double[] gproduct = gn.clone();
    if (!resetsAfter) {
      gproduct = new double[size];
      w.backFromState(2, gn, product, gproduct);
    }
    double[] gr = new double[size];
    double[] greset = new double[size];
    for (int i = 0; i < size; i++) {
      gr[i] = gproduct[i] * gates.reset[i] * activation(w, 0).slope(gates.r[i]);
      greset[i] = gproduct[i] * gates.r[i];
    }
    if (resetsAfter) {
      w.backFromState(2, greset, s.h, gh);
    }
    for (int i = 0; !resetsAfter && i < size; i++) {
      gh[i] += greset[i];
    }
    w.backFromState(0, gz, s.h, gh);
    w.backFromState(1, gr, s.h, gh);
    g.h = gh;
    double[] ga = new double[3 * size];
    System.arraycopy(gz, 0, ga, 0, size);
    System.arraycopy(gr, 0, ga, size, size);
    System.arraycopy(gn, 0, ga, 2 * size, size);
    return ga;
  }
}
