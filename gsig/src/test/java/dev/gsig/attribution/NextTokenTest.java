package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Targets among the tokens that may come next, worked out by hand: the patient CLS a b c has {@code
 * logit_v = row of v . (4, -2)}, of which a has 6, b -10 and c 20.
 */
class NextTokenTest {
  private static final double[] LOGITS = {3, 4, -2, -2, -0.5, 6, -10, 20};
  private static final Trajectory PATIENT = HandMadeModel.abThenC(Map.of());

  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void load() {
    model = HandMadeModel.nextToken().load(folder.resolve("model"));
  }

  private Attribution explain(String target) {
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.IG)
            .tolerance(1e-6)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.MEAN)
            .target(Target.next(target, model.labels()))
            .build();
    return Explainer.of(model, null, options).explain(PATIENT);
  }

  private static double logSum(double... values) {
    return Math.log(DoubleStream.of(values).map(Math::exp).sum());
  }

  @Test
  void theModelIsWorkedOutByHand() {
    assertThat(model.logits(PATIENT)).containsExactly(LOGITS);
    assertThat(model.labels().className(5)).isEqualTo("a");
    assertThat(model.predict(PATIENT).className()).isEqualTo("c");
    assertThat(model.predict(PATIENT).classes()).isEmpty(); // a vocabulary is no list of classes
  }

  @Test
  void scores() throws IOException {
    Path set = folder.resolve("failure.txt");
    Files.writeString(set, "a\n\nb\na\n");
    double all = logSum(LOGITS);
    Map<String, Double> expected =
        Map.of(
            "next:a",
            6.0,
            "next-logprob:a",
            6 - all,
            "next:a/b",
            16.0,
            "next:" + set,
            logSum(6, -10) - all);
    expected.forEach(
        (target, score) -> {
          Attribution a = explain(target);
          assertThat(a.score()).as(target).isCloseTo(score, within(1e-12));
          assertThat(a.explainedClassName()).isEqualTo(target);
          double sum = a.tokens().stream().mapToDouble(t -> t.scores().signed()).sum();
          assertThat(sum)
              .as(target)
              .isCloseTo(a.score() - a.baselineScore(), within(1e-5 * Math.abs(score)));
        });
    assertThat(explain("next:" + set).explainedProbability())
        .isCloseTo(Math.exp(logSum(6, -10) - all), within(1e-12));
    assertThat(explain("next:a/b").baselineScore()).isZero();
  }

  /** The score depends on the last token alone. */
  @Test
  void earlierTokensHaveNoPart() {
    Attribution a = explain("next-logprob:a");
    assertThat(a.tokens()).hasSize(3);
    assertThat(a.tokens().get(0).scores().signed()).isZero();
    assertThat(a.tokens().get(1).scores().signed()).isZero();
    assertThat(explain("next:a").tokens().get(2).scores().signed()).isCloseTo(6, within(1e-12));
  }

  @Test
  void gradients() {
    Random random = new Random(3);
    double[] z = random.doubles(9, -3, 3).toArray();
    for (ScoreFunction f :
        new ScoreFunction[] {
          ScoreFunction.ofTokens(new int[] {2}, null, 9),
          ScoreFunction.ofTokens(new int[] {2, 7}, new int[0], 9),
          ScoreFunction.ofTokens(new int[] {1, 4}, new int[] {4, 5, 8}, 9)
        }) {
      double[] g = f.gradient(z);
      for (int k = 0; k < z.length; k++) {
        double[] up = z.clone();
        double[] down = z.clone();
        up[k] += 1e-5;
        down[k] -= 1e-5;
        assertThat(g[k]).isCloseTo((f.score(up) - f.score(down)) / 2e-5, within(1e-8));
      }
    }
  }

  @Test
  void logitsOutOfRangeDoNotOverflow() {
    double[] z = {2000, 1999, -2000};
    assertThat(ScoreFunction.ofTokens(new int[] {1}, new int[0], 3).score(z))
        .isCloseTo(-1 - Math.log1p(Math.exp(-1)), within(1e-12));
  }

  @Test
  void refusals() throws IOException {
    refused("next:d", "names no code of the model, no two codes with a / between them");
    refused("next-logprob:a/b", "--target next-logprob:a/b names no code of the model");
    Path set = folder.resolve("set.txt");
    Files.writeString(set, "a\nzz\n");
    refused("next:" + set, "\"zz\" is no code of the model; remove it");
    Files.writeString(set, "\n");
    refused("next:" + set, "names no code; give one a line");
    assertThatThrownBy(() -> Explainer.of(model, null, zero().build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "predicts the next token; name what is explained: --target next:CODE");
    assertThatThrownBy(
            () ->
                Explainer.of(
                    model,
                    null,
                    zero().target(Target.next("next:a", model.labels())).explainedClass(5).build()))
        .hasMessage("the target next:a is of no class; leave the class out");
    Model other = HandMadeModel.binary(1, 1, 0).load(folder.resolve("classes"));
    assertThatThrownBy(
            () ->
                Explainer.of(
                    other, null, zero().target(Target.next("next:a", model.labels())).build()))
        .hasMessageContaining("is of a model that predicts the next token");
  }

  /** A token may be explained as the class that it is, too. */
  @Test
  void aTokenIsAClass() {
    Attribution a =
        Explainer.of(model, null, zero().explainedClass(5).target(Target.PROBABILITY).build())
            .explain(PATIENT);
    assertThat(a.score()).isCloseTo(Math.exp(6 - logSum(LOGITS)), within(1e-12));
    assertThat(a.explainedClassName()).isEqualTo("a");
  }

  private static ExplainOptions.Builder zero() {
    return ExplainOptions.DEFAULT.toBuilder()
        .baselines(SequenceBaselines.ZERO, TabularBaselines.MEAN);
  }

  private void refused(String target, String message) {
    assertThatThrownBy(() -> Target.next(target, model.labels()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }
}
