package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.OutputLock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Every command with an output, held against whatever it could destroy: files of others, inputs,
 * and the output of a run that is still going on. The commands and their options come from the
 * command line; one that is not in {@link AllCommands} or here fails the test.
 */
class NothingLostTest {
  private static final String YEARS = "years of work\n";

  /** Options and parameters that name files which are read. A new one is listed, or an output. */
  private static final Set<String> INPUTS =
      Set.of(
          "--atc-map",
          "--audit-log", // added to, and only if it is one: ServeCommandTest
          "--baseline-file",
          "--check",
          "--cohort",
          "--config",
          "--descriptions",
          "--driver-path",
          "--groups",
          "--head",
          "--in",
          "--input",
          "--inputs",
          "--labels",
          "--map",
          "--model",
          "--references",
          "--tls-keystore",
          "--token-file",
          "--vocab",
          "--vocabulary",
          "OUT",
          "PATH");

  @TempDir static Path where;
  private static List<List<Object>> commands;
  private static String home;

  /** An output option of a command that works. */
  private record Case(List<Object> command, int value) {
    Path output() {
      return (Path) command.get(value);
    }

    /** The command with another output, told to replace it if it can be told. */
    List<Object> into(Path output) {
      List<Object> args = new ArrayList<>(command);
      args.set(value, output);
      if (spec((String) command.get(0)).findOption("--overwrite") != null) {
        args.add("--overwrite");
      }
      return args;
    }

    boolean isFolder() {
      return spec((String) command.get(0))
          .findOption((String) command.get(value - 1))
          .paramLabel()
          .equals("DIR");
    }

    List<Path> inputs() {
      List<Path> inputs = new ArrayList<>();
      for (int i = 1; i < command.size(); i++) {
        if (command.get(i) instanceof Path path
            && !Outputs.OPTIONS.contains(command.get(i - 1).toString())) {
          inputs.add(path);
        }
      }
      return inputs;
    }

    @Override
    public String toString() {
      return command.get(0) + " " + command.get(value - 1) + " " + output().getFileName();
    }
  }

