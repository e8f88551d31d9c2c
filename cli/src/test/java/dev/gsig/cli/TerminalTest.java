package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {
  @TempDir Path temp;
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream screen = new PrintStream(shown, true, StandardCharsets.UTF_8);

  private String shown() {
    return shown.toString(StandardCharsets.UTF_8);
  }

  @Test
  void progressIsShownOnATerminalAndTakenAwayAgain() {
    Fixture fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    String[] args = {
      "explain",
      "--model",
      fixture.model.toString(),
      "--cohort",
      fixture.cohort.toString(),
      "--out",
      fixture.out.toString()
    };
    int code = Main.run(args, new Terminal(InputStream.nullInputStream(), screen, screen, 80, 80));

    assertThat(code).isZero();
    assertThat(shown()).contains("\rexplaining", "3/3 patients");
    String[] redrawn = shown().split("\r");
    assertThat(redrawn[redrawn.length - 2]).isBlank();
    assertThat(redrawn[redrawn.length - 1]).startsWith("gsig: ");
    assertThat(redrawn).allMatch(line -> line.lines().findFirst().orElse("").length() < 400);
  }

  @Test
  void progressOfUnknownLengthIsShownToo() {
    try (Progress progress =
        Progress.start(
            new Terminal(InputStream.nullInputStream(), screen, screen, 60, 60), "reading", -1)) {
      progress.step();
    }
    assertThat(shown()).startsWith("\rreading");
  }

  /** The longest name and a large cohort: the line is not cut, nor longer than the terminal. */
  @Test
  void aBarFitsEightyColumns() {
    try (Progress progress =
        Progress.start(
            new Terminal(InputStream.nullInputStream(), screen, screen, 80, 80),
            "pretraining epoch 100",
            200_000)) {
      progress.step();
    }
    String[] drawn = shown().split("\r");
    assertThat(drawn[1])
        .hasSizeLessThan(80)
        .matches(
            "pretraining epoch 100 +0% \\[.*\\] +[01]/200000 patients \\([0-9:]+ / [0-9:?]+\\) *");
  }

  @Test
  void nothingIsDrawnWhereNobodyWatches() {
    try (Progress progress =
        Progress.start(
            new Terminal(InputStream.nullInputStream(), screen, screen, 0, 120), "x", 5)) {
      progress.step();
    }
    assertThat(shown()).isEmpty();
  }

  @Test
  void linesAreEscaped() {
    Terminal terminal = new Terminal(InputStream.nullInputStream(), screen, screen, 0, 120);
    terminal.print("a\rb");
    terminal.say("c\u001bd");

    assertThat(shown()).isEqualTo(String.format("a\\u000db%ngsig: c\\u001bd%n"));
  }

  @Test
  void tablesAreNeverTooNarrow() {
    assertThat(new Terminal(InputStream.nullInputStream(), screen, screen, 0, 3).width())
        .isEqualTo(60);
    assertThat(Terminal.ofProcess().width()).isGreaterThanOrEqualTo(60);
  }
}
