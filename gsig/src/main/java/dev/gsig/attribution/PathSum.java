package dev.gsig.attribution;

import dev.gsig.attribution.PathRequest.Slice;
import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * {@code sum_k w_k gradient(a_k)} by a rule. Steps are added in ascending order: those of rows in
 * the backend's precision within blocks of 8 and the blocks in float64, those of entries in
 * float64, however they are cut into passes.
 */
final class PathSum extends PathRequest {
  private static final int BLOCK = 8;

  private final ModelPath path;
  private final Workspace workspace;
  private final double[] weights;
  private final double[] total;

  /** The sum of a block for each input; null for entries, and for what is fixed. */
  private final Tensor[] sums;

  private double[] values;

  /**
   * A sum.
   *
   * @param total is added to
   */
  PathSum(ModelPath path, Workspace workspace, Quadrature.Rule rule, double[] total) {
    super(path, rule.alphas());
    this.path = path;
    this.workspace = workspace;
    this.total = total;
    weights = rule.weights();
    sums = new Tensor[path.spans().size()];
  }

  @Override
  void open() {
    int largest = 0;
    for (int i = 0; i < sums.length; i++) {
      InputSpan span = path.spans().get(i);
      if (span.isRows() && !span.fixed()) {
        sums[i] = workspace.backend().allocate(path.inputs().get(i).shape());
        workspace.backend().fill(sums[i], 0);
        largest = Math.max(largest, sums[i].shape().size());
      }
    }
    values = workspace.take(largest);
  }

  @Override
  void accept(Slice slice, Pass pass) {
    for (int i = 0; i < sums.length; i++) {
      InputSpan span = path.spans().get(i);
      if (sums[i] != null) {
        addRows(slice, pass, i);
      } else if (!span.fixed()) {
        addEntries(slice, pass.downloaded(i), span);
      }
    }
  }

  private void addRows(Slice slice, Pass pass, int input) {
    int first = slice.first();
    int count = slice.count();
    double[] ofPass = new double[pass.steps()];
    System.arraycopy(weights, first, ofPass, slice.at(), count);
    Backend backend = pass.backend();
    Tensor gradients = pass.gradient(input);
    for (int k = 0; k < count; ) {
      int next = Math.min(count, k + BLOCK - (first + k) % BLOCK);
      backend.addWeighted(gradients, ofPass, slice.at() + k, slice.at() + next, sums[input]);
      k = next;
      if ((first + k) % BLOCK == 0 || first + k == weights.length) {
        finishBlock(backend, sums[input], path.spans().get(input));
      }
    }
  }

  private void finishBlock(Backend backend, Tensor sum, InputSpan span) {
    backend.download(sum, values);
    path.requireFiniteGradient(span, values, 0, span.size());
    for (int i = 0; i < span.size(); i++) {
      total[span.offset() + i] += values[i];
    }
    backend.fill(sum, 0);
  }

  private void addEntries(Slice slice, double[] gradients, InputSpan span) {
    int n = span.size();
    for (int k = 0; k < slice.count(); k++) {
      int step = (slice.at() + k) * n;
      path.requireFiniteGradient(span, gradients, step, n);
      for (int e = 0; e < n; e++) {
        total[span.offset() + e] += weights[slice.first() + k] * gradients[step + e];
      }
    }
  }

  @Override
  void close() {
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] != null) {
        workspace.backend().release(sums[i]);
        sums[i] = null;
      }
    }
    if (values != null) {
      workspace.giveBack(values);
      values = null;
    }
  }
}
