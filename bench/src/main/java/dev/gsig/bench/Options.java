package dev.gsig.bench;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;

/** The engine's default options but for what the benchmarks vary. */
final class Options {
  private Options() {}

  /** Plain integrated gradients. */
  static ExplainOptions ig(Quadrature quadrature, int steps) {
    return of(
        PathMethods.IG, quadrature, steps, ThetaCandidates.auto(), ThetaCandidates.Search.SHARED);
  }

  /** GS-IG, theta chosen from some candidates. */
  static ExplainOptions gsig(int steps, ThetaCandidates thetas, ThetaCandidates.Search search) {
    return of(PathMethods.GSIG, Quadrature.RIGHT, steps, thetas, search);
  }

  /** A method that integrates, to a tolerance. */
  static ExplainOptions integral(PathMethod method, double tolerance) {
    return ExplainOptions.DEFAULT.toBuilder().method(method).tolerance(tolerance).build();
  }

  /** GS-IG with the whole curve of theta, and beside it IG and the bounded measure. */
  static ExplainOptions.Builder readings(int steps, double tolerance) {
    return ExplainOptions.DEFAULT.toBuilder()
        .method(PathMethods.GSIG, PathMethods.IG, PathMethods.BOUNDED_MEASURE)
        .steps(steps)
        .tolerance(tolerance)
        .theta(ThetaCandidates.auto(), ThetaCandidates.Search.SHARED_FULL_CURVE);
  }

  private static ExplainOptions of(
      PathMethod method,
      Quadrature quadrature,
      int steps,
      ThetaCandidates thetas,
      ThetaCandidates.Search search) {
    return ExplainOptions.DEFAULT.toBuilder()
        .method(method)
        .steps(steps)
        .quadrature(quadrature)
        .theta(thetas, search)
        .build();
  }
}
