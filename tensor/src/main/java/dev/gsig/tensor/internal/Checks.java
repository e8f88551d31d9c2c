package dev.gsig.tensor.internal;

import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/** What {@link CheckedBackend} checks, and that a backend is open. */
public final class Checks {
  private Checks() {}

  /** Throws unless {@code condition}; the message is formatted only then. */
  public static void require(boolean condition, String message, Object... args) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, args));
    }
  }

  /** Requires a backend to be open. */
  public static void notClosed(boolean closed, String backend) {
    if (closed) {
      throw new IllegalStateException("this backend, " + backend + ", was closed");
    }
  }

  /** Requires equal shapes. */
  public static void sameShape(String what, Tensor a, Tensor b) {
    require(a.shape().equals(b.shape()), "%s: %s and %s differ", what, a.shape(), b.shape());
  }

  /** Requires {@code t} to have the given shape. */
  public static void shape(String what, Tensor t, Shape expected) {
    require(t.shape().equals(expected), "%s: expected %s, found %s", what, expected, t.shape());
  }

  /** Requires as many values as a tensor of the shape has, or more. */
  public static void values(Shape shape, double[] rowMajor) {
    require(rowMajor.length >= shape.size(), "%d values for %s", rowMajor.length, shape);
  }

  /** Checks the tensors of {@link Backend#activation}; derivative may be null. */
  public static void activation(Tensor x, Tensor y, Tensor derivative) {
    sameShape("activation", x, y);
    if (derivative != null) {
      sameShape("activation derivative", x, derivative);
    }
  }

  /** Requires one number for each item, each from 1 to {@code rows}. */
  public static void lengths(int[] lengths, int batch, int rows) {
    require(lengths.length == batch, "%d lengths for %d items", lengths.length, batch);
    for (int n : lengths) {
      require(n >= 1 && n <= rows, "length %d outside 1..%d", n, rows);
    }
  }

  /** Checks the arguments of {@link Backend#linearWeights}. */
  public static void linearWeights(int outputs, int inputs, double[] weight, double[] bias) {
    require(
        weight.length == Math.multiplyExact(outputs, inputs),
        "%d weights for [%d, %d]",
        weight.length,
        outputs,
        inputs);
    require(
        bias == null || bias.length == outputs,
        "bias does not have %d entries, as the weight",
        outputs);
  }

  /** Checks the arguments of {@link Backend#update(LinearWeights, double[], double[])}. */
  public static void update(LinearWeights w, double[] weight, double[] bias) {
    linearWeights(w.outputs(), w.inputs(), weight, bias);
    require(
        w.hasBias() == (bias != null),
        w.hasBias() ? "the layer has a bias" : "the layer was made without a bias");
  }

  /** Checks the arguments of {@link Backend#update(NormWeights, double[], double[])}. */
  public static void update(NormWeights w, double[] gamma, double[] beta) {
    normWeights(gamma, beta);
    require(
        w.hasBias() == (beta != null),
        w.hasBias() ? "the norm has a beta" : "the norm was made without a beta");
    require(gamma.length == w.size(), "gamma has %d entries, not %d", gamma.length, w.size());
  }

  /** Checks the arguments of {@link Backend#linear}, input first. */
  public static void linear(Tensor x, LinearWeights w, Tensor y) {
    require(x.shape().cols() == w.inputs(), "linear: %s into %d", x.shape(), w.inputs());
    shape("linear output", y, x.shape().withCols(w.outputs()));
  }

  /** Requires columns {@code from} to {@code from + count} to be there. */
  public static void columns(String what, Tensor t, int from, int count) {
    require(
        from >= 0 && count >= 0 && count <= t.shape().cols() - from,
        "%s: %d columns from %d on in %s",
        what,
        count,
        from,
        t.shape());
  }

  /** Checks the arguments of {@link Backend#normWeights}. */
  public static void normWeights(double[] gamma, double[] beta) {
    require(
        beta == null || gamma.length == beta.length,
        "beta does not have %d entries, as gamma",
        gamma.length);
  }

  /** Checks the tensors of {@link Backend#layerNorm}; residual may be null. */
  public static void layerNorm(
      Tensor x, Tensor residual, NormWeights w, Tensor y, Tensor normalized, Tensor deviation) {
    require(x.shape().cols() == w.size(), "layerNorm: %s, weights %d", x.shape(), w.size());
    if (residual != null) {
      sameShape("layerNorm residual", x, residual);
    }
    sameShape("layerNorm output", x, y);
    sameShape("layerNorm normalized", x, normalized);
    shape("layerNorm deviation", deviation, x.shape().withCols(1));
  }

  /** Checks the tensors of {@link Backend#rotate}. */
  public static void rotate(Backend.Rotation rotation, Tensor x, Tensor turns, Tensor y) {
    sameShape("rotate", x, y);
    columns("rotate", x, 0, rotation.width());
    int items = turns.shape().batch() == 1 ? 1 : x.shape().batch();
    shape("turns", turns, new Shape(items, x.shape().rows(), 2 * rotation.pairs()));
    require(turns != y, "a rotation cannot be written over its turns");
  }

  /** Checks the tensors of {@link Backend#attention}, but for what it saves. */
  public static void attention(
      AttentionSpec spec, Tensor q, Tensor kv, AttentionMask mask, Tensor y) {
    Shape qs = q.shape();
    Shape ks = kv.shape();
    require(qs.batch() == ks.batch(), "attention: %s and %s", qs, ks);
    require(qs.cols() == spec.width(), "attention query %s, width %d", qs, spec.width());
    require(ks.cols() == 2 * spec.keyWidth(), "attention keys %s, width %d", ks, spec.keyWidth());
    shape("attention output", y, qs);
    lengths(mask.lengths(), ks.batch(), ks.rows());
    require(
        !mask.isRanged() || mask.rangedQueries() == qs.allRows(),
        "attention: %d ranges for queries %s",
        mask.rangedQueries(),
        qs);
    require(
        spec.removesMaskedKeys() || (!mask.isRanged() && spec.slopes().isEmpty()),
        "attention: ranges and slopes need a mask value of negative infinity, not %s",
        spec.maskValue());
  }

  /** Checks the arguments of {@link Backend#gather}, those of its gradient in this order too. */
  public static void gather(Tensor x, int[] rows, Tensor y) {
    Shape s = y.shape();
    require(x.shape().cols() == s.cols(), "gather: rows of %s into %s", x.shape(), s);
    require(rows.length == s.allRows(), "gather: %d rows for %s", rows.length, s);
    rowNumbers(rows, x.shape().allRows());
  }

  /** Checks the arguments of {@link Backend#meanRows}, those of its gradient in this order too. */
  public static void meanRows(Tensor x, int[] lengths, Tensor y) {
    Shape s = x.shape();
    shape("pooled rows", y, new Shape(1, s.batch(), s.cols()));
    lengths(lengths, s.batch(), s.rows());
  }

  /** Requires every row number to be from 0 to {@code limit - 1}. */
  public static void rowNumbers(int[] rows, int limit) {
    for (int r : rows) {
      if (r < 0 || r >= limit) {
        throw new IndexOutOfBoundsException("row " + r + " outside 0.." + (limit - 1));
      }
    }
  }

  /** Checks the tensors of {@link Backend#gruCell}. */
  public static void gru(
      Tensor inputGates, Tensor hiddenGates, Tensor state, boolean[] active, Tensor y, Tensor g) {
    Shape s = state.shape();
    require(s.batch() == 1 && active.length == s.rows(), "gru: %s, %s", s, Arrays.toString(active));
    sameShape("gru output", y, state);
    for (Tensor t : new Tensor[] {inputGates, hiddenGates, g}) {
      shape("gru gates", t, s.withCols(3 * s.cols()));
    }
  }

  /** Checks the tensors of {@link Backend#gruCellBackward}. */
  public static void gruBackward(
      Tensor gy,
      Tensor hiddenGates,
      Tensor state,
      boolean[] active,
      Tensor gates,
      Tensor gInputGates,
      Tensor gHiddenGates,
      Tensor gState) {
    gru(gInputGates, gHiddenGates, state, active, gy, gates);
    sameShape("gru hidden gates", hiddenGates, gates);
    sameShape("gru state gradient", gState, state);
  }

  /** Checks the tensors of {@link Backend#lerp}. */
  public static void lerp(Tensor start, Tensor end, double[] alphas, Tensor y, int first) {
    sameShape("lerp", start, end);
    shape("lerp", start, y.shape().withBatch(1));
    require(
        0 <= first && first <= y.shape().batch() - alphas.length,
        "lerp: %d points from item %d on of %s",
        alphas.length,
        first,
        y.shape());
  }

  /** Checks the tensors of {@link Backend#addWeighted}. */
  public static void addWeighted(Tensor g, double[] weights, int from, int to, Tensor sum) {
    shape("sum", sum, g.shape().withBatch(1));
    require(
        weights.length == g.shape().batch() && 0 <= from && from <= to && to <= weights.length,
        "addWeighted: %s, %d weights, items %d to %d",
        g.shape(),
        weights.length,
        from,
        to);
  }

  /** Checks the tensors of {@link Backend#linearWeightGradient}. */
  public static void linearWeightGradient(Tensor x, Tensor gy, Tensor gw) {
    shape("weight gradient", gy, x.shape().withCols(gy.shape().cols()));
    shape("weight gradient", gw, Shape.matrix(gy.shape().cols(), x.shape().cols()));
  }

  /** Checks the arguments of {@link Backend#softmaxCrossEntropy}. */
  public static void crossEntropy(Tensor z, int[] targets, double[] weights, Tensor gz) {
    sameShape("cross-entropy", z, gz);
    shape("cross-entropy", z, Shape.matrix(targets.length, z.shape().cols()));
    require(
        weights.length == targets.length, "%d weights for %d rows", weights.length, targets.length);
    rowNumbers(targets, z.shape().cols());
  }

  /** Checks the tensors of {@link Backend#matmul}. */
  public static void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor y) {
    Shape left = transposeA ? transposed(a.shape()) : a.shape();
    Shape right = transposeB ? transposed(b.shape()) : b.shape();
    require(
        left.cols() == right.rows(),
        "%s has %d columns, but %s has %d rows",
        left,
        left.cols(),
        right,
        right.rows());
    int items = Math.max(left.batch(), right.batch());
    boolean fit =
        (left.batch() == 1 || left.batch() == items)
            && (right.batch() == 1 || right.batch() == items);
    require(fit, "%d items times %d", left.batch(), right.batch());
    shape("product", y, new Shape(y.shape().batch() == 1 ? 1 : items, left.rows(), right.cols()));
    require(y != a && y != b, "a product cannot be written over what it is made of");
  }

  /** Checks the tensors of {@link Backend#transpose}. */
  public static void transpose(Tensor x, Tensor y) {
    shape("transpose", y, transposed(x.shape()));
    require(x != y, "a transpose cannot be written over what it is made of");
  }

  private static Shape transposed(Shape s) {
    return new Shape(s.batch(), s.cols(), s.rows());
  }
}
