package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.internal.Workers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkersTest {
  @TempDir Path folder;

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

  /** What a patient's passes find: the idle threads, each with a workspace of its own. */
  @Test
  void helpersAreTheIdleWorkers() throws Exception {
    Model model = HandMadeModel.binary(1, 1, 0).load(folder);
    try (Workers workers = new Workers(2)) {
      Helpers helpers = Helpers.of(workers, model);
      assertThat(helpers.idle()).isEqualTo(2);
      CompletableFuture<Workspace> lent = new CompletableFuture<>();
      model.withWorkspace(
          own -> {
            helpers.ask(1, lent::complete);
            assertThat(lent.orTimeout(30, TimeUnit.SECONDS).join()).isNotNull().isNotSameAs(own);
            return null;
          });
    }
  }
}
