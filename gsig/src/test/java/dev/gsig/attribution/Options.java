package dev.gsig.attribution;

/** Makes {@link ExplainOptions} from the default ones, one change at a time. */
final class Options {
  PathMethod method = PathMethods.GSIG;
  int steps = 50;
  Quadrature quadrature = Quadrature.RIGHT;
  ThetaCandidates theta = ThetaCandidates.auto();
  ThetaSearch search = ThetaSearch.SHARED;
  double lambdaGroup = 1;
  double lambdaL1;
  SequenceBaseline sequence = SequenceBaselines.ZERO;
  TabularBaseline tabular = TabularBaselines.ZERO;
  Target target = Target.LOGIT;
  Integer explainedClass;
  Double maxGap;

  /** Zero baselines and otherwise the default. */
  static Options zero() {
    return new Options();
  }

  /** Plain integrated gradients with one rule. */
  static Options plain(Quadrature quadrature, int steps) {
    Options o = new Options();
    o.method = PathMethods.IG;
    o.quadrature = quadrature;
    o.steps = steps;
    return o;
  }

  /** What some options say, to change a part of it. */
  static Options like(ExplainOptions from) {
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
    return o;
  }

  Options steps(int k) {
    steps = k;
    return this;
  }

  Options theta(ThetaCandidates candidates) {
    theta = candidates;
    return this;
  }

  Options search(ThetaSearch how) {
    search = how;
    return this;
  }

  Options lambdas(double group, double l1) {
    lambdaGroup = group;
    lambdaL1 = l1;
    return this;
  }

  Options baselines(SequenceBaseline s, TabularBaseline t) {
    sequence = s;
    tabular = t;
    return this;
  }

  Options target(Target t, Integer c) {
    target = t;
    explainedClass = c;
    return this;
  }

  Options maxGap(Double relative) {
    maxGap = relative;
    return this;
  }

  ExplainOptions build() {
    PathOptions path =
        new PathOptions(steps, quadrature, theta, search, lambdaGroup, lambdaL1, maxGap);
    return new ExplainOptions(method, path, sequence, tabular, target, explainedClass);
  }
}
