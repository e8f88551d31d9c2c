package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.cli.Main;
import dev.gsig.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** {@code gsig} and {@code gsig-spark}, run side by side in this JVM. */
final class Commands {
  private Commands() {}

  /**
   * How a command ended.
   *
   * @param code the exit code
   * @param said what it printed
   */
  record Outcome(int code, String said) {
    Outcome ok() {
      assertThat(code).as(said).isZero();
      return this;
    }

    List<String> lines() {
      return said.lines().toList();
    }
  }

  static Outcome gsig(Object... args) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    return new Outcome(Main.run(texts(args), stream, stream), text(said));
  }

  /** On one core, if {@code --master} does not say otherwise. */
  static Outcome gsigSpark(Object... args) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    Terminal terminal = new Terminal(InputStream.nullInputStream(), stream, stream, 0, 100);
    Stream<String> master =
        List.of(args).contains("--master") ? Stream.of() : Stream.of("--master", "local[1]");
    String[] all = Stream.concat(Stream.of(texts(args)), master).toArray(String[]::new);
    return new Outcome(SparkCommand.run(all, terminal), text(said));
  }

  private static String[] texts(Object... args) {
    return Stream.of(args).map(String::valueOf).toArray(String[]::new);
  }

  private static String text(ByteArrayOutputStream said) {
    return said.toString(StandardCharsets.UTF_8);
  }
}
