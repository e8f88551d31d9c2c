package dev.gsig.service;

import java.time.Duration;

/**
 * What a request may take, and what the service takes at a time.
 *
 * @param bytes the most that the body of a request may have
 * @param patients the most patients in it
 * @param seconds that a request may take to arrive, and then, waiting included, to be computed
 * @param reading requests whose bodies are read at the same time, for each takes memory
 * @param waitingPerThread requests that wait for each thread that computes
 */
public record Limits(int bytes, int patients, int seconds, int reading, int waitingPerThread) {
  /** 1 MiB, 100 patients, 30 seconds, 64 at a time, and 16 that wait for each thread. */
  public static final Limits DEFAULT = new Limits(1 << 20, 100, 30, 64, 16);

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException if one is below 1
   */
  public Limits {
    if (Math.min(Math.min(bytes, patients), Math.min(seconds, Math.min(reading, waitingPerThread)))
        < 1) {
      throw new IllegalArgumentException("each limit must be at least 1");
    }
  }

  Duration time() {
    return Duration.ofSeconds(seconds);
  }
}
