package dev.gsig.attribution;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.List;

/**
 * The straight path of one input, {@code x(a) = start + a (end - start)}. Rows are interpolated by
 * the backend in its precision, with what is added to them; entries, which are few, on the host in
 * float64.
 *
 * <p>Made and released on the thread of its backend; points are computed on that of a tape, and may
 * be on several at the same time.
 */
final class InputPath {
  private final Shape shape;
  private final Tensor start;
  private final Tensor end;
  private final double[] startEntries;
  private final double[] endEntries;

  private InputPath(PathInput from, PathInput to, Tensor start, Tensor end) {
    shape = to.shape();
    this.start = start;
    this.end = end;
    startEntries = from.entries();
    endEntries = to.entries();
  }

  /**
   * A path; takes over the tensors of both.
   *
   * @param from where it starts; what is added to the rows is that of the end
   */
  static InputPath between(Backend backend, PathInput from, PathInput to) {
    Tensor start = to.isRows() ? plus(backend, from.value(), to.addend()) : null;
    Tensor end = to.isRows() ? plus(backend, to.value(), to.addend()) : null;
    from.release(backend);
    to.release(backend);
    return new InputPath(from, to, start, end);
  }

  /** The path that stays at one point; takes over the tensors. */
  static InputPath at(Backend backend, PathInput point) {
    Tensor x = point.isRows() ? plus(backend, point.value(), point.addend()) : null;
    point.release(backend);
    return new InputPath(point, point, x, x == null ? null : x.retain());
  }

  private static Tensor plus(Backend backend, Tensor x, Tensor addend) {
    if (addend == null) {
      return x.retain();
    }
    Tensor sum = backend.allocate(x.shape());
    backend.add(x, addend, sum);
    return sum;
  }

  /** Of the input, {@code [1, rows, cols]}. */
  Shape shape() {
    return shape;
  }

  /**
   * Puts points of several paths of one input on a tape, those of the first path, then those of the
   * next.
   *
   * @param alphas a of the points of each path
   * @param needsGradient whether the gradient will be asked for
   * @return {@code [B, rows, cols]}
   */
  static Variable points(
      Tape tape, List<InputPath> paths, List<double[]> alphas, boolean needsGradient) {
    Tensor x =
        paths.get(0).start == null ? entries(tape, paths, alphas) : rows(tape, paths, alphas);
    Variable leaf = needsGradient ? tape.input(x) : tape.constant(x);
    tape.backend().release(x);
    return leaf;
  }

  private static Tensor rows(Tape tape, List<InputPath> paths, List<double[]> alphas) {
    int items = alphas.stream().mapToInt(a -> a.length).sum();
    Tensor x = tape.backend().allocate(paths.get(0).shape.withBatch(items));
    int first = 0;
    for (int i = 0; i < paths.size(); i++) {
      InputPath path = paths.get(i);
      tape.backend().lerp(path.start, path.end, alphas.get(i), x, first);
      first += alphas.get(i).length;
    }
    return x;
  }

  private static Tensor entries(Tape tape, List<InputPath> paths, List<double[]> alphas) {
    int items = alphas.stream().mapToInt(a -> a.length).sum();
    Shape shape = paths.get(0).shape.withBatch(items);
    double[] values = new double[shape.size()];
    int at = 0;
    for (int i = 0; i < paths.size(); i++) {
      for (double alpha : alphas.get(i)) {
        for (int e = 0; e < shape.cols(); e++) {
          double from = paths.get(i).startEntries[e];
          double to = paths.get(i).endEntries[e];
          values[at++] = alpha == 1 ? to : from + alpha * (to - from);
        }
      }
    }
    return tape.backend().upload(shape, values);
  }

  /** Lets go of the tensors. */
  void release(Backend backend) {
    if (start != null) {
      backend.release(start);
      backend.release(end);
    }
  }
}
