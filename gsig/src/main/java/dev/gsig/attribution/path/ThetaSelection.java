package dev.gsig.attribution.path;

import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.PathResult.Convergence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses theta for one patient: the smallest objective wins, theta = 1 being preferred when about
 * equal. What is reported is always the full sum at the chosen theta. Estimates only rule out, by
 * as much as their errors allow; whatever may still win is computed by the full sum, too. Of a
 * bound on the completeness gap nothing is said but what full sums show. Where the attribution may
 * be read off shared nodes, no full sum is taken at all.
 */
final class ThetaSelection {
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final double LOG_THETA_TOLERANCE = 1e-3;

  /**
   * How many times its error an estimate may be off where the choice has to be that of the exact
   * search: the largest seen on random smooth models, of a gap, was 12.
   */
  private static final double DOUBT = 16;

  private final PathGradient path;
  private final AttributionNorms norms;
  private final PathOptions options;
  private ThetaCurve shared;

  ThetaSelection(PathGradient path, AttributionNorms norms, PathOptions options) {
    this.path = path;
    this.norms = norms;
    this.options = options;
  }

  PathResult select() {
    double[] thetas = options.theta().values();
    if (options.sharedAttribution()) {
      return selectShared(thetas);
    }
    if (options.theta().fixed()) {
      return selectFixed(thetas);
    }
    List<Candidate> curve = curve(thetas);
    int best = choose(curve);
    if (options.theta().continuous()) {
      curve.add(exact(refined(curve, Math.max(best, 0)).theta()));
      curve.subList(1, curve.size()).sort(Comparator.comparingDouble(Candidate::theta));
      best = choose(curve);
    }
    boolean none = best < 0;
    Candidate chosen = curve.get(none ? smallestGap(curve) : best);
    boolean limit = shared != null && shared.hitLimit();
    return new PathResult(chosen, curve, none && hasRelativeGap(), limit, null, null);
  }

  /** All candidates, of which theta = 1 and, where needed, the others are known to 0.1%. */
  private List<Candidate> curve(double[] thetas) {
    List<Candidate> curve = new ArrayList<>();
    boolean whole = needsWholeCurve();
    // Nodes that know the whole curve of a gradient that jumps would cost about as much.
    if (options.search() == ThetaCandidates.Search.EXACT || (whole && !path.isSmooth())) {
      for (double theta : thetas) {
        curve.add(exact(theta));
      }
      return curve;
    }
    shared = new ThetaCurve(path, norms, options.steps());
    curve.addAll(shared.search(thetas, whole, Candidate.ACCURACY / (isBound() ? DOUBT : 1)));
    for (int i = 0; i < (whole ? curve.size() : 1); i++) {
      if (!curve.get(i).isAccurate()) {
        makeExact(curve, i);
      }
    }
    return curve;
  }

  private boolean needsWholeCurve() {
    return options.search() == ThetaCandidates.Search.SHARED_FULL_CURVE
        || options.theta().continuous()
        || isBound();
  }

  private Candidate exact(double theta) {
    return norms.exact(theta, path.integrate(Quadrature.RIGHT.rule(options.steps(), theta)));
  }

  private PathResult selectFixed(double[] thetas) {
    List<Candidate> curve = new ArrayList<>();
    for (double theta : thetas) {
      curve.add(exact(theta));
    }
    Candidate chosen = curve.get(curve.size() - 1);
    return new PathResult(
        chosen, curve, !isWithinGap(chosen) && hasRelativeGap(), false, null, null);
  }

  /** The best by the estimates, with nodes added until its attribution is within the tolerance. */
  private PathResult selectShared(double[] thetas) {
    shared = new ThetaCurve(path, norms, options.steps());
    double tolerance = options.sharedTolerance();
    while (true) {
      List<Candidate> curve =
          new ArrayList<>(
              shared.search(
                  thetas,
                  options.search() == ThetaCandidates.Search.SHARED_FULL_CURVE
                      || options.theta().continuous(),
                  Candidate.ACCURACY));
      int best = options.theta().fixed() ? curve.size() - 1 : smallestObjective(curve);
      if (options.theta().continuous()) {
        curve.add(refined(curve, best));
        curve.subList(1, curve.size()).sort(Comparator.comparingDouble(Candidate::theta));
        best = smallestObjective(curve);
      }
      Candidate estimate = curve.get(best);
      Candidate chosen = estimate.withAttribution(path.attribution(shared.sum(estimate.theta())));
      double error = shared.attributionError(chosen);
      if (error <= tolerance || !shared.refine(chosen.theta())) {
        curve.set(best, chosen);
        Convergence convergence = new Convergence(tolerance, error, error <= tolerance, null);
        return new PathResult(chosen, curve, false, shared.hitLimit(), null, convergence);
      }
    }
  }

