package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

class ManualPagesTest {
  @TempDir Path temp;

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void thereIsAPageForTheProgramAndForEachCommandAlwaysTheSame() throws IOException {
    Path one = temp.resolve("a/man1");
    Path other = temp.resolve("b");
    ManualPages.main(new String[] {one.toString()});
    ManualPages.main(new String[] {other.toString()});

    List<String> names =
        Stream.concat(
                Stream.of("gsig.1"), UsageTest.commands().stream().map(c -> "gsig-" + c + ".1"))
            .sorted()
            .toList();
    assertThat(files(one)).extracting(file -> file.getFileName().toString()).isEqualTo(names);
    for (String name : names) {
      assertThat(other.resolve(name)).hasSameBinaryContentAs(one.resolve(name));
    }
  }

  /** What help says is on the page, read as roff reads it. */
  @Test
  void aPageHasEveryOptionAndNothingThatRoffWouldTakeForItsOwn() {
    for (CommandText command : ManualPages.program().commands()) {
      String page = ManualPages.of(command);
      assertThat(page.lines())
          .allMatch(
              line -> line.matches("(\\.(TH|SH|SS|PP|TP|nf|fi)( \"[^\"]*\")*|\\\\&.*|[^.'].*)"));
      assertThat(page).doesNotContainPattern("[^\\\\][-'`~^]").doesNotContain("%%");
      String read = read(page);
      assertThat(read).contains("gsig-" + command.spec().name() + " - " + command.summary() + "\n");
      for (OptionSpec option : command.spec().options()) {
        assertThat(read)
            .contains(".TP\n" + CommandText.label(option) + "\n" + CommandText.meaning(option));
      }
      assertThat(read).contains(String.join("\n", command.examples()));
    }
  }

  /** The line that {@code whatis} shows. */
  @Test
  void thePageOfTheProgramSaysWhatItIs() {
    assertThat(read(ManualPages.of(ManualPages.program())))
        .containsPattern("\n\\.SH \"NAME\"\ngsig - \\w[^\n]+\n\\.SH ");
  }

  private static String read(String page) {
    return page.replaceAll("\\\\f[BR]", "")
        .replace("\\&", "")
        .replace("\\(aq", "'")
        .replace("\\(ga", "`")
        .replace("\\(ti", "~")
        .replace("\\(ha", "^")
        .replace("\\(dq", "\"")
        .replace("\\-", "-")
        .replace("\\e", "\\");
  }
}
