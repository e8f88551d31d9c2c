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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What {@code --overwrite} may replace, and what no option lets it touch: for paths, for URIs of
 * this machine's files, and on a file system of Hadoop's without links and locks.
 */
@ParameterizedClass
@EnumSource(NothingLostTest.Naming.class)
class NothingLostTest {
  /** How the cohort and the output are named. */
  enum Naming {
    PATH,
    FILE,
    STUB;

    String of(Path path) {
      return switch (this) {
        case PATH -> path.toString();
        case FILE -> "file://" + path.toAbsolutePath();
        case STUB -> StubFileSystem.uri(path);
      };
    }
  }

  /** Options of paths that are written to; every other one is an input. */
  private static final Set<String> OUTPUTS = Set.of("--out");

  private static final Set<String> INPUTS =
      Set.of("--model", "--cohort", "--baseline-file", "--references");

  @Parameter private Naming naming;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @TempDir private Path folder;
  private Path model;
  private Path data;
  private Path cohort;
  private Path out;

  @BeforeAll
  static void install() {
    StubFileSystem.install();
  }

  @AfterAll
  static void remove() {
    StubFileSystem.remove();
  }

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
      naming.of(cohort),
      "--out",
      naming.of(out),
      "--master",
      "local[1]",
      "--steps",
      "2"
    };
    Stream<String> method =
        List.of(more).contains("--method") ? Stream.of() : Stream.of("--method", "ig");
    return SparkCommand.run(
        Stream.of(Stream.of(args), Stream.of(more), method)
            .flatMap(all -> all)
            .toArray(String[]::new),
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

  private void assertRefused(Path cohort, Path out, String why, String... more) throws IOException {
    Map<String, String> before = files();
    String[] all = Stream.concat(Stream.of("--overwrite"), Stream.of(more)).toArray(String[]::new);
    assertThat(explain(cohort, out, all)).as(said()).isEqualTo(2);
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

  /** A new option of paths is listed here, and tried below. */
  @Test
  void everyOptionThatNamesAPathIsKnown() {
    CommandSpec spec =
        CommandSpec.forAnnotatedObject(
            new SparkCommand(
                new Terminal(InputStream.nullInputStream(), System.out, System.err, 0, 80)));
    Set<String> named = new TreeSet<>();
    for (OptionSpec option : spec.options()) {
      if (Set.of("FILE", "DIR", "PATH").contains(option.paramLabel())
          || Path.class.equals(option.type())) {
        named.add(option.longestName());
      }
    }
    Set<String> known = new TreeSet<>(OUTPUTS);
    known.addAll(INPUTS);
    assertThat(named).isEqualTo(known);
  }

  @Test
  void noInputIsWrittenTo() throws IOException {
    boolean local = naming != Naming.STUB;
    String same = local ? "is also an input" : "is the input";
    String holds = local ? "holds the input" : "is the input";
    String inside = local ? "lies inside the input" : "is the input";
    for (Path input : new Path[] {cohort, data, data.resolve("*.jsonl")}) {
      assertRefused(input, data, input.equals(data) ? same : holds);
      assertRefused(input, folder, holds);
    }
    assertRefused(data, data.resolve("new"), inside);
    assertRefused(cohort, cohort, same);
    if (!local) {
      return; // the model is on this machine, and links are
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), data);
    for (Path input : new Path[] {cohort, data, data.resolve("*.jsonl")}) {
      assertRefused(input, link, input.equals(data) ? same : holds);
    }
    assertRefused(data, link.resolve("a/new"), inside);
    assertRefused(cohort, model, same);
    assertRefused(cohort, model.resolve("new"), inside);
    Path other = Files.createDirectory(folder.resolve("other"));
    Path means = Files.move(model.resolve("baseline.safetensors"), other.resolve("means"));
    assertRefused(cohort, means, same, "--baseline-file", means.toString());
    assertRefused(cohort, other, holds, "--baseline-file", means.toString());
    Path patients = Files.copy(cohort, other.resolve("patients.jsonl"));
    assertRefused(
        cohort,
        other,
        holds,
        "--method",
        "expected-gradients",
        "--references",
        patients.toString());
  }

  @Test
  void twoRunsDoNotWriteOneFolder() throws IOException {
    try (OutputLock lock = OutputLock.ofFolder(out)) {
      assertThat(lock.isSure()).isTrue();
      if (naming == Naming.STUB) {
        assertThat(explain(cohort, out)).isZero();
        assertThat(said()).contains("cannot be locked; see to it that no other run writes it");
        return; // see OutputFolderTest
      }
      assertRefused(cohort, out, "another run is writing it");
    }
    assertThat(explain(cohort, out)).as(said()).isZero();
  }

  /** As a kill leaves it between its two renamings, or before the first, or after the second. */
  @Test
  void aRunThatWasKilledLeavesOneWholeVersion() throws IOException {
    assertThat(explain(cohort, out)).isZero();
    Map<String, String> whole = files();
    String run = ".out.123e4567-e89b-12d3-a456-426614174000.gsig-";
    Path former = out.resolveSibling(run + "old");
    Path unfinished = out.resolveSibling(run + "new");

    Files.move(out, former);
    Files.createDirectory(unfinished);
    Files.writeString(unfinished.resolve("part-00000"), "half");
    assertThat(explain(cohort, out)).isEqualTo(2);
    assertThat(said()).contains("is there already");
    if (naming == Naming.STUB) {
      delete(unfinished); // it may be of a run that is under way
    }
    assertThat(files()).isEqualTo(whole);

    Files.createDirectory(former);
    Files.writeString(former.resolve("part-00000"), "of before");
    assertThat(explain(cohort, out, "--overwrite")).as(said()).isZero();
    assertThat(out.getParent().toFile().list()).containsExactly("out");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
