package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Options;
import dev.gsig.attribution.path.PathResult.Candidate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThetaSelectionTest {
  private static PathResult select(ClosedFormPath path, Options options) {
    ExplainOptions o = options.build();
    AttributionNorms objective =
        Integrands.objective(path, o.path().lambdaGroup(), o.path().lambdaL1());
    return o.method().attribute(path, objective, o.path());
  }

  private static double objectiveAt(ClosedFormPath path, double theta) {
    return Integrands.objective(path)
        .l21(path.attribution(path.integrate(Quadrature.RIGHT.rule(50, theta))));
  }

  private static List<Double> thetas(PathResult result) {
    return result.candidates().stream().map(Candidate::theta).toList();
  }

  /** Gradient 1 + eps (a - 1/2): the sums of two thetas differ by a share of eps. */
  private static ClosedFormPath nearlyConstant(double eps) {
    return new ClosedFormPath(
        new double[] {1, 0}, 0, 1, a -> new double[] {1 + eps * (a - 0.5), 0});
  }

  // ---- what is chosen

  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.1, 0.5})
  void sharedSearchChoosesAsExactSearchDoes(double width) {
    for (long seed = 0; seed < 30; seed++) {
      ClosedFormPath path = Integrands.sigmoids(seed, width, 3 * width);
      Candidate exact = select(path, Options.zero().search(ThetaCandidates.Search.EXACT)).chosen();
      Candidate full =
          select(path, Options.zero().search(ThetaCandidates.Search.SHARED_FULL_CURVE)).chosen();
      Candidate shared = select(path, Options.zero()).chosen();
      assertThat(full.objective())
          .as("accuracy stop, seed %d", seed)
          .isLessThanOrEqualTo(1.001 * exact.objective());
      assertThat(shared.objective())
          .as("decision stop, seed %d", seed)
          .isLessThanOrEqualTo(1.001 * exact.objective());
    }
  }

  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void theReportedObjectiveIsNeverLargerThanThatOfThetaOne(ThetaCandidates.Search search) {
    for (long seed = 100; seed < 160; seed++) {
      for (double width : new double[] {0.02, 0.2, 1}) {
        ClosedFormPath path = Integrands.sigmoids(seed, width, 2 * width);
        Candidate chosen = select(path, Options.zero().search(search)).chosen();
        assertThat(chosen.isExact()).isTrue();
        assertThat(chosen.objective())
            .as("seed %d, width %s", seed, width)
            .isLessThanOrEqualTo(objectiveAt(path, 1))
            .isCloseTo(objectiveAt(path, chosen.theta()), within(1e-13));
      }
    }
  }

  /** A sigmoid nearly as sharp as a step, on a stretch where theta = 0.1 has no node. */
  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void aSharpSigmoidIsJumpedOver(ThetaCandidates.Search search) {
    ClosedFormPath path =
        new ClosedFormPath(
            new double[] {1, 1},
            0,
            2,
            a -> {
              double p = Integrands.sigmoid((a - 0.3) / 0.02);
              return new double[] {p * (1 - p) / 0.02, p * (1 - p) / 0.02};
            });
    Candidate chosen = select(path, Options.zero().search(search)).chosen();
    assertThat(chosen.theta()).isEqualTo(0.1);
    // the first node of theta = 0.1 is at 0.68, far behind the step
    assertThat(chosen.l21()).isLessThan(1e-6);
    assertThat(chosen.gap()).isCloseTo(2, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void thetaOneIsPreferredWhenAllAreEqual(ThetaCandidates.Search search) {
    for (double value : new double[] {0, 1, -0.3}) {
      PathResult result = select(Integrands.constant(value), Options.zero().search(search));
      assertThat(result.chosen().theta()).isEqualTo(1);
      assertThat(result.chosen().objective()).isCloseTo(5 * Math.abs(value), within(1e-14));
      assertThat(result.noneWithinGap()).isFalse();
    }
  }

  @Test
  void aLaterThetaWinsOnlyByMoreThanOneMillionth() {
    double[] candidates = {1, 2};
    double unit = objectiveAt(nearlyConstant(1), 1) - objectiveAt(nearlyConstant(1), 2);
    for (ThetaCandidates.Search search : ThetaCandidates.Search.values()) {
      for (double reduction : new double[] {0.9e-6, 1.1e-6}) {
        ClosedFormPath path = nearlyConstant(reduction / unit);
        assertThat(objectiveAt(path, 1) / objectiveAt(path, 2) - 1)
            .isCloseTo(reduction, within(1e-8));
        Options options = Options.zero().search(search).theta(ThetaCandidates.of(candidates));
        assertThat(select(path, options).chosen().theta())
            .as("%s, smaller by %s", search, reduction)
            .isEqualTo(reduction > 1e-6 ? 2 : 1);
      }
    }
  }

  /** On a sigmoid this sharp the shared nodes take the other theta for better, by a hair. */
  @ParameterizedTest
  @CsvSource({"1063, 0.999", "1294, 0.999", "122, 1.001", "124, 0.9"})
  void whatIsNoBetterThanThetaOneByExactSumsIsNotChosen(long seed, double theta) {
    ClosedFormPath path = Integrands.sigmoids(seed, 0.01, 0.02);
    PathResult result = select(path, Options.zero().theta(ThetaCandidates.of(1, theta)));
    assertThat(objectiveAt(path, theta)).isGreaterThan(objectiveAt(path, 1));
    assertThat(result.candidates()).allMatch(Candidate::isExact);
    assertThat(result.chosen().theta()).isEqualTo(1);
  }

  @Test
  void thetaOneIsNotComputedExactlyWhereTheChoiceIsClear() {
    PathResult result = select(Integrands.sigmoids(11, 0.2, 0.6), Options.zero());
    Candidate one = result.candidates().get(0);
    assertThat(one.theta()).isEqualTo(1);
    assertThat(result.chosen().objective()).isLessThan(one.objective() - one.objectiveError());
    assertThat(one.isExact()).isFalse();
  }

  /** Among others than theta = 1, too, the earlier one is kept. */
  @Test
  void ofTwoAboutEqualThetasTheSmallerOneWins() {
    ClosedFormPath path = Integrands.sigmoids(11, 0.2, 0.6);
    PathResult best = select(path, Options.zero().search(ThetaCandidates.Search.EXACT));
    double theta = best.chosen().theta();
    assertThat(theta).isNotEqualTo(1);
    Options near =
        Options.zero()
            .search(ThetaCandidates.Search.EXACT)
            .theta(ThetaCandidates.of(theta, theta * (1 + 1e-9), theta * (1 + 2e-9)));
    assertThat(select(path, near).chosen().theta()).isEqualTo(theta);
  }

  // ---- the curve

  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void theCurveHasThetaOneFirstAndThenAscends(ThetaCandidates.Search search) {
    PathResult result =
        select(
            Integrands.sigmoids(1, 0.1, 0.3),
            Options.zero().search(search).theta(ThetaCandidates.of(3, 0.2, 1, 0.7, 3, 5)));
    assertThat(thetas(result)).containsExactly(1.0, 0.2, 0.7, 3.0, 5.0);
  }

  @Test
  void exactSearchHasOnlyExactEntries() {
    ClosedFormPath path = Integrands.sigmoids(1, 0.1, 0.3);
    PathResult result = select(path, Options.zero().search(ThetaCandidates.Search.EXACT));
    assertThat(result.candidates()).hasSize(11).allMatch(Candidate::isExact);
    assertThat(path.gradients()).isEqualTo(11 * 50);
    assertThat(result.l21AtThetaOne()).isCloseTo(objectiveAt(path, 1), within(1e-14));
  }

  @ParameterizedTest
  @EnumSource(value = ThetaCandidates.Search.class, names = "EXACT", mode = EnumSource.Mode.EXCLUDE)
  void sharedSearchSaysWhichEntriesAreExact(ThetaCandidates.Search search) {
    PathResult result = select(Integrands.sigmoids(1, 0.1, 0.3), Options.zero().search(search));
    assertThat(result.chosen().isExact()).isTrue();
    assertThat(result.candidates()).contains(result.chosen());
    assertThat(result.candidates())
        .filteredOn(c -> c.theta() != result.chosen().theta() && c.theta() != 1)
        .hasSizeGreaterThanOrEqualTo(9)
        .noneMatch(Candidate::isExact)
        .allMatch(c -> c.attribution() == null);
  }

  // ---- candidates

  @Test
  void aFixedThetaIsUsedEvenIfWorse() {
    ClosedFormPath path = Integrands.sigmoids(1, 0.1, 0.3);
    PathResult all = select(path, Options.zero().search(ThetaCandidates.Search.EXACT));
    double worst =
        all.candidates().stream().max(Comparator.comparingDouble(Candidate::l21)).get().theta();
    PathResult result = select(path, Options.zero().theta(ThetaCandidates.fixedAt(worst)));
    assertThat(result.chosen().theta()).isEqualTo(worst);
    assertThat(thetas(result)).startsWith(1.0).endsWith(worst);
    assertThat(result.candidates()).allMatch(Candidate::isExact);
    assertThat(result.l21AtThetaOne()).isCloseTo(objectiveAt(path, 1), within(1e-14));
  }

  @Test
  void thetaFixedAtOneIsComputedOnce() {
    ClosedFormPath path = Integrands.sigmoids(1, 0.1, 0.3);
    PathResult result = select(path, Options.zero().theta(ThetaCandidates.fixedAt(1)));
    assertThat(thetas(result)).containsExactly(1.0);
    assertThat(path.gradients()).isEqualTo(50);
  }

  @Test
  void plainIntegratedGradientsLookAtThetaOneOnly() {
    ClosedFormPath path = Integrands.sigmoids(1, 0.1, 0.3);
    for (Quadrature quadrature : Quadrature.values()) {
      Options options = Options.plain(quadrature, 20);
      PathResult result = select(path, options);
      assertThat(thetas(result)).containsExactly(1.0);
      assertThat(result.chosen().isExact()).isTrue();
      assertThat(result.l21AtThetaOne()).isEqualTo(result.chosen().l21());
    }
  }

  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void theContinuousSearchIsAsGoodAsAFineGrid(ThetaCandidates.Search search) {
    for (long seed = 0; seed < 10; seed++) {
      ClosedFormPath path = Integrands.sigmoids(seed, 0.1, 0.4);
      Options grid = Options.zero().search(search);
      Candidate coarse = select(path, grid).chosen();
      PathResult refined =
          select(path, Options.zero().search(search).theta(ThetaCandidates.refined()));
      assertThat(refined.candidates()).hasSize(12);
      assertThat(thetas(refined).subList(1, 12)).isSorted();
      assertThat(refined.chosen().objective())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(1.001 * coarse.objective());
      double local = Double.POSITIVE_INFINITY;
      for (int i = -200; i <= 200; i++) {
        double theta = refined.chosen().theta() * Math.exp(i * 1e-3);
        local = Math.min(local, theta < 0.1 || theta > 5 ? local : objectiveAt(path, theta));
      }
      assertThat(refined.chosen().objective()).as("seed %d", seed).isLessThan(1.003 * local);
    }
  }

  /** The right sum of a^3 grows with theta from 0.5 on; here it vanishes at one theta. */
  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void theContinuousSearchFindsAnIsolatedMinimum(ThetaCandidates.Search search) {
    double[] grid = {1, 0.6, 1.6, 2.5, 4};
    Options options = Options.zero().search(search).theta(new ThetaCandidates(grid, true, false));
    for (double theta : new double[] {0.65, 0.7, 0.9, 1.1, 1.15, 1.7, 2.2, 2.6, 3.5, 3.9}) {
      Quadrature.Rule rule = Quadrature.RIGHT.rule(50, theta);
      double mean = 0;
      for (int k = 0; k < 50; k++) {
        mean += rule.weights()[k] * Math.pow(rule.alphas()[k], 3);
      }
      double shift = mean;
      ClosedFormPath path =
          new ClosedFormPath(new double[] {1, 0}, 0, 1, a -> new double[] {a * a * a - shift, 0});
      PathResult result = select(path, options);
      // of two points that part an interval of at most 1e-3 by the golden ratio, the nearer one
      assertThat(Math.log(result.chosen().theta() / theta)).isCloseTo(0, within(0.385e-3));
      assertThat(thetas(result)).hasSize(6).startsWith(1.0);
      assertThat(thetas(result).subList(1, 6)).isSorted();
    }
  }

  /** Where no theta is within the gap, the search goes on around theta = 1. */
  @Test
  void theContinuousSearchWithoutACandidate() {
    ClosedFormPath path = Integrands.sigmoids(4, 0.1, 0.3);
    Options options = Options.zero().theta(ThetaCandidates.refined()).maxGap(1e-12);
    PathResult result = select(path, options);
    assertThat(result.noneWithinGap()).isTrue();
    double[] auto = ThetaCandidates.auto().values();
    assertThat(thetas(result))
        .filteredOn(t -> Arrays.stream(auto).noneMatch(a -> a == t))
        .singleElement()
        .satisfies(t -> assertThat(t).isBetween(auto[5], auto[7]));
  }

  @Test
  void theWholeCurveIsKnownWhereItIsNeeded() {
    List<Options> whole =
        List.of(
            Options.zero().search(ThetaCandidates.Search.SHARED_FULL_CURVE),
            Options.zero().theta(ThetaCandidates.refined()),
            Options.zero().maxGap(1e3));
    int unknown = 0;
    for (long seed = 0; seed < 20; seed++) {
      ClosedFormPath path = Integrands.sigmoids(seed, 0.05, 0.2);
      for (Options options : whole) {
        assertThat(select(path, options).candidates())
            .as("seed %d", seed)
            .allMatch(c -> isKnown(c));
      }
      unknown +=
          select(path, Options.zero()).candidates().stream().allMatch(c -> isKnown(c)) ? 0 : 1;
    }
    assertThat(unknown).as("curves of which the choice needs only a part").isPositive();
  }

  private static boolean isKnown(Candidate c) {
    return c.objectiveError() <= 1e-3 * c.objective();
  }

  // ---- the bound on the completeness gap

  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void onlyThetasWithinTheGapAreInTheRace(ThetaCandidates.Search search) {
    int changed = 0;
    for (long seed = 0; seed < 20; seed++) {
      ClosedFormPath path = Integrands.sigmoids(seed, 0.1, 0.3);
      double change = Math.abs(path.endScore());
      double bound = 0.1;
      double best = Double.POSITIVE_INFINITY;
      for (Candidate c :
          select(path, Options.zero().search(ThetaCandidates.Search.EXACT)).candidates()) {
        boolean within = c.gap() <= bound * change;
        best = within ? Math.min(best, c.objective()) : best;
      }
      PathResult result = select(path, Options.zero().search(search).maxGap(bound));
      assertThat(result.noneWithinGap()).as("seed %d", seed).isEqualTo(Double.isInfinite(best));
      if (!result.noneWithinGap()) {
        assertThat(result.chosen().gap()).isLessThanOrEqualTo(bound * change);
        assertThat(result.chosen().objective()).isLessThanOrEqualTo(1.001 * best);
        changed += select(path, Options.zero()).chosen().gap() > bound * change ? 1 : 0;
      }
    }
    assertThat(changed).as("cases where the bound decided").isPositive();
  }

  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void theSmallestGapIsReportedWhenNoneIsWithin(ThetaCandidates.Search search) {
    ClosedFormPath path = Integrands.sigmoids(4, 0.1, 0.3);
    PathResult exact = select(path, Options.zero().search(ThetaCandidates.Search.EXACT));
    double smallest = exact.candidates().stream().mapToDouble(Candidate::gap).min().orElseThrow();
    PathResult result = select(path, Options.zero().search(search).maxGap(1e-12));
    assertThat(result.noneWithinGap()).isTrue();
    assertThat(result.chosen().isExact()).isTrue();
    assertThat(result.chosen().gap()).isCloseTo(smallest, within(1e-3 * Math.abs(path.endScore())));
  }

  /** Of equal gaps that of theta = 1 is taken. */
  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void thetaOneIsPreferredWhenNoneIsWithin(ThetaCandidates.Search search) {
    ClosedFormPath flat = new ClosedFormPath(new double[] {1, 1}, 0, 1, a -> new double[] {0, 0});
    PathResult result = select(flat, Options.zero().search(search).maxGap(0.5));
    assertThat(result.noneWithinGap()).isTrue();
    assertThat(result.chosen().theta()).isEqualTo(1);
  }

  /** The estimated gaps are all above a bound that lies just above the exact one. */
  @Test
  void theFlagFollowsTheExactGapNotTheEstimate() {
    int crossed = 0;
    for (long seed = 0; seed < 200; seed++) {
      ClosedFormPath path = Integrands.sigmoids(seed, 0.05, 0.2);
      double change = Math.abs(path.endScore());
      ThetaCurve nodes = new ThetaCurve(path, Integrands.objective(path), 50);
      Candidate estimate =
          nodes.search(ThetaCandidates.auto().values(), true, 1e-3).stream()
              .min(Comparator.comparingDouble(Candidate::gap))
              .orElseThrow();
      double[] g = path.integrate(Quadrature.RIGHT.rule(50, estimate.theta()));
      double gap = Integrands.objective(path).exact(estimate.theta(), g).gap();
      if (gap < estimate.gap()) {
        crossed++;
        double bound = (gap + estimate.gap()) / 2 / change;
        PathResult result = select(path, Options.zero().maxGap(bound));
        assertThat(result.noneWithinGap()).as("seed %d", seed).isFalse();
        assertThat(result.chosen().gap()).isLessThanOrEqualTo(bound * change);
      }
    }
    assertThat(crossed).isGreaterThan(20);
  }

  /** No change, no relative gap, and nothing to say of a bound on it. */
  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void aScoreThatDoesNotChangeMissesNoBound(ThetaCandidates.Search search) {
    ClosedFormPath still = new ClosedFormPath(new double[] {1, 1}, 3, 3, a -> new double[] {a, -a});
    Options one = Options.zero().theta(ThetaCandidates.fixedAt(2)).maxGap(0.05);
    assertThat(select(still, one).noneWithinGap()).isFalse();
    for (ThetaCandidates thetas : List.of(ThetaCandidates.auto(), ThetaCandidates.refined())) {
      Options options = Options.zero().search(search).theta(thetas).maxGap(0.05);
      assertThat(select(still, options).noneWithinGap()).isFalse();
    }
  }

  @Test
  void theBoundHoldsForOneThetaToo() {
    ClosedFormPath path = Integrands.sigmoids(4, 0.1, 0.3);
    Options fixed = Options.zero().theta(ThetaCandidates.fixedAt(0.1));
    assertThat(select(path, fixed.maxGap(1e-12)).noneWithinGap()).isTrue();
    assertThat(select(path, fixed.maxGap(1e12)).noneWithinGap()).isFalse();
    Candidate one = select(path, fixed.maxGap(null)).chosen();
    Double relative = Integrands.objective(path).relativeGap(one.gap());
    assertThat(select(path, fixed.maxGap(relative)).noneWithinGap()).isFalse();
  }

  // ---- the objective

  /** Rows (3, -4) and (0, 2), one of them special, and one tabular value. */
  @Test
  void objectiveByHand() {
    ClosedFormPath path =
        new ClosedFormPath(
            new double[] {3, -4, 0, 2, 5, 1, 7}, 1, 11, a -> new double[] {1, 1, 9, 2, 1, 1, 2});
    double[] g = path.integrate(Quadrature.RIGHT.rule(5, 1));
    AttributionNorms objective = Integrands.norms(path, 2, 0.5, 2, true, true, false);
    Candidate c = objective.exact(1, g);
    assertThat(c.attribution())
        .containsExactly(new double[] {3, -4, 0, 4, 5, 1, 14}, within(1e-14));
    assertThat(c.l21()).isCloseTo(5 + 4, within(1e-14));
    assertThat(c.objective()).isCloseTo(2 * 9 + 0.5 * (7 + 4), within(1e-14));
    assertThat(c.gap()).isCloseTo(23 - 10, within(1e-13));
    assertThat(objective.relativeGap(c.gap())).isCloseTo(1.3, within(1e-14));
  }

  @Test
  void theRelativeGapOfNoChangeIsNull() {
    for (double change : new double[] {0, 9e-10, -9e-10, 1e-9, 1.1e-9}) {
      ClosedFormPath path =
          new ClosedFormPath(new double[] {1, 1}, 0, change, a -> new double[] {1, 1});
      Double relative = Integrands.objective(path).relativeGap(2);
      assertThat(relative == null).as("change %s", change).isEqualTo(Math.abs(change) < 1e-9);
    }
  }

  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void lambdaL1Decides(ThetaCandidates.Search search) {
    int different = 0;
    for (long seed = 0; seed < 30; seed++) {
      ClosedFormPath path = Integrands.sigmoids(seed, 0.1, 0.3);
      Options exact = Options.zero().search(ThetaCandidates.Search.EXACT).lambdas(0, 1);
      double best =
          select(path, exact).candidates().stream()
              .mapToDouble(Candidate::objective)
              .min()
              .getAsDouble();
      Candidate l1 = select(path, Options.zero().search(search).lambdas(0, 1)).chosen();
      assertThat(l1.objective()).isLessThanOrEqualTo(1.001 * best);
      different += select(path, Options.zero()).chosen().theta() == l1.theta() ? 0 : 1;
    }
    assertThat(different).as("patients whose theta depends on the norm").isPositive();
  }
}
