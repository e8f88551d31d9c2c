package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder with a graph in the ONNX format, against what {@code gsig explain} writes. */
class GraphTest {
  private static final Path GRAPH =
      Path.of("..", "gsig", "src", "test", "resources", "graphs", "fixed");

  @TempDir private Path folder;

  private Object[] args(String of, Object... more) {
    Object[] args = {
      "--model",
      GRAPH,
      "--cohort",
      GRAPH.resolve("cohort.jsonl"),
      "--steps",
      2,
      "--backend",
      "simd",
      "--baseline",
      "pad",
      "--out",
      folder.resolve(of)
    };
    return Stream.of(args, more).flatMap(Stream::of).toArray();
  }

  @Test
  void isShippedAndComputedAsEveryModel() throws IOException {
    Object[] alone = args("alone.jsonl");
    Commands.gsig(Stream.of(new Object[] {"explain"}, alone).flatMap(Stream::of).toArray()).ok();
    Commands.gsigSpark(args("out", "--master", "local[2]")).ok();

    assertThat(Local.written(folder.resolve("out")))
        .isEqualTo(Files.readAllLines(folder.resolve("alone.jsonl")))
        .hasSize(3);
  }
}
