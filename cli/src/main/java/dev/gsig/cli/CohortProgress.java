package dev.gsig.cli;

import dev.gsig.ehr.cohort.Source;

/** Shows which table is being read, and how fast. */
final class CohortProgress implements Source.Watcher, AutoCloseable {
  private final Terminal terminal;
  private Progress current = Progress.NONE;

  CohortProgress(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void begin(String table) {
    current.close();
    current = Progress.start(terminal, table, -1);
  }

  @Override
  public void row() {
    current.step();
  }

  @Override
  public void close() {
    current.close();
  }
}
