package dev.gsig.attribution.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OrderedTasksTest {
  private static final int TASKS = 200;

  private final ExecutorService others = Executors.newCachedThreadPool();
  private final List<Integer> worked = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> inTurn = new ArrayList<>();
  private final OrderedTasks tasks = new OrderedTasks(TASKS);

  @AfterEach
  void stop() {
    others.shutdownNow();
  }

  /** Shares with others, each task taking a while of its own. */
  private void share(int helpers, IntConsumer work) {
    IntConsumer task =
        i -> {
          busy(new Random(i).nextInt(20_000));
          work.accept(i);
        };
    for (int h = 0; h < helpers; h++) {
      Future<?> unused = others.submit(() -> tasks.work(task));
    }
    tasks.work(task);
    tasks.finish();
  }

  private static void busy(int rounds) {
    for (int i = 0; i < rounds; i++) {
      Thread.onSpinWait();
    }
  }

  private void deliver(int task) {
    worked.add(task);
    if (tasks.awaitTurn(task)) {
      inTurn.add(task);
    }
  }

  private static List<Integer> to(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 16})
  void everyTaskHasItsTurnInOrder(int helpers) {
    share(helpers, this::deliver);

    assertThat(inTurn).isEqualTo(to(TASKS));
    assertThat(worked).containsExactlyInAnyOrderElementsOf(to(TASKS));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 16})
  void theFirstTaskThatFailsIsTheLastTurn(int helpers) {
    assertThatThrownBy(
            () ->
                share(
                    helpers,
                    i -> {
                      if (i == 90 || i > 95) {
                        throw new IllegalStateException("task " + i);
                      }
                      deliver(i);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("task 90");

    assertThat(inTurn).isEqualTo(to(90));
    assertThat(tasks.completed()).isEqualTo(90);
    assertThat(tasks.failedInTurn()).isFalse();
    assertThat(worked).as("nobody goes on for long").hasSizeLessThan(90 + 1 + helpers);
  }

  /** The second of three fails, the third gives up, and only then the first asks for its turn. */
  @Test
  void aTaskBeforeTheOneThatFailsHasItsTurnHoweverLate() throws Exception {
    OrderedTasks three = new OrderedTasks(3);
    CountDownLatch taken = new CountDownLatch(3);
    Future<?>[] both = new Future<?>[2];
    CountDownLatch submitted = new CountDownLatch(1);
    List<Boolean> turn = Collections.synchronizedList(new ArrayList<>(List.of(false, false, true)));
    IntConsumer work =
        task -> {
          try {
            taken.countDown();
            taken.await();
            submitted.await();
            if (task == 1) {
              throw new IllegalStateException("the second");
            }
            if (task == 0) {
              while (!both[0].isDone() || !both[1].isDone()) {
                Thread.onSpinWait();
              }
            }
            turn.set(task, three.awaitTurn(task));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    Future<?> first = others.submit(() -> three.work(work));
    while (taken.getCount() == 3) {
      Thread.onSpinWait();
    }
    both[0] = others.submit(() -> three.work(work));
    both[1] = others.submit(() -> three.work(work));
    submitted.countDown();
    first.get();

    assertThat(turn).containsExactly(true, false, false);
    assertThatThrownBy(three::finish).hasMessage("the second");
  }

  /** What a task did in its turn before it failed must not be done again. */
  @Test
  void aTaskThatFailsInItsTurnIsToldFromOneBefore() {
    assertThatThrownBy(
            () ->
                share(
                    2,
                    i -> {
                      deliver(i);
                      if (i == 7) {
                        throw new IllegalStateException("task 7");
                      }
                    }))
        .hasMessage("task 7");
    assertThat(inTurn).isEqualTo(to(8));
    assertThat(tasks.completed()).isEqualTo(7);
    assertThat(tasks.failedInTurn()).isTrue();
  }

  @Test
  void anErrorIsNotHidden() {
    assertThatThrownBy(
            () ->
                share(
                    2,
                    i -> {
                      throw new StackOverflowError();
                    }))
        .isInstanceOf(StackOverflowError.class);
  }

  /** Who comes after the end finds nothing to do. */
  @Test
  void lateHelpIsNoHelp() {
    share(0, this::deliver);
    AtomicInteger late = new AtomicInteger();
    tasks.work(i -> late.incrementAndGet());

    assertThat(late).hasValue(0);
  }

  @Test
  void anInterruptIsKeptForLater() {
    Thread.currentThread().interrupt();
    share(3, this::deliver);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(inTurn).isEqualTo(to(TASKS));
  }
}
