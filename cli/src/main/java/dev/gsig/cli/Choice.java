package dev.gsig.cli;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** One of a few named values. */
final class Choice {
  private Choice() {}

  /**
   * Reads an option's text.
   *
   * @throws ParameterException listing what it may be
   */
  static <T> T of(
      CommandSpec command, String option, String text, List<T> values, Function<T, String> label) {
    return values.stream()
        .filter(value -> label.apply(value).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    option
                        + ": '"
                        + text
                        + "' is not one of "
                        + values.stream().map(label).collect(Collectors.joining(", "))));
  }

  /** The names in a list, separated by commas, which the model knows; each counts once. */
  static List<String> names(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).distinct().toList();
  }

  /** Reads a list of them, separated by commas; each counts once. */
  static <T> List<T> list(
      CommandSpec command, String option, String text, List<T> values, Function<T, String> label) {
    return Arrays.stream(text.split(",", -1))
        .map(part -> of(command, option, part.strip(), values, label))
        .distinct()
        .toList();
  }
}
