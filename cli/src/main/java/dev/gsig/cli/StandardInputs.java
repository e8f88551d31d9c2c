package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Which options of inputs take {@code -} for standard input: those whose files are read once, from
 * their beginning to their end. Of all others {@code -} would be a file of that name.
 */
final class StandardInputs {
  private StandardInputs() {}

  /**
   * Makes sure that standard input is read by one option at most, and by none that cannot.
   *
   * @param command with the values of its options
   * @throws InvalidInputException if not
   */
  static void check(CommandSpec command) {
    String reader = null;
    for (ArgSpec arg : command.args()) {
      if (Outputs.isOutput(arg) || paths(arg).stream().noneMatch(Terminal::isStandardStream)) {
        continue;
      }
      if (!mayBeRead(command, arg)) {
        throw new InvalidInputException(
            name(arg)
                + " cannot be standard input; name a "
                + place(arg)
                + " (one that is called - is ./-)");
      }
      if (reader != null) {
        throw new InvalidInputException(
            reader + " and " + name(arg) + " cannot both be standard input; name a file for one");
      }
      reader = name(arg);
    }
  }

  /** Whether an option or parameter names a file or a folder, or several. */
  static boolean isOfPaths(ArgSpec arg) {
    return arg.typeInfo().isCollection()
        ? arg.auxiliaryTypes()[0].equals(Path.class)
        : arg.type().equals(Path.class);
  }

  /** What it names. */
  static List<Path> paths(ArgSpec arg) {
    if (arg.getValue() instanceof Path path) {
      return List.of(path);
    }
    return isOfPaths(arg) && arg.getValue() instanceof Collection<?> several
        ? several.stream().map(Path.class::cast).toList()
        : List.of();
  }

  private static boolean mayBeRead(CommandSpec command, ArgSpec arg) {
    return switch (name(arg)) {
      case "--in", "--labels" -> true;
      case "--cohort" -> !arg.paramLabel().equals("DIR");
      // Other sources are folders.
      case "--input" -> command.args().stream().anyMatch(each -> "meds".equals(each.getValue()));
      default -> false;
    };
  }

  private static String place(ArgSpec arg) {
    return switch (arg.paramLabel()) {
      case "DIR" -> "folder";
      case "PATH" -> "file or a folder";
      default -> "file";
    };
  }

  /** What messages call an option or parameter. */
  static String name(ArgSpec arg) {
    return arg instanceof OptionSpec option
        ? option.longestName()
        : ((PositionalParamSpec) arg).paramLabel();
  }
}
