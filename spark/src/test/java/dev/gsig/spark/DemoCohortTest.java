package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.cli.Main;
import dev.gsig.cli.Terminal;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo on two cores of Spark, against what {@code gsig explain} writes. */
@Tag("cohort")
class DemoCohortTest {
  private static final String COHORT = Local.DEMO.resolve("test.jsonl").toString();

  @TempDir private Path folder;

  private Path model;

  @BeforeEach
  void nameTheCopy() {
    model = folder.resolve("model");
  }

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void sparkWritesTheBytesOfTheCommandLine() throws IOException {
    Path explained = folder.resolve("explained.jsonl");
    PrintStream out = new PrintStream(err, true, StandardCharsets.UTF_8);
    String[] explain = {
      "explain",
      "--model",
      Local.MODEL.toString(),
      "--cohort",
      COHORT,
      "--out",
      explained.toString(),
      "--backend",
      "simd"
    };
    assertThat(Main.run(explain, out, out)).isZero();
    List<String> expected = Files.readAllLines(explained);
    assertThat(expected).hasSize(200);

    copyModel();
    int before = LoadedModel.loads();
    Path lines = folder.resolve("lines");
    gsigSpark("--cohort", COHORT, "--out", lines.toString());
    assertThat(Local.written(lines)).isEqualTo(expected);
    assertThat(lines.toFile().list((parent, name) -> name.startsWith("part-")))
        .as("the cohort is split, so that both cores work")
        .hasSizeGreaterThan(3);
    assertThat(LoadedModel.loads() - before).as("loads of the model").isEqualTo(1);
    JsonObject summary = Json.read(lines.resolve("_gsig.json"));
    assertThat(summary.integer("patients")).isEqualTo(200);
    assertThat(summary.integer("rejected")).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("gsig: 200 patients explained in");

    Path rows = folder.resolve("rows.parquet");
    gsigSpark("--cohort", COHORT, "--out", rows.toString(), "--out-format", "parquet");
    try (SparkSession spark = Local.session("local[2]")) {
      assertThat(
              Attributions.lines(spark.read().parquet(rows.toString())).collectAsList().stream()
                  .sorted())
          .as("through Parquet and back")
          .containsExactlyElementsOf(expected.stream().sorted().toList());
    }
  }

  /** With one more file: a model that no test before has loaded. */
  private void copyModel() throws IOException {
    Files.createDirectory(model);
    try (Stream<Path> files = Files.list(Local.MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Files.writeString(model.resolve("note.txt"), "a copy");
  }

  private void gsigSpark(String... more) {
    Terminal terminal =
        new Terminal(
            InputStream.nullInputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            80,
            80);
    String[] args = new String[more.length + 4];
    args[0] = "--model";
    args[1] = model.toString();
    args[2] = "--master";
    args[3] = "local[2]";
    System.arraycopy(more, 0, args, 4, more.length);
    assertThat(SparkCommand.run(args, terminal)).as(err.toString(StandardCharsets.UTF_8)).isZero();
  }
}
