package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.cli.Terminal;
import dev.gsig.ehr.internal.OutputLock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --overwrite} may replace, and what no option lets it touch. */
class NothingLostTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @TempDir private Path folder;
  private Path model;
  private Path data;
  private Path cohort;
  private Path out;

  @BeforeEach
  void prepare() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
    try (Stream<Path> files = Files.list(Local.MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    data = Files.createDirectory(folder.resolve("data"));
    cohort =
        Files.writeString(
            data.resolve("cohort.jsonl"),
            "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"d_59621000\"]}]}\n");
    out = folder.resolve("above").resolve("out");
  }

  private int explain(Path cohort, Path out, String... more) {
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    said.reset();
    String[] args = {
      "--model",
      model.toString(),
      "--cohort",
      cohort.toString(),
      "--out",
      out.toString(),
      "--master",
      "local[1]",
      "--steps",
      "2",
      "--method",
      "ig"
    };
    return SparkCommand.run(
        Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new),
        new Terminal(InputStream.nullInputStream(), stream, stream, 0, 100));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private Map<String, String> files() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".gsig-lock")) {
          found.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return found;
  }

  private void assertRefused(Path cohort, Path out, String why) throws IOException {
    Map<String, String> before = files();
    assertThat(explain(cohort, out, "--overwrite")).as(said()).isEqualTo(2);
    assertThat(said()).startsWith("gsig: ").contains(why).hasLineCount(1);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void onlyItsOwnFolderIsReplaced() throws IOException {
    assertThat(explain(cohort, out)).as(said()).isZero();
    assertThat(explain(cohort, out)).isEqualTo(2);
    assertThat(said()).contains("is there already; replace it with --overwrite");
    assertThat(explain(cohort, out, "--overwrite")).as(said()).isZero();
    assertThat(out.getParent().toFile().list()).containsExactly("out");

    Path thesis = Files.writeString(out.resolve("thesis.tex"), "years of work");
    assertRefused(cohort, out, "thesis.tex: is none of gsig-spark's files");
    Files.delete(thesis);
    Files.createDirectory(out.resolve("part-of-my-life"));
    assertRefused(cohort, out, "part-of-my-life: is none of gsig-spark's files");
    Files.delete(out.resolve("part-of-my-life"));
    Files.writeString(out.resolve("_gsig.json"), "{\"mine\":1}");
    assertRefused(cohort, out, "no folder of gsig-spark's results");

    Path file = Files.writeString(folder.resolve("file"), "years of work");
    assertRefused(cohort, file, "is a file");
    assertRefused(
        cohort,
        Files.createDirectories(file.resolveSibling("full/of")).getParent(),
        "no folder of gsig-spark's results");
  }

  @Test
  void noInputIsWrittenTo() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), data);
    for (Path input : new Path[] {cohort, data, data.resolve("*.jsonl")}) {
      assertRefused(input, data, input.equals(data) ? "is also an input" : "holds the input");
      assertRefused(input, link, input.equals(data) ? "is also an input" : "holds the input");
      assertRefused(input, folder, "holds the input");
    }
    assertRefused(data, data.resolve("new"), "lies inside the input");
    assertRefused(data, link.resolve("a/new"), "lies inside the input");
    assertRefused(cohort, cohort, "is also an input");
    assertRefused(cohort, model, "is also an input");
    assertRefused(cohort, model.resolve("new"), "lies inside the input");
  }

  @Test
  void twoRunsDoNotWriteOneFolder() throws IOException {
    try (OutputLock lock = OutputLock.ofFolder(out)) {
      assertThat(lock.isSure()).isTrue();
      assertRefused(cohort, out, "another run is writing it");
    }
    assertThat(explain(cohort, out)).as(said()).isZero();
  }

  /** As a kill leaves it between its two renamings, or before the first, or after the second. */
  @Test
  void aRunThatWasKilledLeavesOneWholeVersion() throws IOException {
    assertThat(explain(cohort, out)).isZero();
    Map<String, String> whole = files();
    Path former = out.resolveSibling(".out.gsig-old");
    Path unfinished = out.resolveSibling(".out.123e4567-e89b-12d3-a456-426614174000.gsig-new");

    Files.move(out, former);
    Files.createDirectory(unfinished);
    Files.writeString(unfinished.resolve("part-00000"), "half");
    assertThat(explain(cohort, out)).isEqualTo(2);
    assertThat(said()).contains("is there already");
    assertThat(files()).isEqualTo(whole);

    Files.createDirectory(former);
    Files.writeString(former.resolve("part-00000"), "of before");
    assertThat(explain(cohort, out, "--overwrite")).as(said()).isZero();
    assertThat(out.getParent().toFile().list()).containsExactly("out");
  }
}
