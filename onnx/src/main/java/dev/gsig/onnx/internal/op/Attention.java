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
 * {@code softmax(cap(scale Q K') + bias) V} for each head (Vaswani et al., 2017), with fewer heads
 * of keys and values than of queries (Ainslie et al., 2023), keys and values of the past, and
 * {@code cap(s) = c tanh(s / c)}. The bias is the mask's, and minus infinity after a causal
 * position or behind the keys there are; a row that sees nothing is zero. Rule: with {@code P} the
 * softmax and {@code gP = gY V'}, {@code gS = P (gP - sum P gP)}, {@code gV = P' gY}, {@code gQ =
 * scale gS K}, {@code gK = scale gS' Q}; the mask, if it holds numbers, gets {@code gS}.
 */
final class Attention implements Operator {
  private static final int MASK = 3;
  private static final int PAST_KEY = 4;
  private static final int PAST_VALUE = 5;
  private static final int KEY_COUNTS = 6;

  private final boolean causal;
  private final boolean padsMask;
  private final int queryHeads;
  private final int keyHeads;
  private final double scale;
  private final double cap;
  private final int shown;
  private final int outputs;

  Attention(Node node) {
    padsMask = node.opset() >= 24;
    node.takes(3, padsMask ? 7 : 6);
    causal = node.flag("is_causal", false);
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

  /** Sequences of heads of vectors: in four dimensions head by head, in three side by side. */
  private record Heads(double[] values, int heads, int length, int size, boolean flat) {
    static Heads of(NdArray x, double[] values, int heads) {
      if (x.rank() == 4) {
        return new Heads(values, x.dim(1), x.dim(2), x.dim(3), false);
      }
      if (x.rank() != 3 || heads < 1 || x.dim(2) % heads != 0) {
        throw new InvalidInputException(x + " cannot be " + heads + " heads");
      }
      return new Heads(values, heads, x.dim(1), x.dim(2) / heads, true);
    }

    Product.Matrix matrix(int batch, int head) {
      return flat
          ? new Product.Matrix(values, (batch * length * heads + head) * size, heads * size, 1)
          : new Product.Matrix(values, (batch * heads + head) * length * size, size, 1);
    }
  }

  /** Queries, and keys and values with those of the past. */
  private record Parts(int batch, Heads q, Heads k, Heads v, int past) {
    int rows() {
      return q.length;
    }

    int columns() {
      return k.length;
    }

    /** The head of keys that a head of queries looks at. */
    int keyHead(int head) {
      return head / (q.heads / k.heads);
    }
  }

  private static NdArray at(NdArray[] x, int input) {
    return x.length > input ? x[input] : null;
  }

  private Parts parts(NdArray[] x) {
    Heads q = Heads.of(x[0], x[0].doubles(), queryHeads);
    Heads k = joined(x[1], at(x, PAST_KEY));
    Heads v = joined(x[2], at(x, PAST_VALUE));
    boolean fits =
        x[1].dim(0) == x[0].dim(0)
            && x[2].dim(0) == x[0].dim(0)
            && q.size == k.size
            && k.length == v.length
            && k.heads == v.heads
            && k.heads > 0
            && q.heads % k.heads == 0;
    if (!fits) {
      throw new InvalidInputException("queries, keys and values do not fit: " + Arrays.toString(x));
    }
    return new Parts(x[0].dim(0), q, k, v, k.length - Heads.of(x[1], null, keyHeads).length);
  }

  /** Those of the past, in four dimensions, and the new ones behind them. */
  private Heads joined(NdArray now, NdArray past) {
    Heads late = Heads.of(now, now.doubles(), keyHeads);
    if (past == null) {
      return late;
    }
    Heads early = Heads.of(past, past.doubles(), keyHeads);
    if (early.flat
        || early.size != late.size
        || early.heads != late.heads
        || past.dim(0) != now.dim(0)) {
      throw new InvalidInputException("the past " + past + " does not fit " + now);
    }
    int length = early.length + late.length;
    int batch = now.dim(0);
    double[] all = new double[Shapes.size(batch, late.heads, length, late.size)];
    Heads joined = new Heads(all, late.heads, length, late.size, false);
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < late.heads; h++) {
        copy(early.matrix(b, h), joined.matrix(b, h), 0, 0, early.length, late.size);
        copy(late.matrix(b, h), joined.matrix(b, h), 0, early.length, late.length, late.size);
      }
    }
    return joined;
  }

  private static void copy(
      Product.Matrix from, Product.Matrix to, int fromRow, int toRow, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          from.values(),
          from.start() + (fromRow + row) * from.row(),
          to.values(),
          to.start() + (toRow + row) * to.row(),
          columns);
    }
  }

  /** Where in the mask each score of a head is, or -1 behind its end. */
  private int[] maskIndex(NdArray mask, Parts parts, int batch, int head) {
    int[] extents = {parts.batch, parts.q.heads, parts.rows(), parts.columns()};
    int[] strides = Shapes.strides(mask.shape());
    int[] steps = new int[4];
    int last = mask.rank() == 0 ? 1 : mask.dim(mask.rank() - 1);
    for (int i = 1; i <= Math.min(4, mask.rank()); i++) {
      int extent = mask.dim(mask.rank() - i);
      boolean isPadded = i == 1 && padsMask && extent < extents[3];
      if (extent != 1 && extent != extents[4 - i] && !isPadded) {
        throw new InvalidInputException("the mask " + mask + " does not fit its scores");
      }
      steps[4 - i] = extent == 1 && !isPadded ? 0 : strides[mask.rank() - i];
    }
    int start = batch * steps[0] + head * steps[1];
    int[] index = new int[parts.rows() * parts.columns()];
    for (int i = 0; i < index.length; i++) {
      int column = i % parts.columns();
      boolean isBehind = padsMask && mask.rank() > 0 && column >= last;
      index[i] = isBehind ? -1 : start + i / parts.columns() * steps[2] + column * steps[3];
    }
    return index;
  }

  /** What is added to the scores of a head. */
  private double[] bias(NdArray[] x, Parts parts, int batch, int head) {
    double[] bias = new double[parts.rows() * parts.columns()];
    NdArray mask = at(x, MASK);
    NdArray counts = at(x, KEY_COUNTS);
    int[] index = mask == null ? null : maskIndex(mask, parts, batch, head);
    long keys = counts == null ? parts.columns() : counts.longs()[batch];
    long offset = counts == null ? parts.past : keys - parts.rows();
    for (int i = 0; i < bias.length; i++) {
      int row = i / parts.columns();
      int column = i % parts.columns();
      boolean isHidden = (causal && row + offset < column) || column >= keys;
      if (mask != null && index[i] < 0) {
        isHidden = true;
      } else if (mask != null && mask.type() == ElementType.BOOL) {
        isHidden |= mask.longs()[index[i]] == 0;
      } else if (mask != null) {
        bias[i] = mask.doubles()[index[i]];
      }
      bias[i] = isHidden ? Double.NEGATIVE_INFINITY : bias[i];
    }
    return bias;
  }

  /** The scores of a head at the four points where they can be asked for. */
  private double[][] scores(NdArray[] x, Parts parts, int batch, int head) {
    int rows = parts.rows();
    int columns = parts.columns();
    double[] raw = new double[Shapes.size(rows, columns)];
    Product.add(
        parts.q.matrix(batch, head),
        parts.k.matrix(batch, parts.keyHead(head)).transposed(),
        new Product.Matrix(raw, 0, columns, 1),
        rows,
        parts.q.size,
        columns);
    double[] capped = new double[raw.length];
    double[] biased = new double[raw.length];
    double[] bias = bias(x, parts, batch, head);
    for (int i = 0; i < raw.length; i++) {
      raw[i] *= scale(parts);
      capped[i] = cap == 0 ? raw[i] : cap * StrictMath.tanh(raw[i] / cap);
      biased[i] = capped[i] + bias[i];
    }
    double[] soft = new double[raw.length];
    for (int row = 0; row < rows; row++) {
      int start = row * columns;
      boolean isSeeing = false;
      for (int i = start; i < start + columns; i++) {
        isSeeing |= bias[i] != Double.NEGATIVE_INFINITY;
      }
      if (isSeeing) {
        double[] p = Softmax.of(Arrays.copyOfRange(biased, start, start + columns));
        System.arraycopy(p, 0, soft, start, columns);
      }
    }
    return new double[][] {raw, capped, biased, soft};
  }

  private double scale(Parts parts) {
    return Double.isNaN(scale) ? 1 / Math.sqrt(parts.q.size) : scale;
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    ElementType type = x[0].type();
    Parts parts = parts(x);
    int heads = parts.q.heads;
    int rows = parts.rows();
    int columns = parts.columns();
    int size = parts.v.size;
    int[] shape =
        parts.q.flat
            ? new int[] {parts.batch, rows, heads * size}
            : new int[] {parts.batch, heads, rows, size};
    double[] y = new double[Shapes.size(shape)];
    Heads result = new Heads(y, heads, rows, size, parts.q.flat);
    double[] asked =
        outputs > 3 ? new double[Shapes.size(parts.batch, heads, rows, columns)] : null;
    for (int b = 0; b < parts.batch; b++) {
      for (int h = 0; h < heads; h++) {
        double[][] scores = scores(x, parts, b, h);
        Product.add(
            new Product.Matrix(scores[3], 0, columns, 1),
            parts.v.matrix(b, parts.keyHead(h)),
            result.matrix(b, h),
            rows,
            columns,
            size);
        if (asked != null) {
          System.arraycopy(
              scores[shown], 0, asked, (b * heads + h) * rows * columns, rows * columns);
        }
      }
    }
    List<NdArray> results = new ArrayList<>(List.of(NdArray.of(type, y, shape)));
    if (outputs > 1) {
      results.add(present(type, parts, parts.k));
      results.add(present(type, parts, parts.v));
    }
    if (asked != null) {
      results.add(NdArray.of(type, asked, parts.batch, heads, rows, columns));
    }
    return results.toArray(NdArray[]::new);
  }

  /** Keys or values in four dimensions. */
  private static NdArray present(ElementType type, Parts parts, Heads from) {
    double[] values = new double[from.values.length];
    Heads to = new Heads(values, from.heads, from.length, from.size, false);
    for (int b = 0; b < parts.batch; b++) {
      for (int h = 0; h < from.heads; h++) {
        copy(from.matrix(b, h), to.matrix(b, h), 0, 0, from.length, from.size);
      }
    }
    return NdArray.of(type, values, parts.batch, from.heads, from.length, from.size);
  }

  @Override
  public boolean passes(int input) {
    return input < KEY_COUNTS;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    Parts parts = parts(x);
    Heads gq = like(parts.q);
    Heads gk = like(parts.k);
    Heads gv = like(parts.v);
    NdArray mask = at(x, MASK);
    double[] gmask = flow.wants(MASK) ? new double[mask.size()] : null;
    for (int b = 0; b < parts.batch; b++) {
      for (int h = 0; h < parts.q.heads; h++) {
        double[] gbias = head(x, y, parts, flow, b, h, gq, gk, gv);
        int[] index = gmask == null ? new int[0] : maskIndex(mask, parts, b, h);
        for (int i = 0; i < index.length; i++) {
          if (index[i] >= 0) {
            gmask[index[i]] += gbias[i];
          }
        }
      }
    }
    flow.give(0, gq.values);
    if (gmask != null) {
      flow.give(MASK, gmask);
    }
    giveKeys(x, y, parts, flow, gk, 1, PAST_KEY);
    giveKeys(x, y, parts, flow, gv, 2, PAST_VALUE);
  }

  private static Heads like(Heads from) {
    return new Heads(new double[from.values.length], from.heads, from.length, from.size, from.flat);
  }

  /** Adds the gradients of a head; the result is that of its bias. */
  private double[] head(
      NdArray[] x,
      NdArray[] y,
      Parts parts,
      Flow flow,
      int b,
      int h,
      Heads gq,
      Heads gk,
      Heads gv) {
    int rows = parts.rows();
    int columns = parts.columns();
    int keyHead = parts.keyHead(h);
    double[][] scores = scores(x, parts, b, h);
    double[] asked = new double[rows * columns];
    if (y.length > 3 && y[3] != null) {
      System.arraycopy(flow.of(3), (b * parts.q.heads + h) * asked.length, asked, 0, asked.length);
    }
    Product.Matrix gy =
        new Heads(flow.of(0), parts.q.heads, rows, parts.v.size, parts.q.flat).matrix(b, h);
    double[] g = new double[rows * columns];
    Product.Matrix square = new Product.Matrix(g, 0, columns, 1);
    Product.Matrix soft = new Product.Matrix(scores[3], 0, columns, 1);
    Product.add(gy, parts.v.matrix(b, keyHead).transposed(), square, rows, parts.v.size, columns);
    Product.add(soft.transposed(), gy, gv.matrix(b, keyHead), columns, rows, parts.v.size);
    add(g, asked, shown == 3);
    for (int start = 0; start < g.length; start += columns) {
      double[] p = Arrays.copyOfRange(scores[3], start, start + columns);
      double[] gp = Arrays.copyOfRange(g, start, start + columns);
      System.arraycopy(Softmax.gradient(p, gp), 0, g, start, columns);
    }
    add(g, asked, shown == 2);
    double[] gbias = g.clone();
    add(g, asked, shown == 1);
    for (int i = 0; i < g.length; i++) {
      double t = cap == 0 ? 0 : scores[1][i] / cap;
      g[i] *= 1 - t * t;
    }
    add(g, asked, shown == 0);
    for (int i = 0; i < g.length; i++) {
      g[i] *= scale(parts);
    }
    Product.add(square, parts.k.matrix(b, keyHead), gq.matrix(b, h), rows, columns, parts.q.size);
    Product.add(
        square.transposed(),
        parts.q.matrix(b, h),
        gk.matrix(b, keyHead),
        columns,
        rows,
        parts.q.size);
    return gbias;
  }

  private static void add(double[] to, double[] more, boolean isAsked) {
    for (int i = 0; isAsked && i < to.length; i++) {
      to[i] += more[i];
    }
  }

  /** Parts the gradient of keys or values, their own output's included, into past and new ones. */
  private void giveKeys(
      NdArray[] x, NdArray[] y, Parts parts, Flow flow, Heads gradient, int input, int pastInput) {
    NdArray past = at(x, pastInput);
    Heads late = Heads.of(x[input], new double[x[input].size()], keyHeads);
    Heads early = past == null ? null : Heads.of(past, new double[past.size()], keyHeads);
    double[] more = y.length > input && y[input] != null ? flow.of(input) : null;
    for (int b = 0; b < parts.batch; b++) {
      for (int h = 0; h < gradient.heads; h++) {
        Product.Matrix g = gradient.matrix(b, h);
        if (more != null) {
          Heads present = new Heads(more, gradient.heads, gradient.length, gradient.size, false);
          addRows(g, present.matrix(b, h), gradient.length, gradient.size);
        }
        int before = early == null ? 0 : early.length;
        if (early != null) {
          copy(g, early.matrix(b, h), 0, 0, before, gradient.size);
        }
        copy(g, late.matrix(b, h), before, 0, late.length, gradient.size);
      }
    }
    flow.give(input, late.values);
    if (early != null) {
      flow.give(pastInput, early.values);
    }
  }

  private static void addRows(Product.Matrix to, Product.Matrix more, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < columns; i++) {
        to.values()[to.start() + row * to.row() + i] +=
            more.values()[more.start() + row * more.row() + i];
      }
    }
  }
}
