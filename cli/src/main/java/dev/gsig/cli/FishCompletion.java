package dev.gsig.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The completion script for fish: the commands with their summaries, their options with the first
 * words of what they mean, and files where an option takes one.
 */
final class FishCompletion {
  private static final int MEANING = 60;

  private FishCompletion() {}

  /** The lines of the script. */
  static List<String> of(CommandText program) {
    String name = program.spec().name();
    List<String> lines = new ArrayList<>();
    lines.add("# Completion of " + name + " for fish");
    lines.add("complete -c " + name + " -e");
    for (CommandText command : program.commands()) {
      String own = command.spec().name();
      lines.add(
          line(name, "__fish_use_subcommand") + " -f -a " + own + described(command.summary()));
      for (OptionSpec option : command.spec().options()) {
        if (!option.hidden()) {
          lines.add(line(name, "__fish_seen_subcommand_from " + own) + option(option));
        }
      }
    }
    return lines;
  }

  private static String line(String name, String condition) {
    return "complete -c " + name + " -n " + quoted(condition);
  }

  private static String option(OptionSpec option) {
    StringBuilder text = new StringBuilder();
    for (String name : option.names()) {
      text.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    if (CommandText.takesValue(option)) {
      text.append(option.type() == Path.class ? " -r -F" : " -x");
    }
    return text + described(String.join(" ", option.description()).replace("%%", "%"));
  }

  private static String described(String text) {
    return " -d " + quoted(Text.shorten(text, MEANING));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
