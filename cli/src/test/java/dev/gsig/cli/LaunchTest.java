package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("looks at standard error")
class LaunchTest {
  @Test
  void withoutALauncherStandardErrorStays() {
    PrintStream before = System.err;
    Launch.takeStandardError(null);

    assertThat(System.err).isSameAs(before);
  }

  @Test
  void whereTheJvmKeepsItsInsidesShutStandardErrorStays() {
    PrintStream before = System.err;
    Launch.takeStandardError(2);

    assertThat(System.err).isSameAs(before);
  }
}
