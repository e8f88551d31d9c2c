package dev.gsig.attribution;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.List;

/**
 * The path of one input, {@code x(a) = start + a (end - start)}. Rows of the straight path, on
 * which a is one number, are interpolated by the backend in its precision, with what is added to
 * them; those of other paths, and entries, which are few, on the host in float64.
 *
 * <p>Made and released on the thread of its backend; points are computed on that of a tape, and may
 * be on several at the same time.
 */
final class InputPath {
  private final Shape shape;
  private final Tensor start;
  private final Tensor end;
  private final InputSpan span;

  /** On the host; of rows null until {@link #download}. */
  private double[] startValues;

  private double[] endValues;

  private InputPath(PathInput from, PathInput to, Tensor start, Tensor end, InputSpan span) {
    shape = to.shape();
    this.start = start;
    this.end = end;
    this.span = span;
    startValues = from.entries();
    endValues = to.entries();
  }

  /**
   * A path; takes over the tensors of both.
   *
   * @param from where it starts; what is added to the rows is that of the end
   * @param span where its coefficients are among those of a point
   */
  static InputPath between(Backend backend, PathInput from, PathInput to, InputSpan span) {
    Tensor start = to.isRows() ? plus(backend, from.value(), to.addend()) : null;
    Tensor end = to.isRows() ? plus(backend, to.value(), to.addend()) : null;
    from.release(backend);
    to.release(backend);
    return new InputPath(from, to, start, end, span);
  }

  /** The path that stays at one point; takes over the tensors. */
  static InputPath at(Backend backend, PathInput point) {
    Tensor x = point.isRows() ? plus(backend, point.value(), point.addend()) : null;
    point.release(backend);
    return new InputPath(point, point, x, x == null ? null : x.retain(), null);
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

  /** Has the rows on the host, for points off the straight path. On the thread of the backend. */
  void download(Backend backend) {
    if (startValues == null) {
      startValues = backend.download(start);
      endValues = backend.download(end);
    }
  }

  /**
   * Puts points of several paths of one input on a tape, those of the first path, then those of the
   * next.
   *
   * @param coefficients of the points of each path
   * @param needsGradient whether the gradient will be asked for
   * @return {@code [B, rows, cols]}
   */
  static Variable points(
      Tape tape, List<InputPath> paths, List<Coefficients> coefficients, boolean needsGradient) {
    int items = coefficients.stream().mapToInt(Coefficients::count).sum();
    Shape shape = paths.get(0).shape.withBatch(items);
    boolean rows = paths.get(0).start != null;
    Tensor x = rows ? tape.backend().allocate(shape) : null;
    double[] entries = rows ? null : new double[shape.size()];
    int first = 0;
    for (int i = 0; i < paths.size(); i++) {
      if (rows) {
        paths.get(i).rows(tape.backend(), coefficients.get(i), x, first);
      } else {
        paths.get(i).entries(coefficients.get(i), entries, first);
      }
      first += coefficients.get(i).count();
    }
    x = rows ? x : tape.backend().upload(shape, entries);
    Variable leaf = needsGradient ? tape.input(x) : tape.constant(x);
    tape.backend().release(x);
    return leaf;
  }

  private void rows(Backend backend, Coefficients coefficients, Tensor x, int first) {
    if (coefficients.isStraight()) {
      backend.lerp(start, end, coefficients.ofAll(), x, first);
      return;
    }
    double[] values = null;
    for (int k = 0; k < coefficients.count(); k++) {
      double[] c = coefficients.ofEach()[k];
      if (c.length == 1) {
        backend.lerp(start, end, c, x, first + k);
      } else {
        values = values == null ? new double[shape.size()] : values;
        values(c, values, 0);
        Tensor point = backend.upload(shape, values);
        backend.lerp(point, point, new double[] {1}, x, first + k);
        backend.release(point);
      }
    }
  }

  private void entries(Coefficients coefficients, double[] values, int first) {
    for (int k = 0; k < coefficients.count(); k++) {
      values(coefficients.of(k), values, (first + k) * shape.cols());
    }
  }

  /** Writes a point; rows that are not the patient's own stay at the end, and do not matter. */
  private void values(double[] coefficients, double[] values, int at) {
    int own = span == null ? shape.size() : span.size();
    for (int e = 0; e < shape.size(); e++) {
      double from = startValues[e];
      double to = endValues[e];
      double c =
          coefficients.length == 1
              ? coefficients[0]
              : e < own ? coefficients[span.offset() + e] : 1;
      values[at + e] = c == 1 ? to : from + c * (to - from);
    }
  }

  /** Lets go of the tensors. */
  void release(Backend backend) {
    if (start != null) {
      backend.release(start);
      backend.release(end);
    }
  }
}