  private static CommandSpec spec(String command) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Terminal terminal = new Terminal(InputStream.nullInputStream(), nowhere, nowhere, 0, 80);
    return Main.commandLine(new String[0], terminal).getSubcommands().get(command).getCommandSpec();
  }

  @BeforeAll
  static void runAllCommands() throws IOException {
    home = System.setProperty(DemoFolder.HOME, Path.of("..").toRealPath().toString());
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, where);
    Path out = Files.createDirectory(where.resolve("out"));
    SealedRunTest.makeEvents(where);
    Path cases = where.resolve("cases");
    copy(
        Path.of("..", "gsig", "src", "test", "resources", "import", "torch-encoder"),
        cases.resolve("torch-encoder"));
    commands = new ArrayList<>(AllCommands.commands(where, cases));
    commands.addAll(AllCommands.ofParquet(where));
    commands.add(
        List.of(
            "baseline",
            "--model",
            fixture.model,
            "--cohort",
            fixture.validation,
            "--out",
            out.resolve("means.safetensors")));
    List<Object> explain = List.of("explain", "--model", fixture.model, "--cohort", fixture.cohort);
    commands.add(
        Stream.concat(
                explain.stream(),
                Stream.of(
                    "--steps",
                    2,
                    "--plot-patients",
                    2,
                    "--out",
                    out.resolve("more.jsonl"),
                    "--plots",
                    out.resolve("pictures")))
            .toList());
    for (String table :
        List.of("visits.jsonl", "thetas.csv.gz", "labels.csv", "measure.csv", "patients.csv")) {
      String rows = table.substring(0, table.indexOf('.'));
      commands.add(
          List.of(
              "export",
              "--in",
              out.resolve("results.jsonl"),
              "--rows",
              rows,
              "--out",
              out.resolve(table)));
    }
    Path groups = out.resolve("groups.csv");
    commands.add(
        List.of(
            "export",
            "--in",
            out.resolve("results.jsonl"),
            "--rows",
            "groups",
            "--groups",
            "auto",
            "--out",
            groups));
    for (List<Object> command : commands) {
      Cli.Outcome outcome = Cli.run(command.toArray());
      assertThat(outcome.code()).as(command + ": " + outcome.err()).isZero();
    }
  }

  @AfterAll
  static void forgetHome() {
    if (home == null) {
      System.clearProperty(DemoFolder.HOME);
    } else {
      System.setProperty(DemoFolder.HOME, home);
    }
  }

  static Stream<Case> outputs() {
    return commands.stream()
        .flatMap(
            command ->
                Stream.iterate(1, i -> i < command.size(), i -> i + 1)
                    .filter(i -> Outputs.OPTIONS.contains(command.get(i - 1).toString()))
                    .map(i -> new Case(command, i)));
  }

  @Test
  void everyOutputOfEveryCommandIsTried() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Terminal terminal = new Terminal(InputStream.nullInputStream(), nowhere, nowhere, 0, 80);
    Set<String> wanted = new TreeSet<>();
    Set<String> inputs = new TreeSet<>();
    Main.commandLine(new String[0], terminal)
        .getSubcommands()
        .forEach(
            (name, command) -> {
              for (ArgSpec arg : command.getCommandSpec().args()) {
                String option =
                    arg instanceof OptionSpec named ? named.longestName() : arg.paramLabel();
                boolean file = Set.of("FILE", "DIR", "PATH").contains(arg.paramLabel());
                boolean path = StandardInputs.isOfPaths(arg);
                assertThat(path).as(name + " " + option + " is a Path").isEqualTo(file || path);
                if (Outputs.OPTIONS.contains(option)) {
                  wanted.add(name + " " + option);
                } else if (path) {
                  inputs.add(option);
                }
              }
            });
    Set<String> tried = new TreeSet<>();
    outputs().forEach(c -> tried.add(c.command().get(0) + " " + c.command().get(c.value() - 1)));
    assertThat(tried).isEqualTo(wanted).isNotEmpty();
    assertThat(INPUTS).containsAll(inputs);
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void whatGsigWroteIsReplacedAndWhatOthersWroteIsNot(Case output) throws IOException {
    assertThat(Cli.run(output.into(output.output()).toArray()).code()).isZero();

    Path kept = where.resolve("kept");
    copy(output.output(), kept);
    try (Stream<Path> files = Files.walk(output.output())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(file, YEARS);
      }
    }
    assertRefusedAndNothingChanged(output.into(output.output()), "exists and is no ");
    try (Stream<Path> files = Files.walk(output.output())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(file).hasContent(YEARS);
      }
    }
    delete(output.output());
    copy(kept, output.output());
    delete(kept);
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void noFileIsCalledByTheNameOfStandardOutput(Case output) throws IOException {
    String option = output.command().get(0) + " " + output.command().get(output.value() - 1);
    if (!Set.of("explain --out", "export --out").contains(option)) {
      assertRefusedAndNothingChanged(output.into(Path.of("-")), "cannot be standard output");
      assertThat(Path.of("-")).doesNotExist();
    }
  }

  @Test
  void noOutputTakesThePlaceOfTheSideFileOfResults() throws IOException {
    Case report =
        outputs()
            .filter(c -> c.command().get(0).equals("explain"))
            .filter(c -> c.command().get(c.value() - 1).equals("--report"))
            .findFirst()
            .orElseThrow();
    Path results = (Path) report.command().get(report.command().indexOf("--out") + 1);

    assertThat(Provenance.of(results)).exists();
    assertRefusedAndNothingChanged(
        report.into(Provenance.of(results)),
        "the side file of --out and --report name the same file");
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void noInputIsWrittenTo(Case output) throws IOException {
    for (Path input : output.inputs()) {
      Path link = Files.createSymbolicLink(where.resolve("link"), input);
      Path around = input.resolveSibling("none").resolve("..").resolve(input.getFileName());
      for (Path name : List.of(input, link, around)) {
        assertRefusedAndNothingChanged(output.into(name), "is also an input");
      }
      if (output.isFolder()) {
        assertRefusedAndNothingChanged(output.into(input.getParent()), "holds the input");
      }
      if (Files.isDirectory(input)) {
        for (Path in : List.of(input.resolve("new"), link.resolve("a").resolve("new"))) {
          assertRefusedAndNothingChanged(output.into(in), "lies inside the input");
        }
      }
      Files.delete(link);
    }
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void twoRunsDoNotWriteOneOutput(Case output) throws IOException {
    Path file = output.output();
    try (OutputLock lock =
        output.isFolder() ? OutputLock.ofFolder(file) : OutputLock.ofFile(file)) {
      assertThat(lock.isSure()).isTrue();
      assertRefusedAndNothingChanged(output.into(file), "another run is writing it");
    }
  }

  /** Its inputs are named by no option. */
  @Test
  void theDemoIsNotWrittenTo() throws IOException {
    Path copied = where.resolve("home");
    copy(Path.of("..", "demo"), copied.resolve("demo"));
    String before = System.setProperty(DemoFolder.HOME, copied.toString());
    try {
      for (String out : List.of("demo", "demo/model", ".")) {
        assertRefusedAndNothingChanged(
            List.of("demo", "--out", copied.resolve(out), "--steps", 2), "input");
      }
    } finally {
      System.setProperty(DemoFolder.HOME, before);
      delete(copied);
    }
  }

  private static void assertRefusedAndNothingChanged(List<Object> command, String why)
      throws IOException {
    Map<String, String> before = snapshot();
    Cli.Outcome outcome = Cli.run(command.toArray());
    assertThat(outcome.code()).as(command + "\n" + outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(why).doesNotContain("Exception");
    assertThat(snapshot()).isEqualTo(before);
  }

  private static Map<String, String> snapshot() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(where)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".gsig-lock")) {
          found.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return new HashMap<>(found);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
