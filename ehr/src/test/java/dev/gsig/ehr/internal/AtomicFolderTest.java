package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void prepare() {
    folder = temp.resolve("above").resolve("folder");
  }

  private static void write(Path folder, String text) {
    AtomicFolder.write(folder, at -> Files.writeString(at.resolve("file"), text));
  }

  @Test
  void aFolderIsCreatedAndReplacedWhole() throws IOException {
    write(folder, "one");
    Files.writeString(folder.resolve("other"), "of the first");
    write(folder, "two");

    assertThat(folder.resolve("file")).hasContent("two");
    assertThat(folder.toFile().list()).containsOnly("file");
    assertThat(folder.getParent().toFile().list()).containsOnly("folder");
  }

  @Test
  void whatFailsLeavesEverythingAsItWas() {
    write(folder, "one");
    for (Exception fault :
        new Exception[] {
          new IOException("No space left on device"), new IllegalStateException("x")
        }) {
      assertThatThrownBy(
              () ->
                  AtomicFolder.write(
                      folder,
                      at -> {
                        Files.writeString(at.resolve("file"), "tw");
                        if (fault instanceof IOException io) {
                          throw io;
                        }
                        throw (RuntimeException) fault;
                      }))
          .hasMessageContaining(fault.getMessage())
          .isInstanceOf(
              fault instanceof IOException
                  ? InvalidInputException.class
                  : IllegalStateException.class);
      assertThat(folder.resolve("file")).hasContent("one");
      assertThat(folder.getParent().toFile().list()).containsOnly("folder");
    }
  }

  @Test
  void onlyAFolderOfItsKindIsReplacedAndOnlyWhenAsked() throws IOException {
    AtomicFolder.requireFree(folder, false, "mark");
    Files.createDirectories(folder);
    AtomicFolder.requireFree(folder, false, "mark");
    Files.writeString(folder.resolve("mark"), "");
    assertThatThrownBy(() -> AtomicFolder.requireFree(folder, false, "mark"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--overwrite");
    AtomicFolder.requireFree(folder, true, "mark");
    assertThatThrownBy(() -> AtomicFolder.requireFree(folder, true, "other"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds no other");
    assertThatThrownBy(() -> AtomicFolder.requireFree(folder.resolve("mark"), true, "mark"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a file");
  }

  @Test
  void aFolderThatCannotBeMadeIsRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    assertThatThrownBy(() -> write(file.resolve("folder"), "x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be written");
  }
}
