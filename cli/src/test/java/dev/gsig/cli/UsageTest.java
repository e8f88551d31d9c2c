package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class UsageTest {
  /** Every command, as the command line itself knows them. */
  static Set<String> commands() {
    Terminal nowhere = new Terminal(InputStream.nullInputStream(), System.out, System.err, 0, 80);
    return Main.commandLine(new String[0], nowhere).getSubcommands().keySet();
  }

  @Test
  void helpNamesTheCommandsAndExitsWithZero() {
    Cli.Outcome help = Cli.run("--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains(commands().toArray(String[]::new));
    assertThat(help.err()).isEmpty();
    assertThat(Cli.run("help")).isEqualTo(help);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachCommandHasHelp(String command) {
    Cli.Outcome help = Cli.run(command, "--help");

    assertThat(help.code()).isZero();
    assertThat(help.out())
        .startsWith("Usage: gsig " + command)
        .contains("--quiet", "The run:\n", "\nExamples:\n");
    assertThat(help.err()).isEmpty();
    assertThat(Cli.run("help", command)).isEqualTo(help);
  }

  /** Nothing is broken within a word, and nothing is lost. */
  @ParameterizedTest
  @MethodSource("commands")
  void helpFitsTheTerminal(String command) {
    CommandText text = text(command);
    String words = String.join(" ", CommandHelp.of(text, 100)).replaceAll("\\s+", " ");
    for (int width : new int[] {80, 97, 120, 400}) {
      List<String> lines = CommandHelp.of(text, width);
      assertThat(lines.stream().filter(line -> line.length() > Math.min(width, 120))).isEmpty();
      assertThat(String.join(" ", lines).replaceAll("\\s+", " ").equals(words)).isTrue();
    }
    text.spec()
        .options()
        .forEach(option -> assertThat(words).contains(CommandText.label(option) + " "));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachCommandHasASummaryOfOneLine(String command) {
    assertThat(text(command).summary()).isNotEmpty().hasSizeLessThanOrEqualTo(60);
    assertThat(Cli.run("--help").out()).contains(" " + text(command).summary() + "\n");
  }

  /** What help tells people to copy are options that there are, with values that can be read. */
  @ParameterizedTest
  @MethodSource("commands")
  void examplesCanBeCopied(String command) {
    String all = String.join("\n", text(command).examples()).replace("\\\n", " ");
    List<String> calls =
        all.lines().filter(line -> line.startsWith("gsig ")).map(UsageTest::call).toList();
    assertThat(calls).isNotEmpty();
    for (String call : calls) {
      String[] args = call.split(" +");
      assertThat(args[1]).isEqualTo(command);
      program().parseArgs(Arrays.copyOfRange(args, 1, args.length));
    }
  }

  private static String call(String line) {
    return line.replaceFirst(" [<>] .*", "");
  }

  @Test
  void headingsAreOfOptionsThatThereAre() {
    Set<String> options = new TreeSet<>();
    for (CommandText command : ManualPages.program().commands()) {
      command.spec().options().forEach(option -> options.addAll(List.of(option.names())));
    }
    assertThat(options).containsAll(OptionGroups.names());
    assertThat(OptionGroups.names()).doesNotHaveDuplicates();
  }

  private static CommandText text(String command) {
    return ManualPages.program().commands().stream()
        .filter(each -> each.spec().name().equals(command))
        .findFirst()
        .orElseThrow();
  }

  private static CommandLine program() {
    return ManualPages.program().spec().commandLine();
  }

  @Test
  void versionNamesTheProgramAndTheJvm() {
    Cli.Outcome version = Cli.run("--version");

    assertThat(version.code()).isZero();
    assertThat(version.out()).startsWith("gsig ").contains(System.getProperty("java.vm.name"));
    assertThat(Cli.run("explain", "--version").out()).isEqualTo(version.out());
    assertThat(Cli.run("cohort", "meds", "--version").out()).isEqualTo(version.out());
    assertThat(Cli.run("version")).isEqualTo(version);
  }

  @Test
  void quietIsWithoutSummariesButWithWarnings(@TempDir Path folder) throws IOException {
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, folder);
    Object[] explain = {
      "explain", "--model", fixture.model, "--cohort", fixture.cohort, "--steps", 2, "--out"
    };
    assertThat(
            Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.validation, "-q")
                .code())
        .isZero();
    Cli.Outcome aloud = Cli.run(with(explain, folder.resolve("a.jsonl")));
    Cli.Outcome quiet = Cli.run(with(explain, folder.resolve("b.jsonl"), "--quiet"));

    assertThat(aloud.err()).contains("warning: ").contains(" explained in ");
    assertThat(quiet.code()).isZero();
    assertThat(quiet.errLines())
        .isNotEmpty()
        .allMatch(line -> line.contains("warning: ") || line.contains("note: "));
    assertThat(Cli.run("info", fixture.model, "-q").out())
        .isEqualTo(Cli.run("info", "--model", fixture.model).out())
        .isNotEmpty();
    assertThat(Cli.run("info", folder.resolve("absent"), "--quiet").errLines()).hasSize(1);
  }

  private static Object[] with(Object[] first, Object... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray();
  }

  private static final String[] EXPLAIN = {
    "explain", "--model", "m", "--cohort", "c.jsonl", "--out", "o.jsonl"
  };

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake(
            "name a command: demo, explain, report, verify, export, baseline, predict, evaluate, study,"
                + " cohort, import, train, serve, info, completion"),
        mistake("'explian'", "explian"),
        mistake("'explian'", "explian", "--help"),
        mistake("'explian'", "help", "explian"),
        mistake("'--modle'; did you mean --model? (see", "explain", "--modle", "m"),
        mistake("'--modle=m'; did you mean --model? (see", "explain", "--modle=m"),
        mistake("(PATH | --model=PATH)", "info", "--json"),
        mistake("mutually exclusive", "info", "m", "--model", "m"),
        mistake("'--model=DIR'", "explain", "--cohort", "c.jsonl", "--out", "o.jsonl"),
        mistake("'--out=FILE'", "explain", "--model", "m", "--cohort", "c.jsonl"),
        mistake("'OUT'", "verify"),
        mistake("--patients must be at least 1, but is 0", "verify", "o.jsonl", "--patients", "0"),
        mistake("--threads must be at least 1, but is 0", "verify", "o.jsonl", "--threads", "0"),
        mistake("'--json'", "baseline", "--model", "m", "--cohort", "c", "--json"),
        mistake("did you mean --steps?", explain("--step", "5")),
        mistake("'many' is not a whole number", explain("--steps", "many")),
        mistake("steps must be 1 to 1000000, but is 0", explain("--steps", "0")),
        mistake("--threads must be at least 1, but is 0", explain("--threads", "0")),
        mistake("--method: 'lime' is not one of gsig, ig", explain("--method", "lime")),
        mistake("theta 'nearly' is not auto", explain("--theta", "nearly")),
        mistake("theta 0.0 is outside", explain("--theta", "0")),
        mistake("theta grid", explain("--theta", "grid:5:1:3")),
        mistake("theta 'list:' is not", explain("--theta", "list:")),
        mistake("--theta is for --method gsig", explain("--method", "ig", "--theta", "2")),
        mistake("--theta is for --method gsig", explain("--method", "ig", "--theta", "list:1")),
        mistake("--theta is for --method gsig", explain("--method", "ig", "--theta", "continuous")),
        mistake(
            "--quadrature is for --method ig",
            explain("--method", "gsig", "--quadrature", "midpoint")),
        mistake("not one of right, left,", explain("--method", "ig", "--quadrature", "simpson")),
        mistake("not one of shared, exact", explain("--theta-search", "optuna")),
        mistake("not one of shared, exact", explain("--theta-search", "shared-full-curve")),
        mistake("not one of decision, full", explain("--theta-curve", "half")),
        mistake(
            "--theta-curve is for a shared search",
            explain("--theta-search", "exact", "--theta-curve", "full")),
        mistake("not one of manifold-mean, manifold", explain("--baseline", "mean")),
        mistake("not one of mean, zero, self", explain("--tabular-baseline", "median")),
        mistake("not one of logit, probability", explain("--target", "score")),
        mistake("lambda-group and lambda-l1", explain("--lambda-group", "0")),
        mistake("lambda-group and lambda-l1", explain("--lambda-l1", "-1")),
        mistake("changes nothing alone; give both", explain("--lambda-group", "2")),
        mistake(
            "--lambda-l1 chooses among several thetas",
            explain("--theta", "list:1", "--lambda-l1", "1")),
        mistake("'wide' is not a number", explain("--max-completeness-gap", "wide")),
        mistake("must be above 0", explain("--max-completeness-gap", "NaN")),
        mistake("exclude each other", explain("--resume", "--overwrite")));
  }

  private static Arguments mistake(String message, String... args) {
    return Arguments.of(message, args);
  }

  private static String[] explain(String... options) {
    return Stream.concat(Stream.of(EXPLAIN), Stream.of(options)).toArray(String[]::new);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void aMistakeIsOneLineWithAHintAndExitsWithTwo(String message, String[] args) {
    Cli.Outcome outcome = Cli.run((Object[]) args);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errLines())
        .singleElement()
        .asString()
        .startsWith("gsig: ")
        .contains(message);
    assertThat(outcome.err()).contains("--help)").doesNotContain("Exception");
  }
}
