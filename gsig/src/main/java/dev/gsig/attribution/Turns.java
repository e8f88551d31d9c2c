package dev.gsig.attribution;

import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * Numbered pieces of work that some threads share. Each takes the next piece that nobody has taken;
 * what is done in a piece's turn is done for one piece after the other, in ascending order.
 */
final class Turns {
  private final int pieces;
  private int taken;
  private int inWork;
  private int turn;
  private int failed = Integer.MAX_VALUE;
  private Throwable failure;

  Turns(int pieces) {
    this.pieces = pieces;
  }

  /**
   * Works on pieces until none is left to be taken. To be called by every thread that takes part.
   *
   * @param work on a piece; asks for its turn by {@link #await}. What it throws ends the sharing
   * @throws RuntimeException what a piece of this thread's threw
   */
  void share(IntConsumer work) {
    for (int piece = take(); piece < pieces; piece = take()) {
      try {
        work.accept(piece);
      } catch (RuntimeException | Error e) {
        done(piece, e);
        throw e;
      }
      done(piece, null);
    }
  }

  private synchronized int take() {
    if (failure != null || taken == pieces) {
      return pieces;
    }
    inWork++;
    return taken++;
  }

  private synchronized void done(int piece, Throwable thrown) {
    inWork--;
    if (thrown != null && piece < failed) {
      failed = piece;
      failure = thrown;
    } else if (thrown == null && piece == turn) {
      turn++; // one that was sent away without its turn must not take that of a piece before
    }
    notifyAll();
  }

  /**
   * Waits for a piece's turn.
   *
   * @return false if there will be none, because a piece before failed
   */
  synchronized boolean await(int piece) {
    waitUntil(() -> turn == piece || failed < piece);
    return failed > piece;
  }

  /**
   * Waits until no piece is in work. To be called by the thread whose work it is, after its {@link
   * #share}, also after one that failed.
   *
   * @throws RuntimeException what the first piece that failed threw
   */
  synchronized void finish() {
    waitUntil(() -> inWork == 0);
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Pieces from the first on that are done. */
  synchronized int completed() {
    return turn;
  }

  /** A piece ends soon, whatever happens; an interrupt is left to whoever heeds it. */
  private void waitUntil(BooleanSupplier condition) {
    boolean interrupted = false;
    while (!condition.getAsBoolean()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
