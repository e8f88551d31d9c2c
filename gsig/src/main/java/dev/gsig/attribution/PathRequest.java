package dev.gsig.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a path asks of the model at some of its points; {@link Passes} compute it. */
abstract class PathRequest {
  private final ModelPath path;
  private final Coefficients coefficients;

  /** A request of points of the straight path. */
  PathRequest(ModelPath path, double[] alphas) {
    this(path, Coefficients.straight(alphas));
  }

  PathRequest(ModelPath path, Coefficients coefficients) {
    this.path = path;
    this.coefficients = coefficients;
  }

  /** How many points there are. */
  int steps() {
    return coefficients.count();
  }

  /** Whether a backward pass is needed. */
  boolean needsBackward() {
    return true;
  }

  /** Whether the gradients of rows are needed on the host, not only on the tape. */
  boolean needsRowGradients() {
    return false;
  }

  /** Called before the first pass; the place to allocate tensors. */
  void open() {}

  /**
   * Takes a pass over some of the steps, one slice after the other. Allocates no tensor, and
   * computes on the backend of the pass.
   */
  abstract void accept(Slice slice, Pass pass);

  /** Called after the last pass, or after one that failed. */
  void close() {}

  /**
   * Steps of one request in a pass.
   *
   * @param first number of the first one in the request
   * @param count how many
   * @param at number of the first one in the pass
   */
  record Slice(PathRequest request, int first, int count, int at) {
    /** The steps {@code from} to {@code to - 1} of all, counted through the requests. */
    static List<Slice> of(List<PathRequest> requests, int from, int to) {
      List<Slice> slices = new ArrayList<>();
      int before = 0;
      for (PathRequest r : requests) {
        int first = Math.max(0, from - before);
        int end = Math.min(r.steps(), to - before);
        if (first < end) {
          slices.add(new Slice(r, first, end - first, before + first - from));
        }
        before += r.steps();
      }
      return slices;
    }

    ModelPath path() {
      return request.path;
    }

    Points points() {
      Coefficients some = request.coefficients.range(first, count);
      return new Points(path().subject(), path().inputs(), some);
    }

    /** Its part of some values, of which each step of the pass has {@code size}. */
    double[] of(double[] values, int size) {
      return Arrays.copyOfRange(values, at * size, (at + count) * size);
    }
  }
}
