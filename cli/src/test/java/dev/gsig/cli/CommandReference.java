package dev.gsig.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page {@code docs/commands.md}, made of what picocli knows of the commands. */
final class CommandReference {
  private CommandReference() {}

  static String markdown() {
    List<CommandText> commands = ManualPages.program().commands();
    StringBuilder page =
        new StringBuilder(
            """
            # Command reference

            Made from the program by `CommandReferenceTest`; not to be edited. Every command has
            `--help`. Exit code 0: done; 2: the arguments or the input cannot be used, said in one
            line; 3: results that were verified differ; 1: a fault of gsig's own.

            """);
    for (CommandText command : commands) {
      String link = "(#" + command.name().replace(' ', '-') + "): ";
      page.append("- [" + command.name() + "]" + link + text(command.summary()) + "\n");
    }
    commands.forEach(command -> describe(command, page));
    return page.toString();
  }

  private static void describe(CommandText text, StringBuilder page) {
    CommandSpec command = text.spec();
    page.append("\n## ").append(text.name()).append('\n');
    block("", text.synopsis(), page);
    for (String paragraph : text.description()) {
      page.append(text(paragraph)).append("\n\n");
    }
    page.append("| option | meaning |\n|---|---|\n");
    for (PositionalParamSpec argument : command.positionalParameters()) {
      row(argument.paramLabel(), argument, page);
    }
    command.options().stream()
        .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
        .forEach(option -> row(option.longestName() + label(option), option, page));
    page.append('\n');
    block("sh", text.examples(), page);
  }

  private static void block(String language, List<String> lines, StringBuilder page) {
    page.append("```" + language + "\n").append(String.join("\n", lines)).append("\n```\n");
  }

  private static String label(OptionSpec option) {
    return option.arity().max() == 0 ? "" : " " + option.paramLabel();
  }

  private static void row(String name, ArgSpec argument, StringBuilder page) {
    String meaning =
        Stream.of(argument.description())
            .map(CommandReference::text)
            .collect(Collectors.joining(" "));
    page.append("| `")
        .append(name)
        .append('`')
        .append(
            argument.group() != null ? " (one of these)" : argument.required() ? " (required)" : "")
        .append(" | ")
        .append(meaning)
        .append(" |\n");
  }

  /** Text that Markdown shows as it is; picocli reads {@code %} as a format's. */
  private static String text(String text) {
    return text.replace("%%", "%").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }
}
