package dev.gsig.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;

/**
 * The help of a command, in lines no longer than the terminal is wide: how it is called, what it
 * does, its options by heading, examples.
 */
final class CommandHelp {
  /** Longer lines are hard to read, however wide the terminal is. */
  private static final int MAX_WIDTH = 120;

  private static final int INDENT = 2;
  private static final int COMMANDS = 14;
  private static final int LABELS = 26;

  private final CommandText command;
  private final int width;
  private final List<String> lines = new ArrayList<>();

  private CommandHelp(CommandText command, int width) {
    this.command = command;
    this.width = Math.min(width, MAX_WIDTH);
  }

  /**
   * Writes the help.
   *
   * @param width of the terminal
   */
  static List<String> of(CommandText command, int width) {
    return new CommandHelp(command, width).write();
  }

  private List<String> write() {
    for (String synopsis : command.synopsis()) {
      hanging("Usage: ", synopsis, "Usage: ".length() + command.name().length() + 1);
    }
    lines.add("");
    command.description().forEach(paragraph -> lines.addAll(Text.wrap(paragraph, width)));
    if (!command.commands().isEmpty()) {
      heading("Commands");
      command.commands().forEach(each -> row(each.spec().name(), each.summary(), COMMANDS));
    }
    if (!command.parameters().isEmpty()) {
      heading("Arguments");
      command.parameters().forEach(this::row);
    }
    for (OptionGroups.Group group : OptionGroups.of(command.spec())) {
      heading(group.heading());
      group.options().forEach(this::row);
    }
    if (!command.examples().isEmpty()) {
      heading("Examples");
      command.examples().forEach(line -> lines.add(" ".repeat(INDENT) + line));
    }
    return lines;
  }

  private void heading(String heading) {
    lines.add("");
    lines.add(heading + ":");
  }

  private void row(ArgSpec argument) {
    row(CommandText.label(argument), CommandText.meaning(argument), LABELS);
  }

  /** A label and its meaning, beside it where the label leaves room, else below. */
  private void row(String label, String meaning, int column) {
    String start = " ".repeat(INDENT) + label;
    if (start.length() + INDENT > column) {
      lines.add(start);
      start = "";
    }
    hanging(start + " ".repeat(column - start.length()), meaning, column);
  }

  /** Text behind a start, its further lines indented. */
  private void hanging(String start, String text, int indent) {
    List<String> wrapped = Text.wrap(text, width - Math.max(indent, start.length()));
    lines.add(start + wrapped.get(0));
    wrapped.stream().skip(1).forEach(line -> lines.add(" ".repeat(indent) + line));
  }
}
