package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.internal.op.Operators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What {@code docs/onnx.md} says of operators is so. */
class OnnxPageTest {
  @Test
  void thePageListsTheOperators() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "onnx.md"));
    String list = page.substring(page.indexOf("## Operators"), page.indexOf("Every rule"));
    assertThat(
            list.lines()
                .skip(1)
                .flatMap(line -> Arrays.stream(line.split("[` ]+")))
                .filter(w -> !w.isEmpty()))
        .containsExactlyElementsOf(Operators.names());
  }
}
