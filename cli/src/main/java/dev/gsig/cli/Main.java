package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line {@code gsig}. Exit code 0: done; 2: the arguments or the input cannot be used,
 * said in one line; 3: results that were verified differ; 1: the program failed, said loudly.
 */
@Command(
    name = "gsig",
    header = "Explain what clinical Transformers say of patients",
    description =
        "Explains clinical Transformers: group-sparse manifold-aware integrated gradients for"
            + " patient trajectories.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    customSynopsis = "gsig COMMAND [OPTIONS]",
    footer = {
      "# 30 synthetic patients of the bundled model",
      "gsig demo",
      "# your model and patients",
      "gsig baseline --model MODEL --cohort validation.jsonl",
      "gsig explain --model MODEL --cohort test.jsonl --out results.jsonl",
      "gsig report --in results.jsonl --model MODEL --out report.html",
      "# what an option does",
      "gsig explain --help"
    })
public final class Main implements Callable<Integer> {
  private static final String HELP = "--help";

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
   * Runs the command line without ending the process; progress is not shown. Standard input is read
   * only where {@code --cohort -} asks for it.
   *
   * @param args command and options. Not modified.
   * @param out takes what was asked for
   * @param err takes everything else
   * @return the exit code
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Terminal(System.in, out, err, 0, Terminal.DEFAULT_WIDTH));
  }

  static int run(String[] args, Terminal terminal) {
    try {
      String[] options = inOptions(args);
      CommandLine commandLine = commandLine(options, terminal);
      int code =
          commandLine.execute(
              isUnknown(options, commandLine) ? new String[] {options[0]} : options);
      return withOutput(code, terminal);
    } catch (RuntimeException | Error e) {
      return Failures.report(e, terminal);
    } finally {
      terminal.flush();
    }
  }

  /**
   * Runs a command that has a launcher of its own, with the messages and exit codes of this one.
   *
   * @param command annotated as picocli wants it
   * @param args its options. Not modified.
   * @param terminal takes what it says
   * @return the exit code
   */
  public static int run(Callable<Integer> command, String[] args, Terminal terminal) {
    try {
      return withOutput(configure(new CommandLine(command), terminal).execute(args), terminal);
    } catch (RuntimeException | Error e) {
      return Failures.report(e, terminal);
    } finally {
      terminal.flush();
    }
  }

  /** The exit code, if what was printed has arrived or whoever reads it has had enough. */
  private static int withOutput(int code, Terminal terminal) {
    try {
      terminal.requireOutput();
    } catch (ClosedPipeException e) {
      return code;
    } catch (IOException e) {
      if (code == 0) {
        return Failures.report(
            InvalidInputException.writing(Path.of(Terminal.STANDARD_OUTPUT), e), terminal);
      }
    }
    return code;
  }

  /** {@code help COMMAND} and {@code version}, as many programs have them, in options. */
  private static String[] inOptions(String[] args) {
    if (args.length == 1 && args[0].equals("version")) {
      return new String[] {"--version"};
    }
    if (args.length == 0 || !args[0].equals("help")) {
      return args;
    }
    String[] options = Arrays.copyOfRange(args, 1, args.length + 1);
    options[args.length - 1] = HELP;
    return options;
  }

  /** Whether a command is named that there is not; picocli overlooks it where help is asked for. */
  private static boolean isUnknown(String[] options, CommandLine commandLine) {
    return options.length > 1
        && !options[0].startsWith("-")
        && !commandLine.getSubcommands().containsKey(options[0]);
  }

  /** The command line with all its commands, or the one that the arguments begin with. */
  static CommandLine commandLine(String[] args, Terminal terminal) {
    CommandLine commandLine = new CommandLine(new Main());
    subcommands(args, terminal).forEach(commandLine::addSubcommand);
    return configure(commandLine, terminal);
  }

  private static CommandLine configure(CommandLine commandLine, Terminal terminal) {
    FailureHandler failures = new FailureHandler(terminal);
    NumberConverter<Integer> wholeNumber =
        new NumberConverter<>("a whole number", Integer::parseInt);
    NumberConverter<Double> number = new NumberConverter<>("a number", Double::parseDouble);
    complete(commandLine, new Version(), new QuietFlag(terminal));
    return commandLine
        .registerConverter(int.class, wholeNumber)
        .registerConverter(Integer.class, wholeNumber)
        .registerConverter(double.class, number)
        .registerConverter(Double.class, number)
        .registerConverter(Path.class, new PathNames())
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(writer(terminal.out()))
        .setErr(writer(terminal.err()))
        .setExecutionStrategy(new Claiming(terminal))
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /**
   * What a command and all below it have besides their own options. In the annotation, the version
   * would be asked for at every start.
   */
  private static void complete(CommandLine command, IVersionProvider version, QuietFlag quiet) {
    command.getCommandSpec().versionProvider(version);
    command.addMixin("quiet", quiet);
    for (CommandLine subcommand : command.getSubcommands().values()) {
      complete(subcommand, version, quiet);
    }
  }

  /**
   * The command that the arguments begin with, or all where they begin with none: what picocli
   * reads of a command, it reads by reflection, which takes longer than most of what is done here.
   */
  private static List<Object> subcommands(String[] args, Terminal terminal) {
    return switch (args.length == 0 ? "" : args[0]) {
      case "demo" -> List.of(new DemoCommand(terminal));
      case "explain" -> List.of(new ExplainCommand(terminal));
      case "baseline" -> List.of(new BaselineCommand(terminal));
      case "report" -> List.of(new ReportCommand(terminal));
      case "verify" -> List.of(new VerifyCommand(terminal));
      case "export" -> List.of(new ExportCommand(terminal));
      case "predict" -> List.of(new PredictCommand(terminal));
      case "evaluate" -> List.of(new EvaluateCommand(terminal));
      case "study" -> List.of(new StudyCommand(terminal));
      case "train" -> List.of(new TrainCommand(terminal));
      case "info" -> List.of(new InfoCommand(terminal));
      case "import" -> List.of(new ImportCommand(terminal));
      case "cohort" -> List.of(new CohortCommand(terminal));
      case "serve" -> List.of(new ServeCommand(terminal));
      case "completion" -> List.of(new CompletionCommand(terminal));
      default ->
          List.of(
              new DemoCommand(terminal),
              new ExplainCommand(terminal),
              new ReportCommand(terminal),
              new VerifyCommand(terminal),
              new ExportCommand(terminal),
              new BaselineCommand(terminal),
              new PredictCommand(terminal),
              new EvaluateCommand(terminal),
              new StudyCommand(terminal),
              new CohortCommand(terminal),
              new ImportCommand(terminal),
              new TrainCommand(terminal),
              new ServeCommand(terminal),
              new InfoCommand(terminal),
              new CompletionCommand(terminal));
    };
  }

  /** What picocli writes is our own help text, all ASCII. */
  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.US_ASCII);
  }

  /** Refuses a command line without a command. */
  @Override
  public Integer call() {
    String commands = String.join(", ", spec.subcommands().keySet());
    throw new ParameterException(spec.commandLine(), "name a command: " + commands);
  }

  // The classes below could be lambdas, but for the archive of classes that the launcher keeps: JDK
  // 17 crashes when it writes one with lambdas of types as old as picocli's.

  /** Numbers as options spell them. */
  private record NumberConverter<T>(String kind, Function<String, T> parse)
      implements ITypeConverter<T> {
    @Override
    public T convert(String text) {
      try {
        return parse.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is not " + kind);
      }
    }
  }

  /** Runs a command once its outputs are its own. */
  private record Claiming(Terminal terminal) implements IExecutionStrategy {
    @Override
    public int execute(ParseResult parsed) {
      ParseResult last = parsed;
      while (last.hasSubcommand() && !last.isUsageHelpRequested()) {
        last = last.subcommand();
      }
      if (last.isUsageHelpRequested()) {
        CommandHelp.of(new CommandText(last.commandSpec()), terminal.width())
            .forEach(terminal::print);
        return 0;
      }
      RunLast run = new RunLast();
      if (last.isVersionHelpRequested()) {
        return run.execute(parsed);
      }
      Outputs outputs;
      try {
        StandardInputs.check(last.commandSpec());
        outputs = Outputs.claim(last.commandSpec(), terminal);
      } catch (RuntimeException e) {
        return Failures.report(e, terminal);
      }
      try {
        return run.execute(parsed);
      } finally {
        outputs.close();
      }
    }
  }

  /** What is said when the arguments cannot be used, or the command fails. */
  private record FailureHandler(Terminal terminal)
      implements IParameterExceptionHandler, IExecutionExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
      CommandLine command = e.getCommandLine();
      String problem = inOneLine(e);
      List<String> unmatched =
          command.getUnmatchedArguments().stream().filter(text -> text.startsWith("-")).toList();
      if (!unmatched.isEmpty()) {
        // The value behind a misspelt option is unknown by that alone, and what is missing may be
        // there, but misspelt.
        UnmatchedArgumentException unknown = new UnmatchedArgumentException(command, unmatched);
        problem = inOneLine(unknown) + suggestion(unknown);
      } else if (e instanceof UnmatchedArgumentException unknown) {
        problem += suggestion(unknown);
      }
      terminal.say(problem + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
      return Failures.BAD_INPUT;
    }

    private static String inOneLine(ParameterException e) {
      return e.getMessage().replaceFirst("^Error: ", "").replaceAll("\\s*\\R\\s*", " ");
    }

    private static String suggestion(UnmatchedArgumentException e) {
      List<String> similar = e.getSuggestions();
      return similar.isEmpty() ? "" : "; did you mean " + similar.get(0) + "?";
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
      return Failures.report(e, terminal);
    }
  }
}
