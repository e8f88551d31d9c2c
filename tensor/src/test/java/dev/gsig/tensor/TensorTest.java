package dev.gsig.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorTest {
  private static final class Counted extends Tensor {
    Counted() {
      super(Shape.matrix(2, 3));
    }

    boolean drop() {
      return dropHolder();
    }
  }

  @Test
  void theLastHolderFreesTheStorage() {
    Counted t = new Counted();
    assertThat(t.retain()).isSameAs(t);
    t.retain();
    assertThat(t.drop()).isFalse();
    assertThat(t.isShared()).isTrue();
    assertThat(t.drop()).isFalse();
    assertThat(t.isShared()).isFalse();
    assertThat(t.drop()).isTrue();
    assertThat(t.isShared()).isFalse();
  }

  @Test
  void afterTheLastHolderNothingMoreIsAllowed() {
    Counted t = new Counted();
    t.drop();
    assertThatThrownBy(t::drop)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[1, 2, 3]")
        .hasMessageContaining("twice");
    assertThatThrownBy(t::retain)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("released already");
  }
}
