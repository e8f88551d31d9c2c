package dev.gsig.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend.AttentionSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionSpecTest {
  @Test
  void onlyMinusInfinityRemovesKeys() {
    assertThat(new AttentionSpec(1, 1, 1, Double.NEGATIVE_INFINITY).removesMaskedKeys()).isTrue();
    assertThat(new AttentionSpec(1, 1, 1, -Double.MAX_VALUE).removesMaskedKeys()).isFalse();
    assertThat(new AttentionSpec(1, 1, 1, 0).removesMaskedKeys()).isFalse();
  }

  @Test
  void probabilitiesHoldWholePanelsOfKeys() {
    AttentionSpec spec = new AttentionSpec(3, 5, 1, 0);
    assertThat(spec.width()).isEqualTo(15);
    for (int keys : new int[] {1, 15, 16, 17, 207}) {
      Shape p = spec.probabilities(new Shape(2, 7, 15), new Shape(2, keys, 30));
      assertThat(p).isEqualTo(new Shape(6, 7, (keys + 15) / 16 * 16));
    }
  }

  @Test
  void headsShareKeysInGroups() {
    double removed = Double.NEGATIVE_INFINITY;
    AttentionSpec spec = new AttentionSpec(6, 2, 5, 1, removed, List.of());
    assertThat(spec.width()).isEqualTo(30);
    assertThat(spec.keyWidth()).isEqualTo(10);
    assertThat(spec.group()).isEqualTo(3);
    assertThat(spec.slope(5)).isZero();
    for (int heads : new int[] {0, -1, 4, 12}) {
      assertThatThrownBy(() -> new AttentionSpec(6, heads, 5, 1, removed, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("6 heads");
    }
    for (List<Double> slopes : List.of(List.of(1.0), List.of(1.0, Double.NaN))) {
      assertThatThrownBy(() -> new AttentionSpec(2, 2, 5, 1, removed, slopes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("slopes");
    }
  }

  @Test
  void nonsenseIsRefused() {
    double[][] wrong = {
      {0, 1, 1, 0},
      {1, 0, 1, 0},
      {1, 1, Double.NaN, 0},
      {1, 1, Double.POSITIVE_INFINITY, 0},
      {1, 1, 1, Double.NaN},
      {1, 1, 1, Double.POSITIVE_INFINITY}
    };
    for (double[] w : wrong) {
      assertThatThrownBy(() -> new AttentionSpec((int) w[0], (int) w[1], w[2], w[3]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
