package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private static AtomicFile.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void createsAndReplaces() throws Exception {
    Path file = folder.resolve("out.txt");

    AtomicFile.write(file, text("one"));
    assertThat(file).hasContent("one");
    AtomicFile.write(file, text("two"));
    assertThat(file).hasContent("two");
    assertOnly(file);
  }

  @Test
  void keepsTheOldFileWholeWhenWritingFails() throws Exception {
    Path file = Files.writeString(folder.resolve("out.txt"), "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1_000_000]);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            file + ": cannot be written: No space left on device; check the disk and the path");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      throw new IllegalStateException("a fault of the program");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(file).hasContent("old");
    assertOnly(file);
  }

  @Test
  void oldContentStaysVisibleUntilTheEnd() throws Exception {
    Path file = Files.writeString(folder.resolve("out.txt"), "old");

    AtomicFile.write(
        file,
        out -> {
          out.write('n');
          out.flush();
          assertThat(file).hasContent("old");
        });

    assertThat(file).hasContent("n");
  }

  @Test
  void newFilesGetTheProcessDefaultsReplacedOnesKeepTheirs() throws Exception {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path plain = Files.writeString(folder.resolve("plain"), "x");
    Path fresh = folder.resolve("fresh");
    AtomicFile.write(fresh, text("x"));
    assertThat(Files.getPosixFilePermissions(fresh))
        .isEqualTo(Files.getPosixFilePermissions(plain));

    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    AtomicFile.write(fresh, text("y"));
    assertThat(Files.getPosixFilePermissions(fresh))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void followsSymbolicLinks() throws Exception {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path real = Files.writeString(Files.createDirectory(folder.resolve("d")).resolve("f"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);

    AtomicFile.write(link, text("new"));

    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
  }

  @Test
  void writesToDevicesDirectly() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));

    AtomicFile.write(device, text("gone"));

    assertThat(Files.isRegularFile(device)).isFalse();
  }

  @Test
  void refusesWhatCannotBeWritten() throws Exception {
    Path noFolder = folder.resolve("no").resolve("such").resolve("out.txt");
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path belowFile = file.resolve("out.txt");

    assertThatThrownBy(() -> AtomicFile.write(folder, text("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + ": cannot be written: is a folder; name a file");
    assertThatThrownBy(() -> AtomicFile.write(noFolder, text("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            noFolder
                + ": cannot be written: its folder does not exist; create the folder or name"
                + " another file");
    assertThatThrownBy(() -> AtomicFile.write(belowFile, text("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(belowFile + ": cannot be written: ");
    assertOnly(file);
  }

  /** A run that was killed left a part; the next one with the same output takes it away. */
  @Test
  void unfinishedFilesAreDeletedByName() throws Exception {
    Path file = Files.writeString(folder.resolve("out.txt"), "whole");
    Files.writeString(folder.resolve(".out.txt.0123abcd.gsig-new"), "ha");
    Path other = Files.writeString(folder.resolve(".out.txt2.0123abcd.gsig-new"), "not mine");
    Path stranger = Files.writeString(folder.resolve(".out.txt.old.gsig-new"), "not mine");

    AtomicFile.deleteUnfinished(folder, "out\\.txt");

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(file, other, stranger);
    }
  }

  private void assertOnly(Path file) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
