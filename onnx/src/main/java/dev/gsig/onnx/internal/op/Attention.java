package dev.gsig.onnx.internal.op;

import static dev.gsig.onnx.internal.op.AttentionBias.KEY_COUNTS;
import static dev.gsig.onnx.internal.op.AttentionBias.MASK;
import static dev.gsig.onnx.internal.op.AttentionParts.PAST_KEY;
import static dev.gsig.onnx.internal.op.AttentionParts.PAST_VALUE;
import static dev.gsig.onnx.internal.op.AttentionParts.input;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code softmax(cap(scale Q K') + bias) V} for each head (Vaswani et al., 2017), with fewer heads
 * of keys and values than of queries (Ainslie et al., 2023), keys and values of the past, and
 * {@code cap(s) = c tanh(s / c)}. Rule: with {@code P} the softmax and {@code gP = gY V'}, {@code
 * gS = P (gP - sum P gP)}, {@code gV = P' gY}, {@code gQ = scale gS K}, {@code gK = scale gS' Q};
 * the mask, if it holds numbers, gets {@code gS}.
 */
final class Attention implements Operator {
  private final AttentionBias bias;
  private final int queryHeads;
  private final int keyHeads;
  private final double scale;
  private final double cap;
  private final int shown;
  private final int outputs;

  Attention(Node node) {
    boolean padsMask = node.opset() >= 24;
    node.takes(3, padsMask ? 7 : 6);
    bias = new AttentionBias(node.flag("is_causal", false), padsMask);
    queryHeads = Math.toIntExact(node.integer("q_num_heads", 0));
    keyHeads = Math.toIntExact(node.integer("kv_num_heads", 0));
    scale = node.number("scale", Double.NaN);
    cap = node.number("softcap", 0);
    shown = Math.toIntExact(node.integer("qk_matmul_output_mode", 0));
    node.integer("softmax_precision", 1); // 53 bits here
    outputs = node.outputs();
    if (shown < 0 || shown > 3) {
      throw new InvalidInputException("\"qk_matmul_output_mode\" is " + shown + ", not 0 to 3");
    }
  }

  private AttentionParts parts(NdArray[] x) {
    return AttentionParts.of(x, queryHeads, keyHeads);
  }

  private AttentionScores scores(NdArray[] x, AttentionParts parts, int batch, int head) {
    double factor = Double.isNaN(scale) ? 1 / Math.sqrt(parts.q().size()) : scale;
    double[] added = bias.of(x, parts, batch, head);
    return AttentionScores.of(parts, batch, head, factor, cap, added);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = x[0].type();
    AttentionParts parts = parts(x);
    Heads q = parts.q();
    int rows = parts.rows();
    int columns = parts.columns();
    Heads y = q.zeros(rows, parts.v().size(), q.flat());
    double[] asked =
        outputs > 3 ? new double[Shapes.size(q.batch(), q.heads(), rows, columns)] : null;
    for (int b = 0; b < q.batch(); b++) {
      for (int h = 0; h < q.heads(); h++) {
        AttentionScores scores = scores(x, parts, b, h);
        Product.add(
            new Product.Matrix(scores.soft(), 0, columns, 1),
            parts.v().matrix(b, parts.keyHead(h)),
            y.matrix(b, h),
            rows,
            columns,
            y.size());
        if (asked != null) {
          int size = rows * columns;
          System.arraycopy(scores.points()[shown], 0, asked, (b * q.heads() + h) * size, size);
        }
      }
    }
    List<NdArray> results = new ArrayList<>(List.of(y.array(type)));
    if (outputs > 1) {
      results.add(present(parts.k()).array(type));
      results.add(present(parts.v()).array(type));
    }
    if (asked != null) {
      results.add(NdArray.of(type, asked, q.batch(), q.heads(), rows, columns));
    }
    return results.toArray(NdArray[]::new);
  }

  /** Keys or values in four dimensions. */
  private static Heads present(Heads from) {
    Heads present = from.zeros(from.length(), from.size(), false);
    from.addTo(present, 0, 0, from.length());
    return present;
  }

  @Override
  public boolean passes(int input) {
    return input < KEY_COUNTS;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    AttentionParts parts = parts(x);
    AttentionParts gradients =
        new AttentionParts(parts.q().zeros(), parts.k().zeros(), parts.v().zeros(), parts.past());
    NdArray mask = input(x, MASK);
    double[] gmask = flow.wants(MASK) ? new double[mask.size()] : null;
    for (int b = 0; b < parts.q().batch(); b++) {
      for (int h = 0; h < parts.q().heads(); h++) {
        double[] gbias = head(scores(x, parts, b, h), y, parts, flow, b, h, gradients);
        int[] index = gmask == null ? new int[0] : bias.maskIndex(mask, parts, b, h);
        for (int i = 0; i < index.length; i++) {
          if (index[i] >= 0) {
            gmask[index[i]] += gbias[i];
          }
        }
      }
    }
    flow.give(0, gradients.q().values());
    if (gmask != null) {
      flow.give(MASK, gmask);
    }
    giveKeys(x, y, flow, gradients.k(), 1, PAST_KEY);
    giveKeys(x, y, flow, gradients.v(), 2, PAST_VALUE);
  }

  /** Adds the gradients of a head; the result is that of its bias. */
  private double[] head(
      AttentionScores scores,
      NdArray[] y,
      AttentionParts parts,
      Flow flow,
      int b,
      int h,
      AttentionParts gradients) {
    int rows = parts.rows();
    int columns = parts.columns();
    int keyHead = parts.keyHead(h);
    int size = parts.v().size();
    double[] asked = new double[rows * columns];
    if (y.length > 3 && y[3] != null) {
      int from = (b * parts.q().heads() + h) * asked.length;
      System.arraycopy(flow.of(3), from, asked, 0, asked.length);
    }
    Heads outer =
        new Heads(flow.of(0), parts.q().batch(), parts.q().heads(), rows, size, parts.q().flat());
    Product.Matrix gy = outer.matrix(b, h);
    double[] g = new double[rows * columns];
    Product.Matrix square = new Product.Matrix(g, 0, columns, 1);
    Product.Matrix soft = new Product.Matrix(scores.soft(), 0, columns, 1);
    Product.add(gy, parts.v().matrix(b, keyHead).transposed(), square, rows, size, columns);
    Product.add(soft.transposed(), gy, gradients.v().matrix(b, keyHead), columns, rows, size);
    double[] gbias = scores.back(g, asked, shown, columns);
    Product.add(
        square,
        parts.k().matrix(b, keyHead),
        gradients.q().matrix(b, h),
        rows,
        columns,
        parts.q().size());
    Product.add(
        square.transposed(),
        parts.q().matrix(b, h),
        gradients.k().matrix(b, keyHead),
        columns,
        rows,
        parts.q().size());
    return gbias;
  }

  /** Parts the gradient of keys or values, their own output's included, into past and new ones. */
  private void giveKeys(
      NdArray[] x, NdArray[] y, Flow flow, Heads gradient, int input, int pastInput) {
    if (y.length > input && y[input] != null) {
      Heads present =
          new Heads(
              flow.of(input),
              gradient.batch(),
              gradient.heads(),
              gradient.length(),
              gradient.size(),
              false);
      present.addTo(gradient, 0, 0, gradient.length());
    }
    Heads late = Heads.of(x[input], new double[x[input].size()], keyHeads);
    NdArray past = input(x, pastInput);
    int before = gradient.length() - late.length();
    gradient.addTo(late, before, 0, late.length());
    flow.give(input, late.values());
    if (past != null) {
      Heads early = Heads.of(past, new double[past.size()], keyHeads);
      gradient.addTo(early, 0, 0, before);
      flow.give(pastInput, early.values());
    }
  }
}
