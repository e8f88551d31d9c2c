package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.Backend.AttentionSpec;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Attention of the reference backend, one item and one head at a time. */
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

  static void forward(
      AttentionSpec spec,
      EjmlTensor query,
      EjmlTensor keyValue,
      int[] lengths,
      EjmlTensor y,
      EjmlTensor probabilities) {
    int queries = query.shape().rows();
    int size = spec.headSize();
    for (int b = 0; b < lengths.length; b++) {
      int keys = spec.removesMaskedKeys() ? lengths[b] : keyValue.shape().rows();
      for (int h = 0; h < spec.heads(); h++) {
        DMatrixRMaj q = block(query, b, queries, h * size, size);
        DMatrixRMaj k = block(keyValue, b, keys, h * size, size);
        DMatrixRMaj v = block(keyValue, b, keys, spec.width() + h * size, size);
        DMatrixRMaj p = new DMatrixRMaj(queries, keys);
        CommonOps_DDRM.multTransB(spec.scale(), q, k, p);
        for (int i = 0; i < queries; i++) {
          maskedSoftmax(p, i, lengths[b], spec.maskValue());
        }
        DMatrixRMaj out = new DMatrixRMaj(queries, size);
        CommonOps_DDRM.mult(p, v, out);
        store(out, y, b, h * size);
        store(p, probabilities, b * spec.heads() + h, 0);
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
      int[] lengths,
      EjmlTensor probabilities,
      EjmlTensor gy,
      EjmlTensor gQuery,
      EjmlTensor gKeyValue) {
    int queries = query.shape().rows();
    int allKeys = keyValue.shape().rows();
    int size = spec.headSize();
    for (int b = 0; b < lengths.length; b++) {
      int keys = spec.removesMaskedKeys() ? lengths[b] : allKeys;
      for (int h = 0; h < spec.heads(); h++) {
        DMatrixRMaj q = block(query, b, queries, h * size, size);
        DMatrixRMaj k = block(keyValue, b, keys, h * size, size);
        DMatrixRMaj v = block(keyValue, b, keys, spec.width() + h * size, size);
        DMatrixRMaj p = block(probabilities, b * spec.heads() + h, queries, 0, keys);
        DMatrixRMaj g = block(gy, b, queries, h * size, size);

        DMatrixRMaj gs = new DMatrixRMaj(queries, keys);
        CommonOps_DDRM.multTransB(g, v, gs);
        softmaxBackward(p, gs);
        CommonOps_DDRM.scale(spec.scale(), gs);

        DMatrixRMaj gq = new DMatrixRMaj(queries, size);
        CommonOps_DDRM.mult(gs, k, gq);
        store(gq, gQuery, b, h * size);
        // rows of removed keys stay zero
        DMatrixRMaj gk = new DMatrixRMaj(allKeys, size);
        DMatrixRMaj gv = new DMatrixRMaj(allKeys, size);
        DMatrixRMaj live = new DMatrixRMaj(keys, size);
        CommonOps_DDRM.multTransA(gs, q, live);
        CommonOps_DDRM.insert(live, gk, 0, 0);
        CommonOps_DDRM.multTransA(p, g, live);
        CommonOps_DDRM.insert(live, gv, 0, 0);
        store(gk, gKeyValue, b, h * size);
        store(gv, gKeyValue, b, spec.width() + h * size);
      }
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
