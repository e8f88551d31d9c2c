package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Runs the command line in this process. */
final class Cli {
  private Cli() {}

  /** What a run left behind. */
  record Outcome(int code, String out, String err) {
    List<String> errLines() {
      return err.lines().toList();
    }

    List<String> outLines() {
      return out.lines().toList();
    }
  }

  /** Runs with arguments of any type, each by its text. */
  static Outcome run(Object... args) {
    return run(Terminal.DEFAULT_WIDTH, args);
  }

  /** Runs, and must succeed. */
  static Outcome succeeds(Object... args) {
    Outcome outcome = run(args);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  /** Runs with tables of a width. */
  static Outcome run(int width, Object... args) {
    return run(InputStream.nullInputStream(), width, args);
  }

  /** Runs with a text on standard input. */
  static Outcome pipe(String in, Object... args) {
    InputStream bytes = new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8));
    return run(bytes, Terminal.DEFAULT_WIDTH, args);
  }

  /** Refused as bad input: one line that has these parts, nothing on standard output. */
  static void assertRefused(Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errLines())
        .singleElement()
        .asString()
        .startsWith("gsig: ")
        .contains(parts)
        .doesNotContain("Exception", "dev.gsig");
  }

  private static Outcome run(InputStream in, int width, Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] texts = Arrays.stream(args).map(String::valueOf).toArray(String[]::new);
    Terminal terminal =
        new Terminal(
            in,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            0,
            width);
    int code = Main.run(texts, terminal);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
