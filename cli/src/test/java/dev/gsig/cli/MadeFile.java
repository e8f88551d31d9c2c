package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the documentation that a test makes: written with {@code -Dgsig.docs=write}. */
final class MadeFile {
  private MadeFile() {}

  /** Whether files are written anew. */
  static boolean isWritten() {
    return "write".equals(System.getProperty("gsig.docs"));
  }

  /**
   * The file is what is made now; if files are written anew, it is written first.
   *
   * @param file which is kept
   * @param made what it has to be
   * @param test which makes it
   */
  static void assertKept(Path file, String made, Class<?> test) throws IOException {
    if (isWritten()) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, made);
    }
    assertThat(Fixture.read(file).equals(made))
        .as(
            "%s is out of date; make it anew with: mvn test -pl cli -am -Dtest=%s -Dgsig.docs=write"
                + " -Dsurefire.failIfNoSpecifiedTests=false",
            file, test.getSimpleName())
        .isTrue();
  }
}
