package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainOptionsTest {
  private static void assertRefused(Options options, String message, Object... parts) {
    assertThatThrownBy(options::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message, parts);
  }

  @Test
  void theDefaultIsWhatThePaperDoes() {
    ExplainOptions o = ExplainOptions.DEFAULT;
    assertThat(o.method()).isEqualTo(PathMethods.GSIG);
    assertThat(o.path().steps()).isEqualTo(50);
    assertThat(o.path().quadrature()).isEqualTo(Quadrature.RIGHT);
    assertThat(o.path().theta().values()).containsExactly(ThetaCandidates.auto().values());
    assertThat(o.path().lambdaGroup()).isEqualTo(1);
    assertThat(o.path().lambdaL1()).isEqualTo(0);
    assertThat(o.sequenceBaseline()).isEqualTo(SequenceBaselines.MANIFOLD_MEAN);
    assertThat(o.tabularBaseline()).isEqualTo(TabularBaselines.MEAN);
    assertThat(o.target()).isEqualTo(Target.LOGIT);
    assertThat(o.explainedClass()).isNull();
    assertThat(o.path().maxCompletenessGap()).isNull();
  }

  @Test
  void withMethodChangesNothingElse() {
    ExplainOptions plain = ExplainOptions.DEFAULT.withMethod(PathMethods.IG);
    assertThat(plain.method()).isEqualTo(PathMethods.IG);
    assertThat(plain.withMethod(PathMethods.GSIG)).isEqualTo(ExplainOptions.DEFAULT);
  }

  @Test
  void theBuilderSetsWhatItIsToldAndNothingElse() {
    ThetaCandidates theta = ThetaCandidates.parse("list:0.5,2");
    ExplainOptions built =
        ExplainOptions.DEFAULT.toBuilder()
            .steps(7)
            .theta(theta, ThetaCandidates.Search.EXACT)
            .objective(0.5, 0.25)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.SELF)
            .target(Target.PROBABILITY)
            .explainedClass(0)
            .maxCompletenessGap(0.05)
            .build();

    assertThat(built)
        .isEqualTo(
            new ExplainOptions(
                PathMethods.GSIG,
                new PathOptions(
                    7,
                    Quadrature.RIGHT,
                    null,
                    theta,
                    ThetaCandidates.Search.EXACT,
                    0.5,
                    0.25,
                    0.05),
                SequenceBaselines.ZERO,
                TabularBaselines.SELF,
                Target.PROBABILITY,
                0));
    assertThat(
            ExplainOptions.DEFAULT.toBuilder()
                .method(PathMethods.IG)
                .quadrature(Quadrature.LEFT)
                .build()
                .path()
                .quadrature())
        .isEqualTo(Quadrature.LEFT);
    assertThat(ExplainOptions.DEFAULT.toBuilder().build()).isEqualTo(ExplainOptions.DEFAULT);
  }

  @Test
  void theBuilderSetsTheSampling() {
    ExplainOptions built =
        ExplainOptions.DEFAULT.toBuilder().method(PathMethods.SHAPLEY).sampling(9, 4).build();
    assertThat(built.path().sampling()).isEqualTo(new PathOptions.Sampling(9, 4));
    assertThat(built.toBuilder().build()).isEqualTo(built);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_000_001, Integer.MIN_VALUE})
  void stepsOutOfRange(int steps) {
    assertRefused(Options.zero().steps(steps), "steps must be 1 to 1000000, but is %s", steps);
  }

  @Test
  void theNamesOnTheCommandLine() {
    assertThat(PathMethods.named())
        .extracting(PathMethod::label)
        .containsExactly(
            "gsig",
            "ig",
            "bounded-measure",
            "expected-gradients",
            "idgi",
            "guided-ig",
            "dig",
            "shapley");
    assertThat(Target.ofClasses())
        .extracting(Target::label)
        .containsExactly("logit", "probability");
    assertThat(ThetaCandidates.Search.values())
        .extracting(ThetaCandidates.Search::label)
        .containsExactly("shared", "shared-full-curve", "exact");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_000_000})
  void stepsWithinTheRange(int steps) {
    assertThat(Options.zero().steps(steps).build().path().steps()).isEqualTo(steps);
  }

  @Test
  void otherQuadraturesNeedMethodIg() {
    for (Quadrature q : Quadrature.values()) {
      assertThat(Options.plain(q, 10).build().path().quadrature()).isEqualTo(q);
      if (q != Quadrature.RIGHT) {
        Options gsig = Options.plain(q, 10);
        gsig.method = PathMethods.GSIG;
        assertRefused(
            gsig,
            "quadrature is for --method ig, expected-gradients; gsig makes no use of it, leave it"
                + " out");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "-1,2",
    "1,-0.5",
    "NaN,1",
    "1,NaN",
    "Infinity,0",
    "0,Infinity",
    "Infinity,Infinity"
  })
  void lambdas(double group, double l1) {
    assertRefused(
        Options.zero().lambdas(group, l1),
        "lambda-group and lambda-l1 must be 0 or more, finite, and not both 0");
  }

  /** Every option that a method makes no use of, set to something that another method would use. */
  @ParameterizedTest
  @EnumSource(MethodOption.class)
  void whatAMethodMakesNoUseOfIsRefused(MethodOption option) {
    Map<MethodOption, Consumer<Options>> settings =
        Map.of(
            MethodOption.THETA, o -> o.theta = ThetaCandidates.fixedAt(2),
            MethodOption.THETA_SEARCH, o -> o.search = ThetaCandidates.Search.EXACT,
            MethodOption.THETA_CURVE, o -> o.search = ThetaCandidates.Search.SHARED_FULL_CURVE,
            MethodOption.LAMBDA_GROUP, o -> o.lambdaGroup = 2,
            MethodOption.LAMBDA_L1, o -> o.lambdaL1 = 1,
            MethodOption.MAX_COMPLETENESS_GAP, o -> o.maxGap = 0.1,
            MethodOption.QUADRATURE, o -> o.quadrature = Quadrature.MIDPOINT,
            MethodOption.STEPS, o -> o.steps = 7,
            MethodOption.PERMUTATIONS, o -> o.sampling = new PathOptions.Sampling(10, 1),
            MethodOption.SEED, o -> o.sampling = new PathOptions.Sampling(64, 2));
    for (PathMethod method : PathMethods.named()) {
      Options options = Options.zero();
      options.method = method;
      if (method == PathMethods.EXPECTED_GRADIENTS) {
        options.baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES);
      }
      options.build();
      if (settings.containsKey(option)) {
        settings.get(option).accept(options);
        if (option.isUsedBy(method)) {
          assertThat(options.build().method()).isEqualTo(method);
        } else {
          assertThatThrownBy(options::build)
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining(method.label() + " makes no use of it");
        }
      }
    }
  }

  /** One theta leaves nothing to choose, but its gap may be held against a bound. */
  @Test
  void whatChoosesAmongThetasIsRefusedWithOne() {
    ThetaCandidates one = ThetaCandidates.fixedAt(2);
    String message =
        "%s chooses among several thetas; one is given and used as it is, leave it out";
    assertRefused(
        Options.zero().theta(one).search(ThetaCandidates.Search.EXACT), message, "theta-search");
    assertRefused(Options.zero().theta(one).lambdas(2, 0), message, "lambda-group");
    assertRefused(Options.zero().theta(one).lambdas(1, 1), message, "lambda-l1");
    ThetaCandidates alone = ThetaCandidates.of(1);
    assertRefused(Options.zero().theta(alone).lambdas(1, 1), message, "lambda-l1");
    assertThat(Options.zero().theta(one).maxGap(0.1).build().path().maxCompletenessGap())
        .isEqualTo(0.1);
  }

  @Test
  void eitherLambdaMayBeZero() {
    assertThat(Options.zero().lambdas(0, 2).build().path().lambdaL1()).isEqualTo(2);
    assertThat(Options.zero().lambdas(2, 0).build().path().lambdaGroup()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, Double.NaN})
  void theLargestGapMustBePositive(double gap) {
    assertRefused(
        Options.zero().maxGap(gap), "the largest completeness gap must be above 0, but is %s", gap);
  }
}
