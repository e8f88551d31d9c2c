package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSetTest {
  private static final Map<String, String> ONE =
      Map.of("mark", "gsig 1", "both", "1", "only-one", "1");
  private static final Map<String, String> TWO =
      Map.of("mark", "gsig 2", "both", "2", "only-two", "2");
  private static final FileSet SET =
      FileSet.of("set of gsig")
          .with("mark", new FileKind("mark", file -> Files.readString(file).startsWith("gsig")))
          .with("both", "only-one", "only-two")
          .withKept("kept");

  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void prepare() {
    folder = temp.resolve("above").resolve("folder");
  }

  private static FileSet.Content content(Map<String, String> files) {
    return at -> {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(at.resolve(file.getKey()), file.getValue());
      }
    };
  }

  private Map<String, String> files() {
    Map<String, String> found = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.list(folder)) {
        for (Path file : all.toList()) {
          found.put(file.getFileName().toString(), Files.readString(file));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return found;
  }

  @Test
  void theFilesAreReplacedTogetherAndOthersStay() throws IOException {
    SET.requireFree(folder, false);
    SET.write(folder, content(ONE));
    assertThat(files()).isEqualTo(ONE);
    Files.writeString(folder.resolve("thesis.tex"), "years");
    Files.writeString(folder.resolve("kept"), "by hand");

    SET.requireFree(folder, true);
    SET.write(folder, content(TWO));

    Map<String, String> expected = new TreeMap<>(TWO);
    expected.put("thesis.tex", "years");
    expected.put("kept", "by hand");
    assertThat(files()).isEqualTo(expected);
    SET.write(folder, content(Map.of("mark", "gsig", "kept", "anew")));
    assertThat(files()).isEqualTo(Map.of("mark", "gsig", "kept", "anew", "thesis.tex", "years"));
  }

  /** As Ctrl-C does it while files are written: another thread deletes, and the process ends. */
  @Test
  void whatIsNotWholeIsDeletedWhenTheProcessEnds() throws IOException {
    FileSet.Content interrupted =
        at -> {
          content(TWO).writeTo(at);
          FileSet.deleteUnfinished();
          assertThat(at).doesNotExist();
        };
    assertThatThrownBy(() -> SET.write(folder, interrupted))
        .isInstanceOf(InvalidInputException.class);
    assertThat(folder).doesNotExist();

    SET.write(folder, content(ONE));
    FileSet.Content late =
        at -> {
          interrupted.writeTo(at);
          Files.createDirectory(at);
          content(TWO).writeTo(at);
        };
    for (FileSet.Content content : List.of(interrupted, late)) {
      assertThatThrownBy(() -> SET.write(folder, content))
          .isInstanceOf(InvalidInputException.class);
      assertThat(files()).isEqualTo(ONE);
    }
  }

  @Test
  void whatIsWholeStaysWhenTheProcessEnds() throws IOException {
    SET.write(folder, content(ONE));
    Disk ending =
        new Disk() {
          @Override
          void move(Path from, Path to) throws IOException {
            FileSet.deleteUnfinished();
            super.move(from, to);
          }
        };
    SET.write(folder, content(TWO), ending);
    assertThat(files()).isEqualTo(TWO);
  }

  @Test
  void onlyWhatGsigWroteIsReplacedAndOnlyWhenAsked() throws IOException {
    SET.write(folder, content(ONE));
    assertThatThrownBy(() -> SET.requireFree(folder, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--overwrite");
    SET.requireFree(folder, true);

    Files.writeString(folder.resolve("mark"), "somebody else's");
    assertThatThrownBy(() -> SET.requireFree(folder, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mark: exists and is no mark that could be replaced");
    Files.delete(folder.resolve("mark"));
    assertThatThrownBy(() -> SET.requireFree(folder, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("both: exists and is no part of a set of gsig");
    // what came while the new files were made is looked at, too
    assertThatThrownBy(() -> SET.write(folder, content(TWO)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("both: exists and is no part");
    assertThat(files()).isEqualTo(Map.of("both", "1", "only-one", "1"));

    Path file = Files.writeString(temp.resolve("file"), "");
    for (Path wrong : new Path[] {file, file.resolve("folder")}) {
      assertThatThrownBy(() -> SET.requireFree(wrong, true))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("is a file");
    }
  }

  @Test
  void whatFailsLeavesEverythingAsItWas() {
    for (boolean before : new boolean[] {false, true}) {
      if (before) {
        SET.write(folder, content(ONE));
      }
      assertThatThrownBy(
              () ->
                  SET.write(
                      folder,
                      at -> {
                        Files.writeString(at.resolve("both"), "tw");
                        throw new IOException("No space left on device");
                      }))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("No space left");
      assertThat(files()).isEqualTo(before ? ONE : Map.of());
      assertThat(Files.exists(folder)).isEqualTo(before);
    }
  }

  /** Killed before each step of replacing: one whole version is there when the next run starts. */
  @Test
  void killedAtAnyStepItLeavesOneWholeVersion() {
    int former = 0;
    int fresh = 0;
    for (int steps = 0; ; steps++) {
      folder = temp.resolve("killed-" + steps);
      SET.write(folder, content(ONE));
      Dying disk = new Dying(steps);
      try {
        SET.write(folder, content(TWO), disk);
        assertThat(files()).isEqualTo(TWO);
        break;
      } catch (Dying.Killed e) {
        FileSet.settle(folder);
        assertThat(files()).as("killed before step %d", steps).isIn(ONE, TWO);
        former += files().equals(ONE) ? 1 : 0;
        fresh += files().equals(TWO) ? 1 : 0;
      }
    }
    assertThat(former).isGreaterThanOrEqualTo(2);
    assertThat(fresh).isGreaterThanOrEqualTo(10);
  }

  /** Killed again while the next run completes what the first one left. */
  @Test
  void killedWhileItRecoversItLeavesOneWholeVersion() throws IOException {
    for (int first = 3; first < 9; first++) {
      for (int second = 0; second < 12; second++) {
        folder = temp.resolve("killed-" + first + "-" + second);
        SET.write(folder, content(ONE));
        try {
          SET.write(folder, content(TWO), new Dying(first));
        } catch (Dying.Killed e) {
          try {
            FileSet.settle(folder, new Dying(second));
          } catch (Dying.Killed again) {
            FileSet.settle(folder);
          }
        }
        assertThat(files()).isEqualTo(TWO);
      }
    }
  }

  @Test
  void whatCameMeanwhileInThePlaceOfAFileIsNotLost() throws IOException {
    SET.write(folder, content(ONE));
    // create .gsig-new, create .gsig-old, only-one aside, both aside: killed before both comes
    assertThatThrownBy(() -> SET.write(folder, content(TWO), new Dying(4)))
        .isInstanceOf(Dying.Killed.class);
    assertThat(folder.resolve("both")).doesNotExist();
    Files.writeString(folder.resolve("both"), "by hand");
    assertThatThrownBy(() -> FileSet.settle(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("both: came while");
    assertThat(folder.resolve("both")).hasContent("by hand");
  }

  /** A process that is killed before one of its steps, so that none follows either. */
  private static final class Dying extends Disk {
    private int left;

    Dying(int steps) {
      left = steps;
    }

    private static final class Killed extends Error {
      private static final long serialVersionUID = 1L;
    }

    private void step() {
      if (left-- <= 0) {
        throw new Killed();
      }
    }

    @Override
    void move(Path from, Path to) throws IOException {
      step();
      super.move(from, to);
    }

    @Override
    void create(Path folder) throws IOException {
      step();
      super.create(folder);
    }

    @Override
    void delete(Path file) throws IOException {
      step();
      super.delete(file);
    }
  }
}
