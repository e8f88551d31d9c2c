package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
  @TempDir Path temp;

  @Test
  void aLineIsOnDiskAsSoonAsItIsWritten() {
    Path file = temp.resolve("out.jsonl");
    try (ResultFile results = ResultFile.at(file, ResultFile.Existing.REFUSE)) {
      assertThat(file).doesNotExist();
      results.write("{\"ä\":1}");
      assertThat(file).hasContent("{\"ä\":1}\n");
      results.write("{}");
      assertThat(file).hasContent("{\"ä\":1}\n{}\n");
      assertThat(results.written()).isEqualTo(2);
    }
  }

  @Test
  void nothingIsCutBeforeTheFirstLine() {
    Path file = temp.resolve("out.jsonl");
    String old = MadeUpResults.patient(0) + "\n" + MadeUpResults.patient(1) + "\n";
    Fixture.write(file, old);
    try (ResultFile results = ResultFile.at(file, ResultFile.Existing.OVERWRITE)) {
      assertThat(file).hasContent(old);
      results.write("new");
      assertThat(temp.resolve(".out.jsonl.gsig-old")).hasContent(old);
      results.finish();
    }
    assertThat(file).hasContent("new\n");
    assertThat(temp.toFile().list()).containsExactly("out.jsonl");
  }

  @Test
  void whatIsKeptStays() {
    Path file = temp.resolve("out.jsonl");
    Fixture.write(file, "old\nhal");
    try (ResultFile results = ResultFile.at(file, ResultFile.Existing.RESUME)) {
      results.keep(4);
      results.write("new");
    }
    assertThat(file).hasContent("old\nnew\n");
  }

  @Test
  void aSymbolicLinkIsFollowed() throws Exception {
    Path file = temp.resolve("real.jsonl");
    Fixture.write(file, "");
    Path link = Files.createSymbolicLink(temp.resolve("link.jsonl"), file.getFileName());
    try (ResultFile results = ResultFile.at(link, ResultFile.Existing.REFUSE)) {
      results.write("new");
    }
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new\n");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsSaidInOneLine() {
    Path full = Path.of("/dev/full");
    try (ResultFile results = ResultFile.at(full, ResultFile.Existing.REFUSE)) {
      assertThatThrownBy(() -> results.write("line"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("/dev/full: cannot be written: No space left on device");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aRunOntoAFullDiskEndsWithOneLine() {
    Fixture fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--out",
            "/dev/full",
            "--steps",
            2);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines()).singleElement().asString().contains("No space left on device");
  }

  @Test
  void lineCountsLeaveOutBlankLines() {
    Path file = temp.resolve("cohort.jsonl");
    Fixture.write(file, "{}\n\n  \r\n{}\r\n{}");
    assertThat(LineCount.of(file)).isEqualTo(3);
    assertThat(LineCount.of(temp)).isEqualTo(-1);
  }
}
