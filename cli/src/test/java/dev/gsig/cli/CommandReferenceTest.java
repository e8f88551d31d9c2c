package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CommandReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "commands.md");

  /** With {@code -Dgsig.docs=write} the page is made anew. */
  @Test
  void thePageIsWhatTheProgramSays() throws IOException {
    MadeFile.assertKept(PAGE, CommandReference.markdown(), CommandReferenceTest.class);
  }

  @Test
  void everyOptionIsInIt() {
    String page = CommandReference.markdown();
    assertThat(page)
        .contains("## gsig explain\n", "| `--model DIR` (required) |", "| `--resume` | continue")
        .doesNotContain("%n", "null");
  }
}
