package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Figures worked out by hand, ties included. */
class MetricsTest {
  private static final Offset<Double> ROUNDING = within(1e-15);

  private static boolean[] truth(int... labels) {
    boolean[] positive = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      positive[i] = labels[i] == 1;
    }
    return positive;
  }

  @Test
  void withoutTies() {
    boolean[] y = truth(1, 0, 1, 0, 0);
    double[] p = {0.9, 0.8, 0.7, 0.2, 0.1};
    // pairs won: 0.9 beats all three, 0.7 beats two of three
    assertThat(Metrics.auroc(y, p)).isCloseTo(5.0 / 6, ROUNDING);
    // positives are found at ranks 1 and 3
    assertThat(Metrics.auprc(y, p)).isCloseTo((1 + 2.0 / 3) / 2, ROUNDING);
    assertThat(Metrics.brier(y, p))
        .isCloseTo((0.01 + 0.64 + 0.09 + 0.04 + 0.01) / 5, within(1e-15));
  }

  @Test
  void aTieCountsHalfAndIsOneStepOfThePrecisionRecallCurve() {
    boolean[] y = truth(1, 0, 1, 0);
    double[] p = {0.5, 0.5, 0.3, 0.3};
    // pairs: tie, win, loss, tie
    assertThat(Metrics.auroc(y, p)).isEqualTo(0.5);
    // half of the recall at precision 1/2, the other half at precision 2/4
    assertThat(Metrics.auprc(y, p)).isEqualTo(0.5);
  }

  @Test
  void allScoresTied() {
    boolean[] y = truth(1, 0, 0, 0);
    double[] p = {0.4, 0.4, 0.4, 0.4};
    assertThat(Metrics.auroc(y, p)).isEqualTo(0.5);
    assertThat(Metrics.auprc(y, p)).isEqualTo(0.25);
  }

  @Test
  void perfectAndReversed() {
    boolean[] y = truth(0, 0, 1, 1);
    assertThat(Metrics.auroc(y, new double[] {1, 2, 3, 4})).isEqualTo(1);
    assertThat(Metrics.auprc(y, new double[] {1, 2, 3, 4})).isEqualTo(1);
    assertThat(Metrics.auroc(y, new double[] {4, 3, 2, 1})).isZero();
    assertThat(Metrics.auprc(y, new double[] {4, 3, 2, 1}))
        .isCloseTo((1.0 / 3 + 2.0 / 4) / 2, ROUNDING);
  }

  @Test
  void oneClassHasNoAuroc() {
    assertThat(Metrics.auroc(truth(1, 1), new double[] {1, 2})).isNaN();
    assertThat(Metrics.auprc(truth(0, 0), new double[] {1, 2})).isNaN();
  }

  @Test
  void severalClassesAreAveraged() {
    double[][] p = {{0.6, 0.3, 0.1}, {0.2, 0.5, 0.3}, {0.5, 0.1, 0.4}};
    Metrics m = Metrics.of(new int[] {0, 1, 2}, p);
    assertThat(m.auroc()).isEqualTo(1);
    assertThat(m.auprc()).isEqualTo(1);
    double first = 0.16 + 0.09 + 0.01;
    double second = 0.04 + 0.25 + 0.09;
    double third = 0.25 + 0.01 + 0.36;
    assertThat(m.brier()).isCloseTo((first + second + third) / 3, ROUNDING);
  }

  @Test
  void labelsAreAveragedButThoseThatTellNothingApart() {
    List<int[]> truth = List.of(new int[] {1, 0, 1}, new int[] {0, 0, 1}, new int[] {1, 0, 0});
    double[][] p = {{0.9, 0.1, 0.2}, {0.5, 0.2, 0.3}, {0.4, 0.3, 0.6}};

    Metrics macro = Metrics.macro(truth, p);

    // of the first label one of two pairs, of the third none
    assertThat(macro.auroc()).isEqualTo(0.25);
    double first = (1 + 2 / 3.0) / 2;
    double third = (1 / 2.0 + 2 / 3.0) / 2;
    assertThat(macro.auprc()).isCloseTo((first + third) / 2, ROUNDING);
    double brier = 0.01 + 0.25 + 0.36 + 0.01 + 0.04 + 0.09 + 0.64 + 0.49 + 0.36;
    assertThat(macro.brier()).isCloseTo(brier / 9, ROUNDING);
    assertThat(Metrics.ofLabel(truth, p, 1).auroc()).isNaN();
    LabelMetrics label = LabelMetrics.of(1, "ckd", truth, p, 1);
    assertThat(label.positives()).isZero();
    assertThat(label.auroc()).isNull();
    assertThat(label.toJson()).containsEntry("auroc", null).containsEntry("name", "ckd");
  }

  /** Balanced, those with a label and those without count alike; given, those with it. */
  @Test
  void weightsOfLabels() {
    List<int[]> truth =
        List.of(new int[] {1, 0}, new int[] {0, 0}, new int[] {0, 0}, new int[] {0, 1});
    assertThat(ClassWeighting.parse("none").weights(truth, 2)).containsOnly(1);
    assertThat(ClassWeighting.parse("balanced").weights(truth, 2))
        .containsExactly(4 / 6.0, 2, 4 / 6.0, 2);
    assertThat(ClassWeighting.parse("3,0.5").weights(truth, 2)).containsExactly(1, 3, 1, 0.5);
    assertThatThrownBy(() -> ClassWeighting.parse("1,2,3").weights(truth, 2))
        .hasMessage("--class-weight gives 3 weights, but the model has 2 labels");
  }

  @Test
  void twoColumnsAreReadAsTheSecond() {
    double[][] p = {{0.1, 0.9}, {0.8, 0.2}};
    assertThat(Metrics.of(new int[] {1, 0}, p))
        .isEqualTo(Metrics.of(new int[] {1, 0}, new double[][] {{0.9}, {0.2}}));
  }

  @Test
  void theIntervalHoldsTheAurocAndIsTheSameEachTime() {
    boolean[] y = new boolean[200];
    double[] p = new double[200];
    java.util.Random random = new java.util.Random(3);
    for (int i = 0; i < y.length; i++) {
      y[i] = i % 4 == 0;
      p[i] = random.nextGaussian() + (y[i] ? 1 : 0);
    }
    AurocInterval interval = AurocInterval.of(y, p, 1);
    assertThat(interval.auroc()).isEqualTo(Metrics.auroc(y, p));
    assertThat(interval.auroc()).isBetween(interval.low(), interval.high());
    // Hanley and McNeil (1982) for this AUROC and these numbers of patients
    double q1 = interval.auroc() / (2 - interval.auroc());
    double q2 = 2 * interval.auroc() * interval.auroc() / (1 + interval.auroc());
    double a2 = interval.auroc() * interval.auroc();
    double variance =
        (interval.auroc() * (1 - interval.auroc()) + 49 * (q1 - a2) + 149 * (q2 - a2))
            / (50.0 * 150);
    double width = 2 * 1.96 * Math.sqrt(variance);
    assertThat(interval.high() - interval.low()).isCloseTo(width, within(0.3 * width));
    assertThat(AurocInterval.of(y, p, 1)).isEqualTo(interval);
  }
}
