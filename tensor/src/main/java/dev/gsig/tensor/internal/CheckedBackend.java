package dev.gsig.tensor.internal;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;

/**
 * A backend behind the checks of its arguments: every provider puts it in front of what it opens,
 * so that all backends refuse the same calls before anything is computed, and none checks by
 * itself.
 */
public final class CheckedBackend implements Backend {
  private final Backend backend;

  /** Puts the checks in front of a backend. */
  public CheckedBackend(Backend backend) {
    this.backend = backend;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public int significantDigits() {
    return backend.significantDigits();
  }

  @Override
  public Backend fork() {
    return new CheckedBackend(backend.fork());
  }

  @Override
  public void close() {
    backend.close();
  }

  @Override
  public int advisedBatch(long elementsPerItem) {
    return backend.advisedBatch(elementsPerItem);
  }

  @Override
  public boolean isParallel() {
    return backend.isParallel();
  }

  // ---- memory

  @Override
  public Tensor allocate(Shape shape) {
    return backend.allocate(shape);
  }

  @Override
  public void release(Tensor t) {
    backend.release(t);
  }

  @Override
  public <T> T attempt(Supplier<T> part) {
    return backend.attempt(part);
  }

  @Override
  public long arenaBytes() {
    return backend.arenaBytes();
  }

  @Override
  public Tensor upload(Shape shape, double[] rowMajor) {
    Checks.values(shape, rowMajor);
    return backend.upload(shape, rowMajor);
  }

  @Override
  public double[] download(Tensor t) {
    return backend.download(t);
  }

  @Override
  public void download(Tensor t, double[] rowMajor) {
    Checks.values(t.shape(), rowMajor);
    backend.download(t, rowMajor);
  }

  @Override
  public Tensor map(Tensor x, DoubleUnaryOperator f) {
    return backend.map(x, f);
  }

  @Override
  public void write(Tensor y, double[] rowMajor) {
    Checks.values(y.shape(), rowMajor);
    backend.write(y, rowMajor);
  }

  @Override
  public void fill(Tensor y, double value) {
    backend.fill(y, value);
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    Checks.sameShape("copy", x, y);
    backend.copy(x, y);
  }

  // ---- linear layers

  @Override
  public LinearWeights linearWeights(int outputs, int inputs, double[] weight, double[] bias) {
    Checks.linearWeights(outputs, inputs, weight, bias);
    return backend.linearWeights(outputs, inputs, weight, bias);
  }

  @Override
  public void update(LinearWeights w, double[] weight, double[] bias) {
    Checks.update(w, weight, bias);
    backend.update(w, weight, bias);
  }

  @Override
  public void linear(Tensor x, LinearWeights w, Tensor y) {
    Checks.linear(x, w, y);
    backend.linear(x, w, y);
  }

  @Override
  public void linear(Tensor x, LinearWeights w, Activation act, Tensor y, Tensor derivative) {
    Checks.linear(x, w, y);
    Checks.activation(y, y, derivative);
    backend.linear(x, w, act, y, derivative);
  }

  @Override
  public void linearBackward(Tensor gy, LinearWeights w, Tensor gx, boolean accumulate) {
    Checks.linear(gx, w, gy);
    backend.linearBackward(gy, w, gx, accumulate);
  }

  // ---- elementwise

  @Override
  public void activation(Activation act, Tensor x, Tensor y, Tensor derivative) {
    Checks.activation(x, y, derivative);
    backend.activation(act, x, y, derivative);
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor y, boolean accumulate) {
    Checks.sameShape("multiply", a, b);
    Checks.sameShape("multiply", a, y);
    backend.multiply(a, b, y, accumulate);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    Checks.sameShape("add", a, y);
    Checks.shape("add", b, a.shape().withBatch(b.shape().batch() == 1 ? 1 : a.shape().batch()));
    backend.add(a, b, y);
  }

  @Override
  public void copyColumns(Tensor x, int xCol, Tensor y, int yCol, int count, boolean accumulate) {
    Checks.shape("copyColumns", y, x.shape().withCols(y.shape().cols()));
    Checks.columns("copyColumns", x, xCol, count);
    Checks.columns("copyColumns", y, yCol, count);
    backend.copyColumns(x, xCol, y, yCol, count, accumulate);
  }

  // ---- rotary positions

  @Override
  public void rotate(Rotation rotation, Tensor x, Tensor turns, boolean transposed, Tensor y) {
    Checks.rotate(rotation, x, turns, y);
    backend.rotate(rotation, x, turns, transposed, y);
  }

  // ---- products of two tensors, transposes, softmax

  @Override
  public void matmul(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor y, boolean accumulate) {
    Checks.matmul(a, transposeA, b, transposeB, y);
    backend.matmul(a, transposeA, b, transposeB, y, accumulate);
  }

  @Override
  public void transpose(Tensor x, Tensor y) {
    Checks.transpose(x, y);
    backend.transpose(x, y);
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    Checks.sameShape("softmax", x, y);
    backend.softmax(x, y);
  }

  @Override
  public void logSoftmax(Tensor x, Tensor y) {
    Checks.sameShape("log-softmax", x, y);
    backend.logSoftmax(x, y);
  }

  // ---- layer norm

  @Override
  public NormWeights normWeights(double[] gamma, double[] beta, double epsilon) {
    return normWeights(true, gamma, beta, epsilon);
  }

  @Override
  public NormWeights normWeights(boolean centred, double[] gamma, double[] beta, double epsilon) {
    Checks.normWeights(gamma, beta);
    return backend.normWeights(centred, gamma, beta, epsilon);
  }

  @Override
  public void update(NormWeights w, double[] gamma, double[] beta) {
    Checks.update(w, gamma, beta);
    backend.update(w, gamma, beta);
  }

  @Override
  public void layerNorm(
      Tensor x,
      Tensor residual,
      NormWeights w,
      Tensor y,
      Tensor normalized,
      Tensor reciprocalDeviation) {
    Checks.layerNorm(x, residual, w, y, normalized, reciprocalDeviation);
    backend.layerNorm(x, residual, w, y, normalized, reciprocalDeviation);
  }

  @Override
  public void layerNormBackward(
      Tensor gy, NormWeights w, Tensor normalized, Tensor reciprocalDeviation, Tensor gs) {
    Checks.layerNorm(gy, null, w, gs, normalized, reciprocalDeviation);
    backend.layerNormBackward(gy, w, normalized, reciprocalDeviation, gs);
  }

  // ---- attention

  private void checkAttention(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor y,
      Tensor saved) {
    Checks.attention(spec, query, keyValue, mask, y);
    Shape expected = savedByAttention(spec, query.shape(), keyValue.shape());
    Checks.shape("saved by attention", saved, expected);
  }

  @Override
  public void attention(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor y,
      Tensor saved) {
    checkAttention(spec, query, keyValue, mask, y, saved);
    backend.attention(spec, query, keyValue, mask, y, saved);
  }

  @Override
  public void attention(
      AttentionSpec spec, Tensor query, Tensor keyValue, int[] lengths, Tensor y, Tensor saved) {
    attention(spec, query, keyValue, AttentionMask.padding(lengths), y, saved);
  }

  @Override
  public Shape savedByAttention(AttentionSpec spec, Shape query, Shape keyValue) {
    return backend.savedByAttention(spec, query, keyValue);
  }

  @Override
  public void attentionBackward(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor saved,
      Tensor gy,
      Tensor gQuery,
      Tensor gKeyValue) {
    checkAttention(spec, query, keyValue, mask, gy, saved);
    Checks.sameShape("query gradient", query, gQuery);
    Checks.sameShape("key gradient", keyValue, gKeyValue);
    backend.attentionBackward(spec, query, keyValue, mask, saved, gy, gQuery, gKeyValue);
  }

  @Override
  public void attentionBackward(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      int[] lengths,
      Tensor saved,
      Tensor gy,
      Tensor gQuery,
      Tensor gKeyValue) {
    AttentionMask mask = AttentionMask.padding(lengths);
    attentionBackward(spec, query, keyValue, mask, saved, gy, gQuery, gKeyValue);
  }

  // ---- rows

  @Override
  public void gather(Tensor x, int[] rows, Tensor y, boolean accumulate) {
    Checks.gather(x, rows, y);
    backend.gather(x, rows, y, accumulate);
  }

  @Override
  public void scatterAdd(Tensor gy, int[] rows, Tensor gx) {
    Checks.gather(gx, rows, gy);
    backend.scatterAdd(gy, rows, gx);
  }

  @Override
  public void meanRows(Tensor x, int[] lengths, Tensor y) {
    Checks.meanRows(x, lengths, y);
    backend.meanRows(x, lengths, y);
  }

  @Override
  public void meanRowsBackward(Tensor gy, int[] lengths, Tensor gx) {
    Checks.meanRows(gx, lengths, gy);
    backend.meanRowsBackward(gy, lengths, gx);
  }

  // ---- recurrence

  @Override
  public void gruCell(
      Tensor inputGates,
      Tensor hiddenGates,
      Tensor state,
      boolean[] active,
      Tensor y,
      Tensor gates) {
    Checks.gru(inputGates, hiddenGates, state, active, y, gates);
    backend.gruCell(inputGates, hiddenGates, state, active, y, gates);
  }

  @Override
  public void gruCellBackward(
      Tensor gy,
      Tensor hiddenGates,
      Tensor state,
      boolean[] active,
      Tensor gates,
      Tensor gInputGates,
      Tensor gHiddenGates,
      Tensor gState) {
    Checks.gruBackward(gy, hiddenGates, state, active, gates, gInputGates, gHiddenGates, gState);
    backend.gruCellBackward(
        gy, hiddenGates, state, active, gates, gInputGates, gHiddenGates, gState);
  }

  // ---- linear combinations of items

  @Override
  public void lerp(Tensor start, Tensor end, double[] alphas, Tensor y, int first) {
    Checks.lerp(start, end, alphas, y, first);
    backend.lerp(start, end, alphas, y, first);
  }

  @Override
  public void addWeighted(Tensor x, double[] weights, int from, int to, Tensor sum) {
    Checks.addWeighted(x, weights, from, to, sum);
    backend.addWeighted(x, weights, from, to, sum);
  }

  // ---- training

  @Override
  public void linearWeightGradient(Tensor x, Tensor gy, Tensor gw, boolean accumulate) {
    Checks.linearWeightGradient(x, gy, gw);
    backend.linearWeightGradient(x, gy, gw, accumulate);
  }

  @Override
  public void sumRows(Tensor x, Tensor y, boolean accumulate) {
    Checks.shape("sum of rows", y, Shape.matrix(1, x.shape().cols()));
    backend.sumRows(x, y, accumulate);
  }

  @Override
  public double[] softmaxCrossEntropy(
      Tensor logits, int[] targets, double[] weights, Tensor gLogits) {
    Checks.crossEntropy(logits, targets, weights, gLogits);
    return backend.softmaxCrossEntropy(logits, targets, weights, gLogits);
  }
}
