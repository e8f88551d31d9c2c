package dev.gsig.cli;

/** Shows how far long work has come, where somebody watches. */
public interface Progress extends AutoCloseable {
  /** Nobody watches. */
  Progress NONE =
      new Progress() {
        @Override
        public void step() {}

        @Override
        public void close() {}
      };

  /**
   * Starts to show progress in patients; see {@link #start(Terminal, String, long, String)}.
   *
   * @param total how many patients there are; below 0 if not known
   */
  static Progress start(Terminal terminal, String task, long total) {
    return start(terminal, task, total, "patients");
  }

  /**
   * Starts to show progress, or does not where standard error is no terminal.
   *
   * @param task what is done, a short word
   * @param total how many steps there are; below 0 if not known
   * @param unit what a step is, in the plural
   * @return to be closed before anything else is printed
   */
  static Progress start(Terminal terminal, String task, long total, String unit) {
    return terminal.progressColumns() > 0
        ? new ProgressLine(terminal.err(), terminal.progressColumns(), task, total, unit)
        : NONE;
  }

  /** One more is done. May be called by several threads. */
  void step();

  /** Takes the display away. */
  @Override
  void close();
}
