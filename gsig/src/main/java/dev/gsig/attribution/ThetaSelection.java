package dev.gsig.attribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses theta for one patient: the smallest objective wins, theta = 1 being preferred when about
 * equal. What is reported is always the full sum at the chosen theta.
 */
final class ThetaSelection {
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final double LOG_THETA_TOLERANCE = 1e-3;

  private final PathGradient path;
  private final Objective objective;
  private final ExplainOptions options;
  private SharedNodes nodes;

  /**
   * What was chosen.
   *
   * @param chosen exact
   * @param curve all candidates, theta = 1 first, then in ascending order
   * @param noneWithinGap whether no candidate met the bound on the gap
   * @param measure the weights of {@link Method#BOUNDED_MEASURE}; null for other methods
   */
  record Result(
      Candidate chosen, List<Candidate> curve, boolean noneWithinGap, PathMeasure measure) {
    Result(Candidate chosen, List<Candidate> curve, boolean noneWithinGap) {
      this(chosen, curve, noneWithinGap, null);
    }

    /** l21 at theta = 1, exact or estimated as its entry in the curve says. */
    double l21AtThetaOne() {
      return curve.get(0).l21();
    }
  }

  ThetaSelection(PathGradient path, Objective objective, ExplainOptions options) {
    this.path = path;
    this.objective = objective;
    this.options = options;
  }

  Result select() {
    if (options.method() == Method.BOUNDED_MEASURE) {
      var found = new BoundedMeasure(path, objective, options.steps()).solve();
      boolean missed = !isWithinGap(found.chosen());
      return new Result(found.chosen(), List.of(found.midpoint()), missed, found.measure());
    }
    if (options.method() != Method.GSIG) {
      double[] g = path.integrate(options.quadrature().rule(options.steps(), 1));
      Candidate only = objective.exact(1, g);
      return new Result(only, List.of(only), !isWithinGap(only));
    }
    double[] thetas = options.theta().values();
    if (options.theta().fixed()) {
      return selectFixed(thetas);
    }
    List<Candidate> curve = new ArrayList<>();
    if (options.search() == ThetaSearch.EXACT) {
      for (double theta : thetas) {
        curve.add(exact(theta));
      }
    } else {
      nodes = new SharedNodes(path, objective, options.steps());
      curve.addAll(nodes.search(thetas, needsWholeCurve()));
    }
    if (options.theta().continuous()) {
      refine(curve);
    }
    return select(curve);
  }

  private boolean needsWholeCurve() {
    return options.search() == ThetaSearch.SHARED_FULL_CURVE
        || options.theta().continuous()
        || options.maxCompletenessGap() != null;
  }

  private Candidate exact(double theta) {
    return objective.exact(theta, path.integrate(Quadrature.RIGHT.rule(options.steps(), theta)));
  }

  private Result selectFixed(double[] thetas) {
    List<Candidate> curve = new ArrayList<>();
    for (double theta : thetas) {
      curve.add(exact(theta));
    }
    Candidate chosen = curve.get(curve.size() - 1);
    return new Result(chosen, curve, !isWithinGap(chosen));
  }

  private boolean isWithinGap(Candidate c) {
    if (options.maxCompletenessGap() == null) {
      return true;
    }
    Double relative = objective.relativeGap(c.gap());
    return relative != null && relative <= options.maxCompletenessGap();
  }

  /**
   * Picks from the curve; what is picked is then computed exactly, and so is theta = 1 if close.
   */
  private Result select(List<Candidate> curve) {
    while (true) {
      int best = best(curve);
      boolean none = best < 0;
      int picked = none ? smallestGap(curve) : best;
      Candidate chosen = makeExact(curve, picked);
      if (none == isWithinGap(chosen)) {
        continue; // the estimate of its gap was wrong: it is out of the race now, or in it
      }
      Candidate one = curve.get(0);
      if (!none && picked != 0 && chosen.objective() >= one.objective() - one.objectiveError()) {
        one = makeExact(curve, 0);
        chosen = isWithinGap(one) && !chosen.beats(one) ? one : chosen;
      }
      return new Result(chosen, List.copyOf(curve), none);
    }
  }

  private Candidate makeExact(List<Candidate> curve, int index) {
    if (!curve.get(index).isExact()) {
      curve.set(index, exact(curve.get(index).theta()));
    }
    return curve.get(index);
  }

  /** Index of the best candidate within the bound on the gap, or -1. */
  private int best(List<Candidate> curve) {
    int best = -1;
    for (int i = 0; i < curve.size(); i++) {
      Candidate c = curve.get(i);
      if (isWithinGap(c) && (best < 0 || c.beats(curve.get(best)))) {
        best = i;
      }
    }
    return best;
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
  private void refine(List<Candidate> curve) {
    List<Candidate> ascending = new ArrayList<>(curve);
    ascending.sort(Comparator.comparingDouble(Candidate::theta));
    int best = best(curve);
    int at = ascending.indexOf(curve.get(best < 0 ? 0 : best));
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
    Candidate refined = c1.objective() <= c2.objective() ? c1 : c2;
    int position = 1;
    while (position < curve.size() && curve.get(position).theta() < refined.theta()) {
      position++;
    }
    curve.add(position, refined);
  }

  private Candidate evaluate(double theta) {
    return nodes == null ? exact(theta) : nodes.estimate(theta);
  }
}
