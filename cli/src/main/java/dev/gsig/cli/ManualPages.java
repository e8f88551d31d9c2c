package dev.gsig.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.ArgSpec;

/**
 * Manual pages of the program and its commands, in the macros of man(7), made of what help is made
 * of. The same program gives the same bytes: no page has a date.
 */
final class ManualPages {
  private static final String EXIT_STATUS =
      "0: done; 2: the arguments or the input cannot be used, said in one line; 3: results that"
          + " were verified differ; 1: a fault of gsig's own.";

  private final StringBuilder page = new StringBuilder();

  private ManualPages() {}

  /**
   * Writes {@code gsig.1} and {@code gsig-COMMAND.1}.
   *
   * @param args the folder, which is made
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Files.createDirectories(folder);
    CommandText program = program();
    write(program, folder);
    for (CommandText command : program.commands()) {
      write(command, folder);
    }
  }

  /** The program with all its commands, which say nothing. */
  static CommandText program() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Terminal terminal =
        new Terminal(InputStream.nullInputStream(), nowhere, nowhere, 0, Terminal.DEFAULT_WIDTH);
    return new CommandText(Main.commandLine(new String[0], terminal).getCommandSpec());
  }

  private static void write(CommandText command, Path folder) throws IOException {
    Files.writeString(folder.resolve(file(command) + ".1"), of(command), StandardCharsets.UTF_8);
  }

  private static String file(CommandText command) {
    return command.name().replace(' ', '-');
  }

  /** The page of a command. */
  static String of(CommandText command) {
    return new ManualPages().write(command);
  }

  private String write(CommandText command) {
    macro(".TH", file(command).toUpperCase(Locale.ROOT), "1", "", Version.engine(), "gsig");
    macro(".SH", "NAME");
    page.append(escape(file(command) + " - " + command.summary())).append('\n');
    macro(".SH", "SYNOPSIS");
    command.synopsis().forEach(this::text);
    macro(".SH", "DESCRIPTION");
    paragraphs(command.description());
    if (!command.commands().isEmpty()) {
      macro(".SH", "COMMANDS");
      command.commands().forEach(each -> item(file(each), each.summary()));
    }
    if (!command.parameters().isEmpty()) {
      macro(".SH", "ARGUMENTS");
      command.parameters().forEach(this::item);
    }
    macro(".SH", "OPTIONS");
    for (OptionGroups.Group group : OptionGroups.of(command.spec())) {
      macro(".SS", group.heading());
      group.options().forEach(this::item);
    }
    if (!command.examples().isEmpty()) {
      macro(".SH", "EXAMPLES");
      macro(".nf");
      command.examples().forEach(this::text);
      macro(".fi");
    }
    macro(".SH", "EXIT STATUS");
    text(EXIT_STATUS);
    return page.toString();
  }

  private void paragraphs(List<String> paragraphs) {
    for (int i = 0; i < paragraphs.size(); i++) {
      if (i > 0) {
        macro(".PP");
      }
      text(paragraphs.get(i));
    }
  }

  private void item(ArgSpec argument) {
    item(CommandText.label(argument), CommandText.meaning(argument));
  }

  private void item(String label, String meaning) {
    macro(".TP");
    page.append("\\fB").append(escape(label)).append("\\fR\n");
    text(meaning);
  }

  private void macro(String name, String... arguments) {
    page.append(name);
    for (String argument : arguments) {
      page.append(" \"").append(escape(argument).replace("\"", "\\(dq")).append('"');
    }
    page.append('\n');
  }

  /** A line that begins no macro, whatever it begins with. */
  private void text(String line) {
    page.append("\\&").append(escape(line)).append('\n');
  }

  /** What roff would read as its own; minus signs stay those that shells know. */
  private static String escape(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga")
        .replace("~", "\\(ti")
        .replace("^", "\\(ha");
  }
}
