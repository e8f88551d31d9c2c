package dev.gsig.attribution;

import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;

/** Makes {@link ExplainOptions} from the default ones, one change at a time. */
public final class Options {
  public PathMethod method = PathMethods.GSIG;
  public int steps = 50;
  public Quadrature quadrature = Quadrature.RIGHT;
  public ThetaCandidates theta = ThetaCandidates.auto();
  public ThetaCandidates.Search search = ThetaCandidates.Search.SHARED;
  public double lambdaGroup = 1;
  public double lambdaL1;
  public SequenceBaseline sequence = SequenceBaselines.ZERO;
  public TabularBaseline tabular = TabularBaselines.ZERO;
  public Target target = Target.LOGIT;
  public Integer explainedClass;
  public Double maxGap;
  public PathOptions.Sampling sampling = PathOptions.Sampling.DEFAULT;

  /** Zero baselines and otherwise the default. */
  public static Options zero() {
    return new Options();
  }

  /** Plain integrated gradients with one rule. */
  public static Options plain(Quadrature quadrature, int steps) {
    Options o = new Options();
    o.method = PathMethods.IG;
    o.quadrature = quadrature;
    o.steps = steps;
    return o;
  }

  /** What some options say, to change a part of it. */
  public static Options like(ExplainOptions from) {
    Options o = new Options();
    o.method = from.method();
    o.steps = from.path().steps();
    o.quadrature = from.path().quadrature();
    o.theta = from.path().theta();
    o.search = from.path().search();
    o.lambdaGroup = from.path().lambdaGroup();
    o.lambdaL1 = from.path().lambdaL1();
    o.sequence = from.sequenceBaseline();
    o.tabular = from.tabularBaseline();
    o.target = from.target();
    o.explainedClass = from.explainedClass();
    o.maxGap = from.path().maxCompletenessGap();
    o.sampling = from.path().sampling();
    return o;
  }

  public Options steps(int k) {
    steps = k;
    return this;
  }

  public Options theta(ThetaCandidates candidates) {
    theta = candidates;
    return this;
  }

  public Options search(ThetaCandidates.Search how) {
    search = how;
    return this;
  }

  public Options lambdas(double group, double l1) {
    lambdaGroup = group;
    lambdaL1 = l1;
    return this;
  }

  public Options baselines(SequenceBaseline s, TabularBaseline t) {
    sequence = s;
    tabular = t;
    return this;
  }

  public Options target(Target t, Integer c) {
    target = t;
    explainedClass = c;
    return this;
  }

  public Options maxGap(Double relative) {
    maxGap = relative;
    return this;
  }

  public ExplainOptions build() {
    PathOptions path =
        new PathOptions(
            steps, quadrature, null, theta, search, lambdaGroup, lambdaL1, maxGap, sampling, false);
    return new ExplainOptions(method, path, sequence, tabular, target, explainedClass);
  }
}