  private static int smallestObjective(List<Candidate> curve) {
    int best = 0;
    for (int i = 1; i < curve.size(); i++) {
      best = curve.get(i).beats(curve.get(best)) ? i : best;
    }
    return best;
  }

  private boolean hasRelativeGap() {
    return norms.relativeGap(0) != null;
  }

  private boolean isBound() {
    return options.maxCompletenessGap() != null;
  }

  private boolean isWithinGap(Candidate c) {
    return mayBeWithinGap(c, 0);
  }

  /**
   * Whether the gap is within the bound.
   *
   * @param doubt how many times its error it may be off
   */
  private boolean mayBeWithinGap(Candidate c, double doubt) {
    if (!isBound()) {
      return true;
    }
    Double relative = norms.relativeGap(c.gap() - doubt * c.gapError());
    return relative != null && relative <= options.maxCompletenessGap();
  }

  /**
   * Makes all candidates exact that may be the best of those within the bound on the gap; all there
   * are, if none is.
   *
   * @return the index of the best, or -1 if none is within the bound
   */
  private int choose(List<Candidate> curve) {
    while (true) {
      int best = best(curve);
      int rival = rival(curve, best);
      if (rival >= 0) {
        makeExact(curve, rival);
      } else if (best >= 0 || curve.stream().allMatch(Candidate::isExact)) {
        return best;
      } else {
        for (int i = 0; i < curve.size(); i++) {
          makeExact(curve, i);
        }
      }
    }
  }

  private Candidate makeExact(List<Candidate> curve, int index) {
    if (!curve.get(index).isExact()) {
      curve.set(index, exact(curve.get(index).theta()));
    }
    return curve.get(index);
  }

  /** Index of the best exact candidate within the bound on the gap, or -1. */
  private int best(List<Candidate> curve) {
    int best = -1;
    for (int i = 0; i < curve.size(); i++) {
      Candidate c = curve.get(i);
      if (c.isExact() && isWithinGap(c) && (best < 0 || c.beats(curve.get(best)))) {
        best = i;
      }
    }
    return best;
  }

  /** Index of the estimate that is most likely to be better than the best exact one, or -1. */
  private int rival(List<Candidate> curve, int best) {
    int rival = -1;
    for (int i = 0; i < curve.size(); i++) {
      Candidate c = curve.get(i);
      if (!c.isExact()
          && (best < 0 || mayBeat(c, curve.get(best)))
          && mayBeWithinGap(c, DOUBT)
          && (rival < 0 || c.beats(curve.get(rival)))) {
        rival = i;
      }
    }
    return rival;
  }

  /** Without a bound on the gap a choice is good enough within 0.1%, but for theta = 1. */
  private boolean mayBeat(Candidate estimate, Candidate best) {
    double least = estimate.objective() - (isBound() ? DOUBT : 1) * estimate.objectiveError();
    return best.objective()
        >= least
            * (isBound() || estimate.theta() == 1 ? 1 - Candidate.MARGIN : 1 + Candidate.ACCURACY);
  }

  private static int smallestGap(List<Candidate> curve) {
    int best = 0;
    for (int i = 1; i < curve.size(); i++) {
      if (curve.get(i).gap() < curve.get(best).gap()) {
        best = i;
      }
    }
    return best;
  }

  /** Golden-section search in log theta between the neighbours of the best candidate. */
  private Candidate refined(List<Candidate> curve, int best) {
    List<Candidate> ascending = new ArrayList<>(curve);
    ascending.sort(Comparator.comparingDouble(Candidate::theta));
    int at = ascending.indexOf(curve.get(best));
    double low = StrictMath.log(ascending.get(Math.max(0, at - 1)).theta());
    double high = StrictMath.log(ascending.get(Math.min(ascending.size() - 1, at + 1)).theta());
    double x1 = high - GOLDEN * (high - low);
    double x2 = low + GOLDEN * (high - low);
    Candidate c1 = evaluate(StrictMath.exp(x1));
    Candidate c2 = evaluate(StrictMath.exp(x2));
    while (high - low > LOG_THETA_TOLERANCE) {
      if (c1.objective() <= c2.objective()) {
        high = x2;
        x2 = x1;
        c2 = c1;
        x1 = high - GOLDEN * (high - low);
        c1 = evaluate(StrictMath.exp(x1));
      } else {
        low = x1;
        x1 = x2;
        c1 = c2;
        x2 = low + GOLDEN * (high - low);
        c2 = evaluate(StrictMath.exp(x2));
      }
    }
    return c1.objective() <= c2.objective() ? c1 : c2;
  }

  /** Exact where the choice has to be that of the exact search, or an estimate is not accurate. */
  private Candidate evaluate(double theta) {
    if (shared == null || isBound()) {
      return exact(theta);
    }
    Candidate estimate = shared.estimate(theta);
    return estimate.isAccurate() || options.sharedAttribution() ? estimate : exact(theta);
  }
}
