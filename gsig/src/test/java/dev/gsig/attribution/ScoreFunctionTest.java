package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreFunctionTest {
  private static final double[][] LOGITS = {
    {0.3}, {-2.5}, {4}, {0.1, -0.7}, {1.5, -0.5, 2.5}, {-3, 0, 0, 2, 1}
  };
  private static final double[] EXTREMES = {0, 36, -36, 40, -40, 745, -745, 1e4, -1e4, 1e300};

  private static ScoreFunction logit(int c, int labels) {
    return new ScoreFunction(false, c, labels, false);
  }

  private static ScoreFunction probability(int c, int labels) {
    return new ScoreFunction(true, c, labels, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gradientAgreesWithCentralDifferences(boolean isProbability) {
    double h = 1e-5;
    for (double[] z : LOGITS) {
      for (int c = 0; c < Math.max(2, z.length); c++) {
        for (boolean multiLabel : new boolean[] {false, z.length > 1}) {
          ScoreFunction f = new ScoreFunction(isProbability, c, z.length, multiLabel);
          double[] gradient = f.gradient(z);
          for (int i = 0; i < z.length; i++) {
            double[] up = z.clone();
            double[] down = z.clone();
            up[i] += h;
            down[i] -= h;
            double numeric = (f.score(up) - f.score(down)) / (2 * h);
            assertThat(gradient[i]).isCloseTo(numeric, within(1e-9));
          }
        }
      }
    }
  }

  /** sigmoid(log 3) is 3/4, whatever the other labels say. */
  @Test
  void aLabelOfAMultiLabelModelHasASigmoidOfItsOwn() {
    double[] z = {Math.log(3), 100, -Math.log(3)};
    ScoreFunction first = new ScoreFunction(true, 0, 3, true);
    assertThat(first.score(z)).isCloseTo(0.75, within(1e-15));
    assertThat(first.gradient(z)).containsExactly(new double[] {3 / 16.0, 0, 0}, within(1e-15));
    assertThat(new ScoreFunction(false, 2, 3, true).score(z)).isEqualTo(-Math.log(3));
  }

  @Test
  void predictionOfAMultiLabelModelTellsEveryLabel() {
    List<String> names = List.of("diabetes", "ckd", "copd");
    Labels labels = new Labels(3, true, names);
    double[] z = {-Math.log(3), Math.log(3), 0};
    Prediction p = Prediction.of(z, labels);
    assertThat(p.predictedClass()).isEqualTo(1);
    assertThat(p.className()).isEqualTo("ckd");
    assertThat(p.logit()).isEqualTo(Math.log(3));
    assertThat(p.probability()).isEqualTo(p.labels().get(1).probability());
    assertThat(p.labels()).extracting(Prediction.Label::name).isEqualTo(names);
    assertThat(p.labels()).extracting(Prediction.Label::label).containsExactly(0, 1, 2);
    assertThat(p.labels().get(0).probability()).isCloseTo(0.25, within(1e-15));
    assertThat(p.labels().get(1).probability()).isCloseTo(0.75, within(1e-15));
    assertThat(p.labels().get(2).probability()).isEqualTo(0.5);
  }

  @Test
  void predictionOfSeveralClassesTellsEachInOrder() {
    Prediction p =
        Prediction.of(
            new double[] {0, Math.log(2), Math.log(5)},
            new Labels(3, false, List.of("home", "ward", "icu")));
    assertThat(p.labels()).isEmpty();
    assertThat(p.classes())
        .extracting(Prediction.Label::name)
        .containsExactly("home", "ward", "icu");
    assertThat(p.classes()).extracting(Prediction.Label::label).containsExactly(0, 1, 2);
    double[] told = p.classes().stream().mapToDouble(Prediction.Label::probability).toArray();
    assertThat(told).containsExactly(new double[] {1 / 8.0, 2 / 8.0, 5 / 8.0}, within(1e-15));
    assertThat(p.probability()).isEqualTo(told[2]);
  }

  /** A thousand bars would tell nobody anything. */
  @Test
  void predictionOfVeryManyClassesTellsTheStrongest() {
    double[] z = IntStream.range(0, 51).mapToDouble(c -> c % 17 - 0.01 * c).toArray();
    Prediction p = predict(z);
    assertThat(p.classes())
        .extracting(Prediction.Label::label)
        .containsExactly(16, 33, 50, 15, 32, 49, 14, 31, 48, 13);
    double[] softmax = ScoreFunction.softmax(z);
    p.classes().forEach(c -> assertThat(c.probability()).isEqualTo(softmax[c.label()]));
    assertThat(predict(Arrays.copyOf(z, 50)).classes()).hasSize(50);
  }

  @Test
  void scoresByHand() {
    double[] one = {Math.log(3)};
    assertThat(logit(1, 1).score(one)).isEqualTo(Math.log(3));
    assertThat(logit(0, 1).score(one)).isEqualTo(-Math.log(3));
    double tiny = 1e-15;
    assertThat(probability(1, 1).score(one)).isCloseTo(0.75, within(tiny));
    assertThat(probability(0, 1).score(one)).isCloseTo(0.25, within(tiny));
    double[] three = {0, Math.log(2), Math.log(5)};
    assertThat(logit(2, 3).score(three)).isEqualTo(Math.log(5));
    assertThat(probability(2, 3).score(three)).isCloseTo(5 / 8.0, within(tiny));
    assertThat(probability(1, 3).gradient(three))
        .containsExactly(new double[] {-2 / 64.0, 12 / 64.0, -10 / 64.0}, within(tiny));
  }

  @Test
  void probabilitiesStayProbabilitiesAtTheExtremes() {
    for (double z : EXTREMES) {
      double p = probability(1, 1).score(new double[] {z});
      double q = probability(0, 1).score(new double[] {z});
      assertThat(p).isBetween(0.0, 1.0);
      assertThat(p + q).isCloseTo(1, within(1e-15));
      for (double[] logits : new double[][] {{z, 0}, {0, z}, {z, z}, {z, -z}, {z, z - 1, 0}}) {
        double sum = 0;
        for (int c = 0; c < logits.length; c++) {
          ScoreFunction f = probability(c, logits.length);
          assertThat(f.score(logits)).isBetween(0.0, 1.0);
          for (double g : f.gradient(logits)) {
            assertThat(g).isBetween(-0.25, 0.25);
          }
          sum += f.score(logits);
        }
        assertThat(sum).isCloseTo(1, within(1e-15));
      }
    }
  }

  /** The small tail is not lost: sigmoid(-40) = exp(-40) to the last digits. */
  @Test
  void aSmallProbabilityKeepsItsDigits() {
    double tail = probability(1, 1).score(new double[] {-40});
    assertThat(tail / Math.exp(-40)).isCloseTo(1, within(1e-14));
    double[] g = probability(1, 1).gradient(new double[] {-40});
    assertThat(g[0] / Math.exp(-40)).isCloseTo(1, within(1e-14));
  }

  private static Prediction predict(double[] logits) {
    return Prediction.of(logits, new Labels(logits.length));
  }

  @Test
  void predictionOfOneLabelIsThatOfClassOne() {
    assertThat(predict(new double[] {0})).isEqualTo(new Prediction(0, 0.5, 0));
    Prediction positive = predict(new double[] {Math.log(3)});
    assertThat(positive.predictedClass()).isEqualTo(1);
    assertThat(positive.logit()).isEqualTo(Math.log(3));
    assertThat(positive.probability()).isCloseTo(0.75, within(1e-15));
    Prediction negative = predict(new double[] {-Math.log(3)});
    assertThat(negative.predictedClass()).isEqualTo(0);
    assertThat(negative.probability()).isCloseTo(0.25, within(1e-15));
  }

  @Test
  void predictionOfSeveralLabelsIsTheLargest() {
    Prediction p = predict(new double[] {0, Math.log(5), Math.log(2)});
    assertThat(p.predictedClass()).isEqualTo(1);
    assertThat(p.logit()).isEqualTo(Math.log(5));
    assertThat(p.probability()).isCloseTo(5 / 8.0, within(1e-15));
    assertThat(predict(new double[] {2, 2}).predictedClass()).isEqualTo(0);
  }
}
