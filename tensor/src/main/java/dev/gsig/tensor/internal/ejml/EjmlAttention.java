package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend.AttentionSpec;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * Attention of the reference backend, one item and one head at a time. Nothing is kept for the
 * gradient, which computes the probabilities of its head again.
 */
final class EjmlAttention {
  private EjmlAttention() {}

  /** The rows of one item and {@code cols} columns from {@code col} on, as a matrix of its own. */
  private static DMatrixRMaj block(EjmlTensor t, int item, int rows, int col, int cols) {
    DMatrixRMaj m = new DMatrixRMaj(rows, cols);
    int first = item * t.shape().rows();
    CommonOps_DDRM.extract(t.matrix(), first, first + rows, col, col + cols, m, 0, 0);
    return m;
  }

  private static void store(DMatrixRMaj block, EjmlTensor t, int item, int col) {
    CommonOps_DDRM.insert(block, t.matrix(), item * t.shape().rows(), col);
  }

  /**
   * One head of one item: {@code q} with a row a query, {@code k} and {@code v} with a row a key.
   */
  private record Head(DMatrixRMaj q, DMatrixRMaj k, DMatrixRMaj v) {
    static Head of(
        AttentionSpec spec,
        EjmlTensor query,
        EjmlTensor keyValue,
        AttentionMask mask,
        int b,
        int h) {
      int keys = spec.removesMaskedKeys() ? mask.length(b) : keyValue.shape().rows();
      int size = spec.headSize();
      int key = h / spec.group() * size;
      return new Head(
          block(query, b, query.shape().rows(), h * size, size),
          block(keyValue, b, keys, key, size),
          block(keyValue, b, keys, spec.keyWidth() + key, size));
    }

    /** {@code softmax(scale q k^T)} of what each query sees. */
    DMatrixRMaj probabilities(AttentionSpec spec, AttentionMask mask, int b, int h) {
      DMatrixRMaj p = new DMatrixRMaj(q.numRows, k.numRows);
      CommonOps_DDRM.multTransB(spec.scale(), q, k, p);
      boolean ranged = mask.isRanged() || !spec.slopes().isEmpty();
      AttentionMask seen = ranged ? mask.ranged(q.numRows) : mask;
      for (int i = 0; i < q.numRows; i++) {
        if (ranged) {
          narrow(p, i, seen, b * q.numRows + i, spec.slope(h));
        }
        maskedSoftmax(p, i, mask.length(b), spec.maskValue());
      }
      return p;
    }
  }

  static void forward(
      AttentionSpec spec, EjmlTensor query, EjmlTensor keyValue, AttentionMask mask, EjmlTensor y) {
    int size = spec.headSize();
    for (int b = 0; b < mask.items(); b++) {
      for (int h = 0; h < spec.heads(); h++) {
        Head head = Head.of(spec, query, keyValue, mask, b, h);
        DMatrixRMaj out = new DMatrixRMaj(query.shape().rows(), size);
        CommonOps_DDRM.mult(head.probabilities(spec, mask, b, h), head.v, out);
        store(out, y, b, h * size);
      }
    }
  }

  /** Lets scores fall with the distance, and those outside the query's range to nothing. */
  private static void narrow(
      DMatrixRMaj scores, int row, AttentionMask mask, int query, double slope) {
    int from = row * scores.numCols;
    for (int j = 0; j < scores.numCols; j++) {
      scores.data[from + j] -= slope * Math.abs(mask.position(query) - j);
      if (j < mask.from(query) || j >= mask.to(query)) {
        scores.data[from + j] = Double.NEGATIVE_INFINITY;
      }
    }
  }

  private static void maskedSoftmax(DMatrixRMaj scores, int row, int length, double maskValue) {
    int from = row * scores.numCols;
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < scores.numCols; j++) {
      if (j >= length) {
        scores.data[from + j] += maskValue;
      }
      max = Math.max(max, scores.data[from + j]);
    }
    double sum = 0;
    for (int j = 0; j < scores.numCols; j++) {
      scores.data[from + j] = StrictMath.exp(scores.data[from + j] - max);
      sum += scores.data[from + j];
    }
    for (int j = 0; j < scores.numCols; j++) {
      scores.data[from + j] /= sum;
    }
  }

  static void backward(
      AttentionSpec spec,
      EjmlTensor query,
      EjmlTensor keyValue,
      AttentionMask mask,
      EjmlTensor gy,
      EjmlTensor gQuery,
      EjmlTensor gKeyValue) {
    int queries = query.shape().rows();
    int size = spec.headSize();
    for (int b = 0; b < mask.items(); b++) {
      for (int h = 0; h < spec.heads(); h++) {
        Head head = Head.of(spec, query, keyValue, mask, b, h);
        DMatrixRMaj p = head.probabilities(spec, mask, b, h);
        DMatrixRMaj g = block(gy, b, queries, h * size, size);

        DMatrixRMaj gs = new DMatrixRMaj(p.numRows, p.numCols);
        CommonOps_DDRM.multTransB(g, head.v, gs);
        softmaxBackward(p, gs);
        CommonOps_DDRM.scale(spec.scale(), gs);

        DMatrixRMaj gq = new DMatrixRMaj(queries, size);
        CommonOps_DDRM.mult(gs, head.k, gq);
        store(gq, gQuery, b, h * size);
        // rows of removed keys stay zero; heads that share keys and values add up
        int key = h / spec.group() * size;
        int value = spec.keyWidth() + key;
        boolean shared = h % spec.group() > 0;
        DMatrixRMaj gk = start(gKeyValue, b, key, size, shared);
        DMatrixRMaj gv = start(gKeyValue, b, value, size, shared);
        DMatrixRMaj live = new DMatrixRMaj(p.numCols, size);
        CommonOps_DDRM.multTransA(gs, head.q, live);
        add(live, gk);
        CommonOps_DDRM.multTransA(p, g, live);
        add(live, gv);
        store(gk, gKeyValue, b, key);
        store(gv, gKeyValue, b, value);
      }
    }
  }

  /** What the gradient of one head's keys or values is added to. */
  private static DMatrixRMaj start(EjmlTensor g, int item, int col, int cols, boolean goesOn) {
    int rows = g.shape().rows();
    return goesOn ? block(g, item, rows, col, cols) : new DMatrixRMaj(rows, cols);
  }

  /** Adds to the first rows. */
  private static void add(DMatrixRMaj rows, DMatrixRMaj sum) {
    for (int i = 0; i < rows.getNumElements(); i++) {
      sum.data[i] += rows.data[i];
    }
  }

  /** {@code g = p * (g - sum_j p_j g_j)}, row by row; g is modified. */
  private static void softmaxBackward(DMatrixRMaj p, DMatrixRMaj g) {
    for (int i = 0; i < p.numRows; i++) {
      int from = i * p.numCols;
      double dot = 0;
      for (int j = 0; j < p.numCols; j++) {
        dot += p.data[from + j] * g.data[from + j];
      }
      for (int j = 0; j < p.numCols; j++) {
        g.data[from + j] = p.data[from + j] * (g.data[from + j] - dot);
      }
    }
  }
}
