package dev.gsig.bench;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Method;
import dev.gsig.attribution.Quadrature;
import dev.gsig.attribution.ThetaCandidates;
import dev.gsig.attribution.ThetaSearch;

/** The engine's default options but for what the benchmarks vary. */
final class Options {
  private Options() {}

  /** Plain integrated gradients. */
  static ExplainOptions ig(Quadrature quadrature, int steps) {
    return of(Method.IG, quadrature, steps, ThetaCandidates.auto(), ThetaSearch.SHARED);
  }

  /** GS-IG, theta chosen from some candidates. */
  static ExplainOptions gsig(int steps, ThetaCandidates thetas, ThetaSearch search) {
    return of(Method.GSIG, Quadrature.RIGHT, steps, thetas, search);
  }

  private static ExplainOptions of(
      Method method, Quadrature quadrature, int steps, ThetaCandidates thetas, ThetaSearch search) {
    ExplainOptions d = ExplainOptions.DEFAULT;
    return new ExplainOptions(
        method,
        steps,
        quadrature,
        thetas,
        search,
        d.lambdaGroup(),
        d.lambdaL1(),
        d.sequenceBaseline(),
        d.tabularBaseline(),
        d.target(),
        d.explainedClass(),
        d.maxCompletenessGap());
  }
}
