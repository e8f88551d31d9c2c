package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputLockTest {
  @TempDir Path temp;

  @Test
  void oneRunAtATimeUnderAnyName() throws IOException {
    Path file = Files.writeString(temp.resolve("out"), "x");
    Path link = Files.createSymbolicLink(temp.resolve("link"), file);
    try (OutputLock lock = OutputLock.ofFile(file)) {
      assertThat(lock.isSure()).isTrue();
      for (Path name : List.of(file, link)) {
        assertThatThrownBy(() -> OutputLock.ofFile(name))
            .isInstanceOf(InvalidInputException.class)
            .hasMessage(
                name + ": another run is writing it; wait for its end, or name another place");
      }
      OutputLock.ofFile(temp.resolve("other")).close();
    }
    OutputLock.ofFile(file).close();
    assertThat(temp.toFile().list()).containsExactlyInAnyOrder("out", "link");
  }

  @Tag("process")
  @Test
  void anotherProcessIsRefusedUntilTheFirstIsKilled() throws Exception {
    Path file = temp.resolve("out");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('l');
      assertThatThrownBy(() -> OutputLock.ofFile(file))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("another run");
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(temp.resolve(".out.gsig-lock")).exists();
    OutputLock.ofFile(file).close();
    assertThat(temp.toFile().list()).isEmpty();
  }

  /** Locks a file until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (OutputLock lock = OutputLock.ofFile(Path.of(args[0]))) {
        System.out.print(lock.isSure() ? 'l' : 'x');
        System.out.flush();
        System.in.read();
      }
    }
  }

  @Test
  void foldersAboveComeAndGoWithIt() throws IOException {
    Path folder = temp.resolve("a/b/c");
    OutputLock.ofFolder(folder).close();
    assertThat(temp.toFile().list()).isEmpty();
    try (OutputLock lock = OutputLock.ofFolder(folder)) {
      assertThat(lock.isSure()).isTrue();
      Files.createDirectory(folder);
    }
    assertThat(folder).isDirectory();
    assertThat(folder.getParent().toFile().list()).containsExactly("c");
  }

  @Test
  void whereNothingCanBeWrittenNothingIsLocked() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "x");
    OutputLock.ofFile(temp.resolve("absent/out")).close();
    OutputLock.ofFolder(file.resolve("a/b")).close();
    assertThat(temp.toFile().list()).containsExactly("file");
  }
}
