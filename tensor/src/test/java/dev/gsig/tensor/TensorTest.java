package dev.gsig.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** As the weights of a model are that several threads explain with. */
  @Test
  void holdersInSeveralThreadsAreCounted() throws InterruptedException {
    Counted t = new Counted();
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int k = 0; k < 4; k++) {
      Thread thread = new Thread(() -> wrong.addAndGet(holdAndDrop(t)));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).hasValue(0);
    assertThat(t.isShared()).isFalse();
    assertThat(t.drop()).isTrue();
  }

  /** Holds it and lets go of it many times; how often that was refused or seemed the last time. */
  private static int holdAndDrop(Counted t) {
    int wrong = 0;
    for (int i = 0; i < 50_000; i++) {
      try {
        t.retain();
        Thread.yield();
        wrong += t.drop() ? 1 : 0;
      } catch (IllegalStateException e) {
        wrong++;
      }
    }
    return wrong;
  }
}
