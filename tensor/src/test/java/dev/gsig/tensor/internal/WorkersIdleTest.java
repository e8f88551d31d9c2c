package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersIdleTest {
  private final CountDownLatch released = new CountDownLatch(1);

  private void occupy(Workers workers, CountDownLatch started) {
    Future<?> unused =
        workers.submit(
            () -> {
              started.countDown();
              released.await();
              return null;
            });
  }

  @Test
  void whoHasNothingToDoAndNothingWaitingIsIdle() throws InterruptedException {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(2);
    try (Workers workers = new Workers(3)) {
      assertThat(workers.idle()).isEqualTo(3);
      occupy(workers, first);
      first.await();
      assertThat(workers.idle()).isEqualTo(2);
      occupy(workers, all);
      occupy(workers, all);
      all.await();
      assertThat(workers.idle()).isZero();
      occupy(workers, first);
      assertThat(workers.idle()).as("with one waiting").isZero();
      released.countDown();
    }
  }

  @Test
  void anOfferIsTakenByAsManyAsItIsMeantFor() throws InterruptedException {
    try (Workers workers = new Workers(4)) {
      CountDownLatch two = new CountDownLatch(2);
      AtomicInteger runs = new AtomicInteger();
      workers.offer(
          2,
          () -> {
            runs.incrementAndGet();
            two.countDown();
          });
      two.await();
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void anOfferAfterTheEndIsNotTaken() {
    Workers workers = new Workers(1);
    workers.close();
    AtomicInteger runs = new AtomicInteger();
    workers.offer(1, runs::incrementAndGet);
    assertThat(runs).hasValue(0);
  }
}
