package dev.gsig.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void sizeIsTheProductOfTheAxes() {
    assertThat(new Shape(2, 3, 5).size()).isEqualTo(30);
    assertThat(Shape.matrix(3, 5)).isEqualTo(new Shape(1, 3, 5));
    assertThat(new Shape(2, 3, 5).withCols(7)).isEqualTo(new Shape(2, 3, 7));
    assertThat(new Shape(2, 3, 5).withBatch(7)).isEqualTo(new Shape(7, 3, 5));
    assertThat(new Shape(2, 3, 5)).hasToString("[2, 3, 5]");
  }

  @Test
  void aSizeBeyondTheLargestArrayIsRefused() {
    Shape huge = new Shape(1 << 12, 1 << 12, 1 << 12);
    assertThatThrownBy(huge::size).isInstanceOf(ArithmeticException.class);
    Shape atOnce = new Shape(1, 1 << 16, 1 << 16);
    assertThatThrownBy(atOnce::size).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void emptyAxesAreRefused() {
    for (int[] s : new int[][] {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {-1, 1, 1}}) {
      assertThatThrownBy(() -> new Shape(s[0], s[1], s[2]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[" + s[0] + ", " + s[1] + ", " + s[2] + "]");
    }
  }
}
