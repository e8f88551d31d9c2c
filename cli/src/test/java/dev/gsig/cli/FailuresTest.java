package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
  private final Terminal terminal = new Terminal(InputStream.nullInputStream(), err, err, 0, 80);

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void badInputIsOneLine() {
    Throwable cause = new IllegalStateException("never shown");
    int code = Failures.report(new InvalidInputException("f.json: no\nsuch file", cause), terminal);

    assertThat(code).isEqualTo(2);
    assertThat(said()).isEqualTo(String.format("gsig: f.json: no\\u000asuch file%n"));
  }

  @Test
  void aFaultOfTheProgramIsLoud() {
    int code = Failures.report(new IllegalStateException("odd"), terminal);

    assertThat(code).isEqualTo(1);
    assertThat(said())
        .startsWith("gsig: internal fault")
        .contains("IllegalStateException: odd", "\tat ");
  }

  @Test
  void lackOfMemoryIsCalledByItsName() {
    int code = Failures.report(new OutOfMemoryError("Java heap space"), terminal);

    assertThat(code).isEqualTo(1);
    assertThat(said().lines()).hasSize(1);
    assertThat(said()).contains("out of memory", "Java heap space", "-Xmx", "--threads");
  }
}
