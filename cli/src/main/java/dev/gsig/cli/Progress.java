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
   * Starts to show progress, or does not where standard error is no terminal.
   *
   * @param task what is done, a short word
   * @param total how many steps there are; below 0 if not known
   * @return to be closed before anything else is printed
   */
  static Progress start(Terminal terminal, String task, long total) {
    return terminal.progressColumns() > 0
        ? new ProgressLine(terminal.err(), terminal.progressColumns(), task, total)
        : NONE;
  }

  /** One more is done. */
  void step();

  /** Takes the display away. */
  @Override
  void close();
}
