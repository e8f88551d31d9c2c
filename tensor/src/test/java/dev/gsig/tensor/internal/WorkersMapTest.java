package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersMapTest {
  private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger running = new AtomicInteger();
  private final List<Integer> delivered = new ArrayList<>();

  /** After every test: nothing computes any more and every worker ends. */
  @AfterEach
  void nothingIsLeftRunning() throws InterruptedException {
    assertThat(running).hasValue(0);
    for (Thread worker : workers) {
      worker.join(10_000);
      assertThat(worker.isAlive()).as(worker.getName()).isFalse();
    }
  }

  private static List<Integer> items(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static <T, R> void map(
      Iterable<T> items, int threads, Function<T, R> function, Consumer<R> inOrder) {
    try (Workers pool = new Workers(threads)) {
      pool.map(items, function, inOrder);
    }
  }

  /** Keeps track of who computes. */
  private <T, R> Function<T, R> watched(Function<T, R> function) {
    return item -> {
      workers.add(Thread.currentThread());
      running.incrementAndGet();
      try {
        return function.apply(item);
      } finally {
        running.decrementAndGet();
      }
    };
  }

  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void resultsComeInTheOrderOfTheItems(int threads) {
    Thread caller = Thread.currentThread();
    map(
        items(100),
        threads,
        watched(
            i -> {
              // items take turns in being late
              for (int spin = 0; spin < (i % 7) * 200; spin++) {
                Thread.onSpinWait();
              }
              return i * i;
            }),
        r -> {
          assertThat(Thread.currentThread()).isSameAs(caller);
          delivered.add(r);
        });
    assertThat(delivered).isEqualTo(items(100).stream().map(i -> i * i).toList());
    assertThat(workers).hasSizeBetween(1, threads).allMatch(Thread::isDaemon);
    assertThat(workers).doesNotContain(caller);
  }

  @Test
  void theFirstItemHoldsBackTheOthersButNotTheWork() {
    CountDownLatch third = new CountDownLatch(3);
    map(
        items(4),
        2,
        watched(
            i -> {
              if (i > 0) {
                third.countDown();
              } else {
                await(third);
              }
              return i;
            }),
        delivered::add);
    assertThat(delivered).containsExactly(0, 1, 2, 3);
  }

  @Test
  void noItemsNoResults() {
    map(List.<Integer>of(), 2, watched(i -> i), delivered::add);
    assertThat(delivered).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aFaultOfTheFunctionComesAfterTheResultsBeforeIt(int threads) {
    Function<Integer, Integer> function =
        watched(
            i -> {
              if (i >= 5) {
                throw new IllegalStateException("item " + i);
              }
              return i;
            });
    assertThatThrownBy(() -> map(items(50), threads, function, delivered::add))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("item 5");
    assertThat(delivered).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void anErrorOfTheFunctionIsPassedOnAsItIs() {
    Function<Integer, Integer> function =
        watched(
            i -> {
              throw new StackOverflowError("deep");
            });
    assertThatThrownBy(() -> map(items(3), 2, function, delivered::add))
        .isInstanceOf(StackOverflowError.class)
        .hasMessage("deep");
  }

  /** The work that is under way when a fault ends everything is waited for. */
  @Test
  void workUnderWayIsWaitedFor() {
    CountDownLatch slowStarted = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    Function<Integer, Integer> function =
        watched(
            i -> {
              if (i == 0) {
                await(slowStarted);
                throw new IllegalStateException("first");
              }
              slowStarted.countDown();
              for (int spin = 0; spin < 3_000_000; spin++) {
                Thread.onSpinWait();
              }
              finished.incrementAndGet();
              return i;
            });
    assertThatThrownBy(() -> map(items(20), 2, function, delivered::add)).hasMessage("first");
    assertThat(running).hasValue(0);
    assertThat(finished.get()).isPositive();
    assertThat(delivered).isEmpty();
  }

  /** Items 0 to good - 1, then a fault. */
  private static Iterable<Integer> unreadableAt(int good, boolean inHasNext) {
    return () ->
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            if (inHasNext && next == good) {
              throw new IllegalArgumentException("line " + (next + 1));
            }
            return true;
          }

          @Override
          public Integer next() {
            if (next == good) {
              throw new IllegalArgumentException("line " + (next + 1));
            }
            return next++;
          }
        };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFaultOfTheSourceComesAfterAllResultsBeforeIt(boolean inHasNext) {
    for (int good : new int[] {0, 1, 13}) {
      delivered.clear();
      Iterable<Integer> source = unreadableAt(good, inHasNext);
      assertThatThrownBy(() -> map(source, 2, watched(i -> i), delivered::add))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("line " + (good + 1));
      assertThat(delivered).isEqualTo(items(good));
    }
  }

  /** Of two faults the one that comes first in the order of the items counts. */
  @Test
  void aFaultOfTheFunctionBeforeOneOfTheSourceWins() {
    Function<Integer, Integer> function =
        watched(
            i -> {
              if (i == 2) {
                throw new IllegalStateException("item 2");
              }
              return i;
            });
    assertThatThrownBy(() -> map(unreadableAt(4, false), 2, function, delivered::add))
        .hasMessage("item 2");
    assertThat(delivered).containsExactly(0, 1);
  }

  @Test
  void aFaultOfTheSinkEndsEverything() {
    assertThatThrownBy(
            () ->
                map(
                    items(1000),
                    2,
                    watched(i -> i),
                    i -> {
                      if (i == 3) {
                        throw new IllegalStateException("disk full");
                      }
                      delivered.add(i);
                    }))
        .hasMessage("disk full");
    assertThat(delivered).containsExactly(0, 1, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void readsOnlyAFewItemsAhead(int threads) {
    AtomicInteger read = new AtomicInteger();
    AtomicInteger farthest = new AtomicInteger();
    Iterable<Integer> source =
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                return read.get() < 200;
              }

              @Override
              public Integer next() {
                farthest.accumulateAndGet(read.get() + 1 - delivered.size(), Math::max);
                return read.getAndIncrement();
              }
            };
    map(source, threads, watched(i -> i), delivered::add);
    assertThat(delivered).isEqualTo(items(200));
    // four for each thread in work or waiting, and the one just read
    assertThat(farthest.get()).isLessThanOrEqualTo(4 * threads + 1);
  }

  @Test
  void anInterruptedCallerStopsAndStaysInterrupted() {
    Thread caller = Thread.currentThread();
    Function<Integer, Integer> function =
        watched(
            i -> {
              if (i == 3) {
                caller.interrupt();
              }
              // the caller must wait for this one, until its own interrupt is passed on
              while (i == 4 && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              return i;
            });
    try {
      assertThatThrownBy(() -> map(items(10_000), 2, function, delivered::add))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("interrupted while waiting for a result");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(delivered).isEqualTo(items(delivered.size()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void refusesNoThreads(int threads) {
    assertThatThrownBy(() -> map(items(1), threads, i -> i, delivered::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be at least 1, but is " + threads);
  }
}
