package dev.gsig.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What a command says of itself, for help, manual pages, completion scripts and the reference: its
 * annotations, read as text and no longer as formats.
 *
 * @param spec the command
 */
record CommandText(CommandSpec spec) {
  /** {@code gsig explain}. */
  String name() {
    return spec.qualifiedName();
  }

  /** One line that says what it is for. */
  String summary() {
    return String.join(" ", plain(spec.usageMessage().header()));
  }

  /** How it is called. */
  List<String> synopsis() {
    List<String> lines = plain(spec.usageMessage().customSynopsis());
    return lines.isEmpty() ? List.of(name() + " COMMAND [OPTIONS]") : lines;
  }

  /** What it does, in paragraphs. */
  List<String> description() {
    return plain(spec.usageMessage().description());
  }

  /** Lines to copy; one that begins with # says what follows. */
  List<String> examples() {
    return plain(spec.usageMessage().footer());
  }

  /** Its commands, in order. */
  List<CommandText> commands() {
    return spec.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .map(CommandText::new)
        .toList();
  }

  /** What stands without an option's name. */
  List<PositionalParamSpec> parameters() {
    return spec.positionalParameters();
  }

  /** {@code --out=FILE}, {@code -q, --quiet}, {@code SOURCE}. */
  static String label(ArgSpec argument) {
    if (argument instanceof OptionSpec option) {
      String names = String.join(", ", option.names());
      return takesValue(option) ? names + "=" + option.paramLabel() : names;
    }
    return argument.paramLabel();
  }

  /** Whether a value belongs to an option. */
  static boolean takesValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  /** What an option or parameter means. */
  static String meaning(ArgSpec argument) {
    String text = String.join(" ", plain(argument.description()));
    return argument.required() ? text + " (required)" : text;
  }

  private static List<String> plain(String[] formats) {
    List<String> lines = new ArrayList<>();
    Stream.of(formats).forEach(format -> lines.add(format.replace("%%", "%")));
    return lines;
  }
}
