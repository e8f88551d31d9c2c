package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS) // links
class PlacesTest {
  @TempDir Path temp;
  private Path input;
  private Path file;

  @BeforeEach
  void prepare() throws IOException {
    input = Files.createDirectories(temp.resolve("data/input"));
    file = Files.writeString(input.resolve("cohort.jsonl"), "x");
  }

  private static void assertRefused(Path output, Path input, String how) {
    assertThatThrownBy(() -> Places.requireApart(output, input))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(output + ": ")
        .hasMessageContaining(how);
  }

  @Test
  void theInputItselfByAnyName() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), file);
    Path hard = Files.createLink(temp.resolve("hard"), file);
    Path around = input.resolve("../input/./cohort.jsonl");
    Path relative = Path.of("").toAbsolutePath().relativize(file);
    for (Path name : new Path[] {file, link, hard, around, relative}) {
      assertRefused(name, file, "is also an input");
      assertRefused(file, name, "is also an input");
    }
  }

  @Test
  void whatHoldsAnInputOrLiesInOne() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), input);
    assertRefused(temp, file, "holds the input");
    assertRefused(temp.resolve("data"), link, "holds the input");
    assertRefused(input.resolve("out"), input, "lies inside the input");
    assertRefused(link.resolve("new/folder/out"), input, "lies inside the input");
    assertRefused(temp.resolve("no/../data/input/out"), input, "lies inside the input");
  }

  @Test
  void whatIsApart() throws IOException {
    Places.requireApart(temp.resolve("data/out"), input);
    Places.requireApart(temp.resolve("data/input2"), input);
    Places.requireApart(input.resolve("results.jsonl"), file);
    Places.requireApart(temp, temp.resolve("absent")); // nothing can be lost
    Places.requireApart(Path.of("-"), Path.of("-"));
    Places.requireApart(Path.of("/dev/null"), Path.of("/dev/null"));
    assertThat(Places.real(temp.resolve("a/b/../c")))
        .isEqualTo(temp.toRealPath().resolve("a").resolve("c"));
  }
}
