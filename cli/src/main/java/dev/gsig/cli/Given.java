package dev.gsig.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Which options stand on the command line: what is given is used, whatever its value, or refused; a
 * default that is spelt out is no less asked for.
 */
final class Given {
  private Given() {}

  /** Whether an option is given. */
  static boolean is(CommandSpec command, String option) {
    return command.commandLine().getParseResult().hasMatchedOption(option);
  }

  /**
   * Refuses options that would have no effect.
   *
   * @param use what they are for
   * @param options their names
   * @throws ParameterException naming the first that is given
   */
  static void refuse(CommandSpec command, String use, String... options) {
    for (String option : options) {
      if (is(command, option)) {
        throw new ParameterException(
            command.commandLine(), option + " is for " + use + "; leave it out");
      }
    }
  }
}
