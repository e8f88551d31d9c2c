package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("replaces standard error")
class StandardErrorLogTest {
  private static String logged(Level level, String format, Object... values) {
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      new StandardErrorLog().getLogger("x", null).log(level, format, values);
    } finally {
      System.setErr(before);
    }
    return caught.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aMessageIsOneLine() {
    assertThat(logged(Level.INFO, "gsig: {0}", "because\nof it"))
        .isEqualTo(String.format("gsig: because\\u000aof it%n"));
    assertThat(logged(Level.WARNING, "{plain")).isEqualTo(String.format("{plain%n"));
  }

  @Test
  void detailsAreLeftOut() {
    assertThat(logged(Level.DEBUG, "detail")).isEmpty();
  }

  @Test
  void theJvmFindsIt() {
    assertThat(ServiceLoader.load(System.LoggerFinder.class))
        .anyMatch(finder -> finder instanceof StandardErrorLog);
  }
}
