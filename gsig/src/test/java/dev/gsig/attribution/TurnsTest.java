package dev.gsig.attribution;

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
class TurnsTest {
  private static final int PIECES = 200;

  private final ExecutorService others = Executors.newCachedThreadPool();
  private final List<Integer> worked = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> inTurn = new ArrayList<>();
  private final Turns turns = new Turns(PIECES);

  @AfterEach
  void stop() {
    others.shutdownNow();
  }

  /** Shares with others, each piece taking a while of its own. */
  private void share(int helpers, IntConsumer work) {
    IntConsumer piece =
        i -> {
          busy(new Random(i).nextInt(20_000));
          work.accept(i);
        };
    for (int h = 0; h < helpers; h++) {
      Future<?> unused = others.submit(() -> turns.share(piece));
    }
    try {
      turns.share(piece);
    } finally {
      turns.finish();
    }
  }

  private static void busy(int rounds) {
    for (int i = 0; i < rounds; i++) {
      Thread.onSpinWait();
    }
  }

  private void deliver(int piece) {
    worked.add(piece);
    if (turns.await(piece)) {
      inTurn.add(piece);
    }
  }

  private static List<Integer> to(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 16})
  void everyPieceHasItsTurnInOrder(int helpers) {
    share(helpers, this::deliver);

    assertThat(inTurn).isEqualTo(to(PIECES));
    assertThat(worked).containsExactlyInAnyOrderElementsOf(to(PIECES));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 16})
  void theFirstPieceThatFailsIsTheLastTurn(int helpers) {
    assertThatThrownBy(
            () ->
                share(
                    helpers,
                    i -> {
                      if (i == 90 || i > 95) {
                        throw new IllegalStateException("piece " + i);
                      }
                      deliver(i);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("piece 90");

    assertThat(inTurn).isEqualTo(to(90));
    assertThat(worked).as("nobody goes on for long").hasSizeLessThan(90 + 1 + helpers);
  }

  /** The second of three fails, the third gives up, and only then the first asks for its turn. */
  @Test
  void aPieceBeforeTheOneThatFailsHasItsTurnHoweverLate() throws Exception {
    Turns three = new Turns(3);
    CountDownLatch taken = new CountDownLatch(3);
    Future<?>[] both = new Future<?>[2];
    CountDownLatch submitted = new CountDownLatch(1);
    List<Boolean> turn = Collections.synchronizedList(new ArrayList<>(List.of(false, false, true)));
    IntConsumer work =
        piece -> {
          try {
            taken.countDown();
            taken.await();
            submitted.await();
            if (piece == 1) {
              throw new IllegalStateException("the second");
            }
            if (piece == 0) {
              while (!both[0].isDone() || !both[1].isDone()) {
                Thread.onSpinWait();
              }
            }
            turn.set(piece, three.await(piece));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    Future<?> first = others.submit(() -> three.share(work));
    while (taken.getCount() == 3) {
      Thread.onSpinWait();
    }
    both[0] = others.submit(() -> three.share(work));
    both[1] = others.submit(() -> three.share(work));
    submitted.countDown();
    first.get();

    assertThat(turn).containsExactly(true, false, false);
    assertThatThrownBy(three::finish).hasMessage("the second");
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
    turns.share(i -> late.incrementAndGet());

    assertThat(late).hasValue(0);
  }

  @Test
  void anInterruptIsKeptForLater() {
    Thread.currentThread().interrupt();
    share(3, this::deliver);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(inTurn).isEqualTo(to(PIECES));
  }
}
