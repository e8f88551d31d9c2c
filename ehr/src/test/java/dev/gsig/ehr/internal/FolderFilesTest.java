package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFilesTest {
  @TempDir Path temp;

  private Path file(String name) throws IOException {
    Path file = temp.resolve("data").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, name);
  }

  private FolderFiles found() {
    return FolderFiles.under(
        temp.resolve("data"), file -> FolderFiles.hasEnding(file.getFileName().toString(), ".csv"));
  }

  @Test
  void hiddenFilesAndFoldersAreNoData() throws IOException {
    file("b/1.csv");
    file("a.CSV");
    file("._a.csv");
    file(".cache/huggingface/1.csv");
    file("_SUCCESS");
    file("_temporary/0/1.csv");
    file("readme.txt");

    assertThat(found().files())
        .containsExactly(temp.resolve("data/a.CSV"), temp.resolve("data/b/1.csv"));
    assertThat(found().passedOver())
        .containsExactly(
            "._a.csv (hidden)",
            ".cache (hidden)",
            "_SUCCESS (hidden)",
            "_temporary (hidden)",
            "readme.txt (of another kind)");
  }

  @Test
  void linksAreFollowed() throws IOException {
    Path elsewhere = Files.createDirectories(temp.resolve("elsewhere/.blobs"));
    Path blob = Files.writeString(elsewhere.resolve("3fa9"), "x");
    Files.writeString(Files.createDirectory(temp.resolve("shards")).resolve("2.csv"), "y");
    Path own = file("own.csv");
    Files.createSymbolicLink(own.resolveSibling("1.csv"), blob);
    Files.createSymbolicLink(own.resolveSibling("shards"), temp.resolve("shards"));

    assertThat(found().files())
        .extracting(path -> temp.resolve("data").relativize(path).toString())
        .containsExactly("1.csv", "own.csv", "shards/2.csv");
    assertThat(found().passedOver()).isEmpty();
  }

  @Test
  void aFolderThatLeadsBackIsEnteredOnce() throws IOException {
    Path own = file("a/own.csv");
    Files.createSymbolicLink(own.resolveSibling("back"), temp.resolve("data"));

    assertThat(found().files()).containsExactly(own);
    assertThat(found().passedOver())
        .containsExactly("a/back (leads back to a folder that it is in)");
  }

  @Test
  void aFileOfTwoNamesIsReadOnce() throws IOException {
    Path own = file("own.csv");
    Files.createSymbolicLink(own.resolveSibling("p.csv"), own);

    assertThat(found().files()).containsExactly(own);
    assertThat(found().passedOver()).containsExactly("p.csv (the file that own.csv is, too)");
  }

  @Test
  void aLinkToNothingIsRefusedWhereItWouldBeData() throws IOException {
    Path own = file("own.csv");
    Files.createSymbolicLink(own.resolveSibling("note.txt"), temp.resolve("none"));
    assertThat(found().files()).containsExactly(own);

    Files.createSymbolicLink(own.resolveSibling("lost.csv"), temp.resolve("none"));
    assertThatThrownBy(this::found)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lost.csv: is a link to a file that is not there");
  }

  @Test
  void onlyTheFirstThatWerePassedOverAreShown() {
    assertThat(FolderFiles.shown(List.of("a", "b"))).isEqualTo("a, b");
    assertThat(FolderFiles.shown(List.of("a", "b", "c", "d"))).isEqualTo("a, b, c, ...");
  }
}
