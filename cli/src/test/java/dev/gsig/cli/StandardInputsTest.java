package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

class StandardInputsTest {
  private final InputStream standardInput = System.in;

  @BeforeEach
  void standardInputIsEmpty() {
    System.setIn(InputStream.nullInputStream());
  }

  @AfterEach
  void standardInputIsItsOwnAgain() {
    System.setIn(standardInput);
  }

  /** Every option and parameter of files of every command, as the command line knows them. */
  static Stream<Arguments> inputs() {
    Terminal nowhere = new Terminal(InputStream.nullInputStream(), System.out, System.err, 0, 80);
    List<Arguments> inputs = new ArrayList<>();
    for (CommandLine command : Main.commandLine(new String[0], nowhere).getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      for (ArgSpec arg : spec.args()) {
        if (StandardInputs.isOfPaths(arg) && !Outputs.isOutput(arg)) {
          inputs.add(Arguments.of(spec.name() + " " + StandardInputs.name(arg), spec, arg));
        }
      }
    }
    return inputs.stream();
  }

  /** What an option's own description says of standard input holds. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("inputs")
  void anOptionReadsStandardInputOrSaysThatItDoesNot(String name, CommandSpec spec, ArgSpec arg) {
    boolean streams = String.join(" ", arg.description()).contains("standard input");
    List<Object> args = new ArrayList<>(List.of(spec.name()));
    if (spec.name().equals("cohort")) {
      args.addAll(List.of("meds", "--task", "mortality"));
    }
    for (ArgSpec other : spec.args()) {
      boolean excluded = other.group() != null && (arg.group() != null || other.isOption());
      if (other.required() && StandardInputs.isOfPaths(other) && !other.equals(arg) && !excluded) {
        args.addAll(named(other, "absent"));
      }
    }
    args.addAll(named(arg, "-"));
    Cli.Outcome outcome = Cli.pipe("", args.toArray());

    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    String said = StandardInputs.name(arg) + " cannot be standard input; name a ";
    if (streams) {
      assertThat(outcome.err()).doesNotContain("cannot be standard input");
    } else {
      Cli.assertRefused(outcome, said, "(one that is called - is ./-)");
    }
  }

  private static List<Object> named(ArgSpec arg, String value) {
    String name = StandardInputs.name(arg);
    return name.startsWith("--") ? List.of(name, value) : List.of(value);
  }

  @Test
  void sourcesThatAreFoldersAreNamedByThem() {
    for (String source : List.of("mimic4", "synthea")) {
      Cli.assertRefused(
          Cli.run("cohort", source, "--input", "-", "--task", "mortality", "--out", "absent/c"),
          "--input cannot be standard input; name a file or a folder");
    }
  }

  @Test
  void oneStreamCannotBeReadTwice() {
    Cli.assertRefused(
        Cli.run("cohort", "meds", "--input", "-", "--labels", "-", "--out", "absent/c"),
        "--input and --labels cannot both be standard input");
  }
}
