package dev.gsig.tensor.internal;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Shape;
import java.util.Arrays;

/**
 * The primitives of {@link Backend} as plain loops over row-major float64 arrays, straight from
 * their definitions and independent of every backend.
 */
final class Reference {
  private static final double INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

  private Reference() {}

  // ---- linear

  /** {@code y[r, o] = b[o] + sum_i W[o, i] x[r, i]}; bias may be null. */
  static double[] linear(double[] x, int inputs, int outputs, double[] weight, double[] bias) {
    int rows = x.length / inputs;
    double[] y = new double[rows * outputs];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < outputs; o++) {
        double sum = bias == null ? 0 : bias[o];
        for (int i = 0; i < inputs; i++) {
          sum += weight[o * inputs + i] * x[r * inputs + i];
        }
        y[r * outputs + o] = sum;
      }
    }
    return y;
  }

  /** {@code gx[r, i] = sum_o W[o, i] gy[r, o]}. */
  static double[] linearBackward(double[] gy, int inputs, int outputs, double[] weight) {
    int rows = gy.length / outputs;
    double[] gx = new double[rows * inputs];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < inputs; i++) {
        for (int o = 0; o < outputs; o++) {
          gx[r * inputs + i] += weight[o * inputs + i] * gy[r * outputs + o];
        }
      }
    }
    return gx;
  }

  // ---- activations

  static double activation(Activation act, double x) {
    return switch (act) {
      case RELU -> x > 0 ? x : 0;
      case GELU -> x * normalCdf(x);
      case GELU_NEW -> 0.5 * x * (1 + Math.tanh(geluArgument(x)));
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case SILU -> x * sigmoid(x);
    };
  }

  static double derivative(Activation act, double x) {
    return switch (act) {
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> normalCdf(x) + x * INV_SQRT_2PI * Math.exp(-0.5 * x * x);
      case GELU_NEW -> geluNewDerivative(x);
      case TANH -> squaredSech(x);
      case SIGMOID -> sigmoid(x) * sigmoid(-x);
      case SILU -> sigmoid(x) + x * sigmoid(x) * sigmoid(-x);
    };
  }

  private static double geluArgument(double x) {
    return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
  }

  private static double geluNewDerivative(double x) {
    if (Math.abs(x) > 50) {
      return x > 0 ? 1 : 0;
    }
    double slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    double u = geluArgument(x);
    return 0.5 * (1 + Math.tanh(u)) + 0.5 * x * squaredSech(u) * slope;
  }

  private static double squaredSech(double x) {
    double c = Math.cosh(Math.min(Math.abs(x), 400));
    return 1 / c / c;
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * Phi(x) by quadrature: {@code 1 - Phi(a) = phi(a) * integral over t > 0 of exp(-a t - t^2/2)},
   * Gauss-Legendre with 5 nodes on 200 intervals.
   */
  static double normalCdf(double x) {
    double a = Math.abs(x);
    double density = INV_SQRT_2PI * Math.exp(-0.5 * a * a);
    double tail = 0;
    if (density > 0) {
      double step = Math.min(12, 40 / Math.max(a, 1e-9)) / 200;
      for (int k = 0; k < 200; k++) {
        for (int i = 0; i < NODES.length; i++) {
          double t = (k + 0.5 + 0.5 * NODES[i]) * step;
          tail += 0.5 * WEIGHTS[i] * step * Math.exp(-a * t - 0.5 * t * t);
        }
      }
      tail *= density;
    }
    return x < 0 ? tail : 1 - tail;
  }

  private static final double INNER = Math.sqrt(5 - 2 * Math.sqrt(10.0 / 7)) / 3;
  private static final double OUTER = Math.sqrt(5 + 2 * Math.sqrt(10.0 / 7)) / 3;
  private static final double[] NODES = {-OUTER, -INNER, 0, INNER, OUTER};
  private static final double W_INNER = (322 + 13 * Math.sqrt(70)) / 900;
  private static final double W_OUTER = (322 - 13 * Math.sqrt(70)) / 900;
  private static final double[] WEIGHTS = {W_OUTER, W_INNER, 128.0 / 225, W_INNER, W_OUTER};

  // ---- layer norm

  /** Results of {@link Backend#layerNorm}. */
  record Norm(double[] y, double[] normalized, double[] reciprocalDeviation) {}

  /** Layer norm of the rows of {@code s}; not centred, root-mean-square norm. */
  static Norm layerNorm(
      boolean centred, double[] s, double[] gamma, double[] beta, double epsilon) {
    int d = gamma.length;
    int rows = s.length / d;
    Norm n = new Norm(new double[s.length], new double[s.length], new double[rows]);
    for (int r = 0; r < rows; r++) {
      double mean = 0;
      for (int c = 0; c < d; c++) {
        mean += s[r * d + c];
      }
      mean = centred ? mean / d : 0;
      double variance = 0;
      for (int c = 0; c < d; c++) {
        variance += (s[r * d + c] - mean) * (s[r * d + c] - mean);
      }
      variance /= d;
      n.reciprocalDeviation[r] = 1 / Math.sqrt(variance + epsilon);
      for (int c = 0; c < d; c++) {
        int i = r * d + c;
        n.normalized[i] = (s[i] - mean) * n.reciprocalDeviation[r];
        n.y[i] = gamma[c] * n.normalized[i] + beta[c];
      }
    }
    return n;
  }

  /**
   * Gradient of layer norm through the Jacobian, {@code d normalized_i / d s_j = (delta_ij - 1/d -
   * normalized_i normalized_j / d) * reciprocalDeviation}, without 1/d if not centred.
   */
  static double[] layerNormBackward(boolean centred, double[] gy, double[] gamma, Norm n) {
    int d = gamma.length;
    double[] gs = new double[gy.length];
    for (int r = 0; r < gy.length / d; r++) {
      for (int j = 0; j < d; j++) {
        double sum = 0;
        for (int i = 0; i < d; i++) {
          double delta = i == j ? 1 : 0;
          double product = n.normalized[r * d + i] * n.normalized[r * d + j];
          sum += gy[r * d + i] * gamma[i] * (delta - ((centred ? 1 : 0) + product) / d);
        }
        gs[r * d + j] = sum * n.reciprocalDeviation[r];
      }
    }
    return gs;
  }

  // ---- attention

  /**
   * Results of {@link Backend#attention}; probabilities are {@code [B*heads, Lq, Lk]}, 0 for
   * removed keys.
   */
  record Attended(double[] y, double[] probabilities) {}

  /** Gradients of {@link Backend#attention}. */
  record AttentionGradient(double[] gQuery, double[] gKeyValue) {}

  static Attended attention(
      AttentionSpec spec,
      Shape q,
      double[] query,
      Shape kv,
      double[] keyValue,
      AttentionMask mask) {
    double[] y = new double[query.length];
    double[] p = new double[q.batch() * spec.heads() * q.rows() * kv.rows()];
    for (int b = 0; b < q.batch(); b++) {
      for (int h = 0; h < spec.heads(); h++) {
        for (int i = 0; i < q.rows(); i++) {
          double[] scores = new double[kv.rows()];
          for (int j = 0; j < kv.rows(); j++) {
            double dot = 0;
            for (int c = 0; c < spec.headSize(); c++) {
              dot +=
                  query[at(q, b, i, queryCol(spec, h, c))]
                      * keyValue[at(kv, b, j, keyCol(spec, h, c))];
            }
            scores[j] = spec.scale() * dot + bias(spec, mask, h, b, b * q.rows() + i, i, j);
          }
          double[] row = softmax(scores);
          int p0 = ((b * spec.heads() + h) * q.rows() + i) * kv.rows();
          System.arraycopy(row, 0, p, p0, row.length);
          for (int c = 0; c < spec.headSize(); c++) {
            for (int j = 0; j < kv.rows(); j++) {
              y[at(q, b, i, queryCol(spec, h, c))] +=
                  row[j] * keyValue[at(kv, b, j, spec.keyWidth() + keyCol(spec, h, c))];
            }
          }
        }
      }
    }
    return new Attended(y, p);
  }

  /**
   * What is added to a score: the mask of padding and of what the query does not see, and ALiBi.
   */
  private static double bias(
      AttentionSpec spec, AttentionMask mask, int head, int item, int query, int row, int key) {
    int position = mask.isPlaced() ? mask.position(query) : row;
    double bias = key >= mask.length(item) ? spec.maskValue() : 0;
    if (!spec.slopes().isEmpty()) {
      bias -= spec.slopes().get(head) * Math.abs(position - key);
    }
    boolean hidden = mask.isRanged() && (key < mask.from(query) || key >= mask.to(query));
    return hidden ? Double.NEGATIVE_INFINITY : bias;
  }

  private static int queryCol(AttentionSpec spec, int head, int c) {
    return head * spec.headSize() + c;
  }

  private static int keyCol(AttentionSpec spec, int head, int c) {
    int sharing = spec.heads() / spec.keyValueHeads();
    return head / sharing * spec.headSize() + c;
  }

  static AttentionGradient attentionBackward(
      AttentionSpec spec,
      Shape q,
      double[] query,
      Shape kv,
      double[] keyValue,
      double[] p,
      double[] gy) {
    int w = spec.keyWidth();
    AttentionGradient g =
        new AttentionGradient(new double[query.length], new double[keyValue.length]);
    for (int b = 0; b < q.batch(); b++) {
      for (int h = 0; h < spec.heads(); h++) {
        for (int i = 0; i < q.rows(); i++) {
          int p0 = ((b * spec.heads() + h) * q.rows() + i) * kv.rows();
          double[] gp = new double[kv.rows()];
          double mean = 0;
          for (int j = 0; j < kv.rows(); j++) {
            for (int c = 0; c < spec.headSize(); c++) {
              gp[j] +=
                  gy[at(q, b, i, queryCol(spec, h, c))]
                      * keyValue[at(kv, b, j, w + keyCol(spec, h, c))];
            }
            mean += p[p0 + j] * gp[j];
          }
          for (int j = 0; j < kv.rows(); j++) {
            double gs = spec.scale() * p[p0 + j] * (gp[j] - mean);
            for (int c = 0; c < spec.headSize(); c++) {
              int qc = at(q, b, i, queryCol(spec, h, c));
              int kc = at(kv, b, j, keyCol(spec, h, c));
              g.gQuery[qc] += gs * keyValue[kc];
              g.gKeyValue[kc] += gs * query[qc];
              g.gKeyValue[kc + w] += p[p0 + j] * gy[qc];
            }
          }
        }
      }
    }
    return g;
  }

  private static int at(Shape s, int item, int row, int col) {
    return (item * s.rows() + row) * s.cols() + col;
  }

  private static double[] softmax(double[] scores) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double[] p = new double[scores.length];
    double sum = 0;
    for (int j = 0; j < p.length; j++) {
      p[j] = Math.exp(scores[j] - max);
      sum += p[j];
    }
    for (int j = 0; j < p.length; j++) {
      p[j] /= sum;
    }
    return p;
  }

  // ---- recurrence

  /** Results of {@link Backend#gruCell}. */
  record Gru(double[] y, double[] gates) {}

  /** Gradients of {@link Backend#gruCell}. */
  record GruGradient(double[] gInputGates, double[] gHiddenGates, double[] gState) {}

  static Gru gruCell(
      int hidden, double[] inputGates, double[] hiddenGates, double[] state, boolean[] active) {
    Gru g = new Gru(new double[state.length], new double[inputGates.length]);
    for (int b = 0; b < active.length; b++) {
      for (int c = 0; c < hidden; c++) {
        int r = b * 3 * hidden + c;
        int z = r + hidden;
        int n = z + hidden;
        int h = b * hidden + c;
        g.gates[r] = sigmoid(inputGates[r] + hiddenGates[r]);
        g.gates[z] = sigmoid(inputGates[z] + hiddenGates[z]);
        g.gates[n] = Math.tanh(inputGates[n] + g.gates[r] * hiddenGates[n]);
        double next = (1 - g.gates[z]) * g.gates[n] + g.gates[z] * state[h];
        g.y[h] = active[b] ? next : state[h];
      }
    }
    return g;
  }

  static GruGradient gruCellBackward(
      int hidden,
      double[] gy,
      double[] hiddenGates,
      double[] state,
      boolean[] active,
      double[] gates) {
    GruGradient g =
        new GruGradient(
            new double[gates.length], new double[gates.length], new double[state.length]);
    for (int b = 0; b < active.length; b++) {
      for (int c = 0; c < hidden; c++) {
        int h = b * hidden + c;
        if (!active[b]) {
          g.gState[h] = gy[h];
          continue;
        }
        int r = b * 3 * hidden + c;
        int z = r + hidden;
        int n = z + hidden;
        double dn = gy[h] * (1 - gates[z]) * (1 - gates[n] * gates[n]);
        double dz = gy[h] * (state[h] - gates[n]) * gates[z] * (1 - gates[z]);
        double dr = dn * hiddenGates[n] * gates[r] * (1 - gates[r]);
        g.gInputGates[r] = dr;
        g.gInputGates[z] = dz;
        g.gInputGates[n] = dn;
        g.gHiddenGates[r] = dr;
        g.gHiddenGates[z] = dz;
        g.gHiddenGates[n] = dn * gates[r];
        g.gState[h] = gy[h] * gates[z];
      }
    }
    return g;
  }

  /** {@code a + b}, elementwise. */
  static double[] sum(double[] a, double[] b) {
    double[] s = a.clone();
    for (int i = 0; i < s.length; i++) {
      s[i] += b[i];
    }
    return s;
  }
}
