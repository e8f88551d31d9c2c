package dev.gsig.cli;

import picocli.CommandLine.Option;

/** The option of every command that leaves out what is said only to keep people informed. */
final class QuietFlag {
  private final Terminal terminal;

  QuietFlag(Terminal terminal) {
    this.terminal = terminal;
  }

  @Option(
      names = {"-q", "--quiet"},
      description = "no progress and no summary; warnings and refusals are still said")
  void quiet(boolean asked) {
    if (asked) {
      terminal.beQuiet();
    }
  }
}
