package dev.gsig.attribution;

import dev.gsig.attribution.PathRequest.Slice;
import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * One batched forward pass over steps of paths, and the backward pass where it is needed. What no
 * request needs is null.
 */
final class Pass implements AutoCloseable {
  private final ExplainableModel model;
  private final Workspace workspace;
  private final List<Slice> slices;
  private final List<InputSpan> spans;
  private final Tape tape;
  private final double[][] gradients;
  private List<Variable> inputs;
  private double[] logits;

  /**
   * A pass that is yet to be computed.
   *
   * @param slices of paths with the same number of positions
   */
  Pass(ExplainableModel model, Workspace workspace, List<Slice> slices) {
    this.model = model;
    this.workspace = workspace;
    this.slices = slices;
    spans = slices.get(0).path().spans();
    tape = new Tape(workspace.backend());
    gradients = new double[spans.size()][];
  }

  /** How many steps there are. */
  int steps() {
    return slices.stream().mapToInt(Slice::count).sum();
  }

  /** The logits, {@code [steps][labels]} row-major. */
  double[] logits() {
    return logits;
  }

  /** The backend that computes it. */
  Backend backend() {
    return workspace.backend();
  }

  /** The gradient of an input that is not fixed, on the backend: {@code [steps, rows, cols]}. */
  Tensor gradient(int input) {
    try {
      return tape.gradient(inputs.get(input));
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          model
              + ": the logits do not depend on the input '"
              + spans.get(input).name()
              + "'; hold it fixed, or leave it out",
          e);
    }
  }

  /**
   * The gradient of an input on the host, {@code [steps][rows][cols]} row-major; null for one that
   * is fixed, and for rows unless a request needs them.
   */
  double[] downloaded(int input) {
    return gradients[input];
  }

  /** Computes it, and keeps what the requests need. */
  void compute(boolean backward) {
    boolean[] needed = new boolean[spans.size()];
    for (int i = 0; i < needed.length; i++) {
      needed[i] = backward && !spans.get(i).fixed();
    }
    Points.Batch batch =
        Points.on(tape, model, slices.stream().map(Slice::points).toList(), needed);
    inputs = batch.inputs();
    Variable y = Points.logits(tape, model, batch);
    logits = y.values();
    int labels = y.shape().cols();
    for (Slice s : slices) {
      for (int k = s.at(); k < s.at() + s.count(); k++) {
        s.path().requireFinite("the logits", logits, k * labels, labels);
      }
    }
    if (!backward) {
      return;
    }
    Tensor seed = backend().upload(y.shape(), seeds(labels));
    tape.backward(y, seed);
    backend().release(seed);
    boolean rows = slices.stream().anyMatch(s -> s.request().needsRowGradients());
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        Tensor g = gradient(i);
        if (rows || !spans.get(i).isRows()) {
          gradients[i] = workspace.take(g.shape().size());
          backend().download(g, gradients[i]);
        }
      }
    }
  }

  private double[] seeds(int labels) {
    return slices.stream()
        .map(s -> s.path().seeds(s.of(logits, labels)))
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }

  /** Hands every request its part. */
  void deliver() {
    slices.forEach(s -> s.request().accept(s, this));
  }

  @Override
  public void close() {
    for (double[] array : gradients) {
      if (array != null) {
        workspace.giveBack(array);
      }
    }
    tape.close();
  }
}
