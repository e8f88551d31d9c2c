package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.OptionSpec;

class CompletionCommandTest {
  @TempDir Path temp;

  private static String script(String shell) {
    Cli.Outcome outcome = Cli.run("completion", shell);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    return outcome.out();
  }

  /** What bash itself offers for the words of a line. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "gsig exp, explain export",
    "gsig completion --q, --quiet",
    "gsig explain --theta-, --theta-search --theta-curve",
    "gsig study --theta-s, --theta-search",
  })
  void bashCompletesCommandsAndOptions(String line, String offered)
      throws IOException, InterruptedException {
    Path script = temp.resolve("gsig.bash");
    Fixture.write(script, script("bash"));
    String ask =
        "source '"
            + script
            + "'; COMP_LINE='"
            + line
            + "'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE);"
            + " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_gsig 2> /dev/null;"
            + " echo ${COMPREPLY[@]}";
    Process bash = new ProcessBuilder("bash", "--norc", "-c", ask).start();
    bash.getOutputStream().close();
    String answer = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(answer.strip()).isEqualTo(offered);
  }

  @Test
  void zshReadsWhatBashReads() {
    assertThat(script("zsh")).isEqualTo(script("bash")).contains("autoload -U +X bashcompinit");
  }

  @Test
  void fishHasEveryCommandAndOption() {
    List<String> lines = script("fish").lines().toList();
    for (CommandText command : ManualPages.program().commands()) {
      String own = command.spec().name();
      assertThat(lines).anyMatch(line -> line.contains(" -a " + own + " -d '"));
      String condition = "-n '__fish_seen_subcommand_from " + own + "' ";
      for (OptionSpec option : command.spec().options()) {
        String name = "-l " + option.longestName().substring(2);
        String value =
            !CommandText.takesValue(option) ? "" : option.type() == Path.class ? " -r -F" : " -x";
        assertThat(lines)
            .anyMatch(line -> line.contains(condition) && line.contains(name + value + " -d '"));
      }
    }
    // Outside of quotes there is nothing that fish would read as its own.
    assertThat(lines.subList(1, lines.size()))
        .allMatch(line -> line.replaceAll("'(\\\\.|[^'\\\\])*'", "").matches("[-\\w ]+"));
  }

  @Test
  void anotherShellIsRefused() {
    Cli.assertRefused(Cli.run("completion", "tcsh"), "'tcsh' is not one of bash, zsh, fish");
    Cli.assertRefused(Cli.run("completion"), "SHELL");
  }
}
