package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two runs with one folder, on a file system without locks. */
class OutputFolderTest {
  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    StubFileSystem.install();
    spark = Local.session("local[1]");
  }

  @AfterAll
  static void stop() throws IOException {
    spark.stop();
    StubFileSystem.remove();
  }

  @AfterEach
  void calm() {
    StubFileSystem.before(step -> {});
  }

  private Path out() {
    return folder.resolve("out");
  }

  private OutputFolder open() {
    return OutputFolder.at(spark, StubFileSystem.uri(out()), true, List.of());
  }

  /** Writes two parts and the mark, all of one run; null if it was refused. */
  private static String write(OutputFolder output, String name) {
    try {
      output.write(
          temporary -> {
            Path at = Path.of(temporary.substring(StubFileSystem.SCHEME.length() + 1));
            try {
              Files.createDirectories(at);
              Files.writeString(at.resolve("part-00000"), name);
              Files.writeString(at.resolve("part-00001"), name);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            output.writeMark(Map.of("weights_sha256", name, "patients", 1));
          });
      return name;
    } catch (InvalidInputException e) {
      assertThat(e)
          .hasMessageContaining("another run has written it meanwhile; name another --out");
      return null;
    }
  }

  private void assertWhole(String name) throws IOException {
    try (Stream<Path> files = Files.list(out())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("part-00000", "part-00001", "_gsig.json");
    }
    assertThat(out().resolve("part-00000")).hasContent(name);
    assertThat(out().resolve("part-00001")).hasContent(name);
    assertThat(out().resolve("_gsig.json")).content().contains("\"" + name + "\"");
  }

  /**
   * One run comes in its whole length before the first, second, ... step of another. One of them
   * keeps the folder, and who is told so has it.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneOfTwoKeepsTheFolderWhereverTheOtherComesIn(boolean former) throws IOException {
    boolean finished = false;
    for (int at = 1; !finished; at++) {
      if (former) {
        assertThat(write(open(), "former")).isNotNull();
      }
      OutputFolder first = open();
      OutputFolder second = open();
      int[] steps = {0};
      int when = at;
      List<String> done = new ArrayList<>();
      StubFileSystem.before(
          step -> {
            if (++steps[0] == when) {
              done.add(write(second, "second"));
            }
          });
      String mine = write(first, "first");
      StubFileSystem.before(step -> {});
      finished = done.isEmpty();
      if (finished) {
        assertThat(mine).isEqualTo("first");
        assertThat(write(second, "second")).as("it began before the first ended").isNull();
      } else {
        boolean one = mine == null ^ done.get(0) == null;
        assertThat(one).as("step " + at + ": " + mine + " and " + done).isTrue();
      }
      assertWhole(mine != null ? mine : done.get(0));
      assertNothingIsLeft(at);
      delete(out());
      assertThat(at).isLessThan(100);
    }
  }

  private void assertNothingIsLeft(int at) {
    assertThat(folder.toFile().list()).as("step " + at).containsExactly("out");
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A folder that is replaced while its files are listed is an error of its own on this system. */
  @Test
  void aFolderThatIsReplacedWhileItIsListedIsAnotherRuns() throws IOException {
    assertThat(write(open(), "former")).isNotNull();
    OutputFolder first = open();
    OutputFolder second = open();
    StubFileSystem.before(
        step -> {
          if (step.equals("list")) {
            StubFileSystem.before(other -> {});
            assertThat(write(second, "second")).isNotNull();
            throw new IOException("Invalid directory or I/O error occurred");
          }
        });
    assertThat(write(first, "first")).isNull();
    assertWhole("second");
  }

  /** Without another run an error is what it is. */
  @Test
  void aFolderThatCannotBeListedIsSaidToBe() throws IOException {
    assertThat(write(open(), "former")).isNotNull();
    OutputFolder output = open();
    StubFileSystem.before(
        step -> {
          if (step.equals("list")) {
            throw new IOException("no access");
          }
        });
    assertThatThrownBy(() -> output.write(temporary -> output.writeMark(Map.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("cannot be written: no access");
    StubFileSystem.before(step -> {});
    assertWhole("former");
  }

  /** Both have computed, and begin to take the folder at once; the clock cannot tell them apart. */
  @Test
  void twoRunsThatEndInTheSameInstantAreToldApart() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 50; round++) {
        assertThat(write(open(), "former")).isNotNull();
        List<OutputFolder> outputs = List.of(open(), open());
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<String>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          String name = "run" + i;
          OutputFolder output = outputs.get(i);
          runs.add(
              threads.submit(
                  () -> {
                    start.await();
                    return write(output, name);
                  }));
        }
        List<String> done = new ArrayList<>();
        for (Future<String> run : runs) {
          String name = run.get();
          if (name != null) {
            done.add(name);
          }
        }
        assertThat(done).hasSizeLessThan(2);
        if (!done.isEmpty()) {
          assertWhole(done.get(0));
        } else {
          // each came in the other's way; some whole version is there
          write(open(), "after");
          assertWhole("after");
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** As a run that was killed between its two renamings leaves it. */
  @Test
  void theFormerVersionIsPutBack() throws IOException {
    assertThat(write(open(), "former")).isNotNull();
    Files.move(out(), folder.resolve(".out.123e4567-e89b-12d3-a456-426614174000.gsig-old"));

    OutputFolder output = open();

    assertWhole("former");
    assertThat(write(output, "new")).isNotNull();
    assertWhole("new");
    assertThat(folder.toFile().list()).containsExactly("out");
  }
}
