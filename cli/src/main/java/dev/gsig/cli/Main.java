package dev.gsig.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line {@code gsig}. Exit code 0: done; 2: the arguments or the input cannot be used,
 * said in one line; 1: the program failed, said loudly.
 */
@Command(
    name = "gsig",
    description =
        "Explains clinical Transformers: group-sparse manifold-aware integrated gradients for"
            + " patient trajectories.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    abbreviateSynopsis = true,
    usageHelpWidth = 100)
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs the command line and ends the process.
   *
   * @param args command and options
   */
  public static void main(String[] args) {
    System.exit(run(args, Terminal.ofProcess()));
  }

  /**
   * Runs the command line without ending the process; progress is not shown.
   *
   * @param args command and options. Not modified.
   * @param out takes what was asked for
   * @param err takes everything else
   * @return the exit code
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Terminal(out, err, 0, Terminal.DEFAULT_WIDTH));
  }

  static int run(String[] args, Terminal terminal) {
    try {
      return commandLine(terminal).execute(args);
    } catch (RuntimeException | Error e) {
      return Failures.report(e, terminal);
    } finally {
      terminal.flush();
    }
  }

  private static CommandLine commandLine(Terminal terminal) {
    return new CommandLine(new Main())
        .addSubcommand(new DemoCommand(terminal))
        .addSubcommand(new ExplainCommand(terminal))
        .addSubcommand(new BaselineCommand(terminal))
        .addSubcommand(new InfoCommand(terminal))
        .registerConverter(int.class, Main::wholeNumber)
        .registerConverter(Integer.class, Main::wholeNumber)
        .registerConverter(double.class, Main::number)
        .registerConverter(Double.class, Main::number)
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(writer(terminal.out()))
        .setErr(writer(terminal.err()))
        .setParameterExceptionHandler((e, args) -> badUsage(e, terminal))
        .setExecutionExceptionHandler((e, command, parsed) -> Failures.report(e, terminal));
  }

  /** What picocli writes is our own help text, all ASCII. */
  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.US_ASCII);
  }

  /** Without a command. */
  @Override
  public Integer call() {
    String commands = String.join(", ", spec.subcommands().keySet());
    throw new ParameterException(spec.commandLine(), "name a command: " + commands);
  }

  private static int wholeNumber(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new CommandLine.TypeConversionException("'" + text + "' is not a whole number");
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new CommandLine.TypeConversionException("'" + text + "' is not a number");
    }
  }

  private static int badUsage(ParameterException e, Terminal terminal) {
    CommandLine command = e.getCommandLine();
    String problem = e.getMessage().replaceAll("\\s*\\R\\s*", " ");
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      List<String> similar = unmatched.getSuggestions();
      problem += similar.isEmpty() ? "" : "; did you mean " + similar.get(0) + "?";
    }
    terminal.say(problem + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
    return Failures.BAD_INPUT;
  }
}
