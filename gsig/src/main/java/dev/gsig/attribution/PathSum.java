package dev.gsig.attribution;

import dev.gsig.attribution.Passes.Pass;
import dev.gsig.attribution.Passes.Request;
import dev.gsig.attribution.Passes.Slice;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.internal.StraightPath;

/**
 * {@code sum_k w_k gradient(a_k)} by a rule. Steps are added in ascending order, in the backend's
 * precision within blocks of 8 and the blocks in float64, however they are cut into passes.
 */
final class PathSum extends Request {
  private static final int BLOCK = 8;

  private final ModelPath path;
  private final Workspace workspace;
  private final double[] weights;
  private final double[] total;
  private StraightPath.GradientSum sum;
  private Tensor block;
  private double[] values;

  /**
   * A sum.
   *
   * @param total is added to
   */
  PathSum(ModelPath path, Workspace workspace, PathRule rule, double[] total) {
    super(path, rule.alphas());
    this.path = path;
    this.workspace = workspace;
    this.total = total;
    weights = rule.weights();
  }

  @Override
  void open() {
    values = workspace.take(path.shape().size());
    block = workspace.backend().allocate(path.shape());
    sum = path.straight().newSum();
  }

  @Override
  void accept(Slice slice, Pass pass) {
    int first = slice.first();
    int count = slice.count();
    double[] ofPass = new double[pass.steps()];
    System.arraycopy(weights, first, ofPass, slice.at(), count);
    for (int k = 0; k < count; ) {
      int next = Math.min(count, k + BLOCK - (first + k) % BLOCK);
      sum.add(pass.tape(), pass.leaves(), ofPass, slice.at() + k, slice.at() + next);
      k = next;
      if ((first + k) % BLOCK == 0 || first + k == weights.length) {
        finishBlock(pass.tape().backend());
      }
    }
    addTabular(slice, pass);
  }

  private void finishBlock(Backend backend) {
    sum.writeTo(backend, block);
    backend.download(block, values);
    int embedded = path.embedded();
    path.requireFinite(ModelPath.GRADIENT, values, embedded);
    for (int i = 0; i < embedded; i++) {
      total[i] += values[i];
    }
    sum.clear(backend);
  }

  private void addTabular(Slice slice, Pass pass) {
    int features = path.features();
    if (features > 0) {
      double[] gradient = path.requireFinite(ModelPath.TABULAR, slice.of(pass.tabular(), features));
      for (int i = 0; i < gradient.length; i++) {
        total[path.embedded() + i % features] +=
            weights[slice.first() + i / features] * gradient[i];
      }
    }
  }

  @Override
  void close() {
    if (sum != null) {
      sum.close();
      sum = null;
    }
    if (block != null) {
      workspace.backend().release(block);
      block = null;
    }
    if (values != null) {
      workspace.giveBack(values);
      values = null;
    }
  }
}
