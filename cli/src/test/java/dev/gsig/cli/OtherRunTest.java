package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The real command line as others meet it: beside another run, interrupted, and read by head. */
@Tag("process")
@EnabledOnOs(OS.LINUX) // the signals, and bash
class OtherRunTest {
  private static final Object[] OPTIONS = {"--method", "ig", "--steps", 2, "--threads", 1};

  @TempDir Path temp;

  private Process explain(LongCohort cohort, Path log, String... more) throws IOException {
    List<String> command = cohort.child(OPTIONS);
    command.addAll(List.of(more));
    return Child.start(log, command);
  }

  private static void waitForResults(Path out) throws Exception {
    for (int i = 0; i < 6000 && (!Files.exists(out) || Files.size(out) == 0); i++) {
      Thread.sleep(10);
    }
    assertThat(out).exists();
  }

  /** The second is refused, whatever it asks for; the first is not disturbed. */
  @Test
  void twoRunsDoNotMangleOneFile() throws Exception {
    LongCohort cohort = LongCohort.of(400, temp);
    byte[] expected = cohort.undisturbed(OPTIONS);
    Process first = explain(cohort, temp.resolve("first.log"));
    waitForResults(cohort.out);
    for (String how : List.of("--resume", "--overwrite", "--quiet")) {
      Path log = temp.resolve("second.log");
      Process second = explain(cohort, log, how);
      assertThat(second.waitFor(2, TimeUnit.MINUTES)).isTrue();
      if (first.isAlive()) {
        assertThat(second.exitValue()).isEqualTo(2);
        assertThat(Files.readString(log)).contains("another run is writing it");
      }
    }
    assertThat(first.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(first.exitValue()).isZero();
    assertThat(Files.readAllBytes(cohort.out)).isEqualTo(expected);
    assertThat(leftOver()).isEmpty();
  }

  /**
   * What ends a run from outside has it say what is there and how to go on, and leaves nothing else
   * behind. The signal of Ctrl-C takes the same way, but is ignored where the tests run behind a
   * shell that does not wait for them.
   */
  @Test
  void anInterruptedRunSaysHowToGoOn() throws Exception {
    LongCohort cohort = LongCohort.of(2000, temp);
    Path log = temp.resolve("log");
    Process run = explain(cohort, log);
    waitForResults(cohort.out);
    end(run);
    assertThat(Files.readString(log))
        .containsPattern("gsig: interrupted; [0-9,]+ results? in .*; --resume continues there");
    assertThat(leftOver()).isEmpty();
  }

  private static void end(Process run) throws Exception {
    assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(run.pid())).start().waitFor())
        .isZero();
    assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(run.exitValue()).isEqualTo(143);
  }

  private static List<String> command(Object... args) {
    List<String> command = new ArrayList<>(Child.java(Main.class, List.of()));
    Stream.of(args).map(String::valueOf).forEach(command::add);
    return command;
  }

  /** A table in the middle of being written; what it was to replace stays. */
  @Test
  void anInterruptedRunLeavesNoUnfinishedFile() throws Exception {
    Path table = temp.resolve("table.csv");
    Path results = temp.resolve("results.jsonl");
    Files.writeString(results, MadeUpResults.patient(1) + "\n");
    assertThat(Cli.run("export", "--in", results, "--out", table).code()).isZero();
    final String former = Files.readString(table);

    Path log = temp.resolve("log");
    Process run =
        new ProcessBuilder(command("export", "--in", "-", "--out", table))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try (OutputStream in = run.getOutputStream()) {
      in.write((MadeUpResults.patient(2) + "\n").getBytes(StandardCharsets.UTF_8));
      in.flush();
      for (int i = 0; i < 6000 && run.isAlive() && leftOver().size() < 2; i++) {
        Thread.sleep(10); // until there are a lock and an unfinished table
      }
      assertThat(leftOver()).anyMatch(name -> name.endsWith(".gsig-new"));
      end(run);
    }
    assertThat(Files.readString(log)).contains("gsig: interrupted; ");
    assertThat(leftOver()).isEmpty();
    assertThat(Files.readString(table)).isEqualTo(former);
  }

  /** What a run left that could not even say so is gone with the next. */
  @Test
  void theDemoDeletesWhatAKilledOneLeft() throws Exception {
    Path out = Files.createDirectory(temp.resolve("demo"));
    Files.writeString(out.resolve(".report.html.0123abcd.gsig-new"), "half");
    Files.writeString(out.resolve(".attributions.jsonl.provenance.json.0123abcd.gsig-new"), "half");
    Path stranger = out.resolve(".other.html.0123abcd.gsig-new");
    Files.writeString(stranger, "of another run");
    assertThat(Cli.run("demo", "--out", out, "--method", "ig", "--steps", 2).code()).isZero();
    assertThat(leftOver()).containsExactly(stranger.getFileName().toString());
  }

  /** Results that were to be replaced are whole until the new ones are. */
  @Test
  void aKilledRunHasNotLostTheResultsThatItReplaces() throws Exception {
    LongCohort cohort = LongCohort.of(1000, temp);
    Process first = explain(cohort, temp.resolve("log"));
    assertThat(first.waitFor(2, TimeUnit.MINUTES)).isTrue();
    byte[] former = Files.readAllBytes(cohort.out);
    Path aside = cohort.out.resolveSibling("." + cohort.out.getFileName() + ".gsig-old");

    Process second = explain(cohort, temp.resolve("log"), "--overwrite");
    for (int i = 0; i < 6000 && second.isAlive() && !Files.exists(aside); i++) {
      Thread.sleep(10);
    }
    waitForResults(cohort.out);
    second.destroyForcibly().waitFor();
    assertThat(Files.readAllBytes(aside)).isEqualTo(former);

    Path log = temp.resolve("third.log");
    Process third = explain(cohort, log);
    assertThat(third.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(third.exitValue()).isEqualTo(2);
    assertThat(Files.readString(log)).contains("has results already", aside.toString());
    Process resumed = explain(cohort, log, "--resume");
    assertThat(resumed.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(resumed.exitValue()).as(Files.readString(log)).isZero();
    assertThat(Files.readAllBytes(cohort.out)).isEqualTo(former); // the same run again
    assertThat(leftOver()).isEmpty();
  }

  private List<String> leftOver() throws IOException {
    try (Stream<Path> files = Files.walk(temp)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains(".gsig-"))
          .toList();
    }
  }

  @Test
  void aReaderThatHasHadEnoughIsNoFault() throws Exception {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    fixture.repeatCohort(200);
    assertThat(fixture.explain("--method", "ig").code()).isZero();
    String model = fixture.model.toString();
    String cohort = fixture.cohort.toString();
    List<List<String>> commands =
        List.of(
            List.of("info", model),
            List.of("export", "--in", fixture.out.toString(), "--out", "-"),
            List.of("explain", "--model", model, "--cohort", cohort, "--out", "-", "--steps", "2"),
            List.of("--help"));
    for (List<String> command : commands) {
      for (String reader : List.of("head -c 1", ":")) {
        String said =
            bash(quoted(command) + " | " + reader + " > /dev/null; echo ${PIPESTATUS[0]}");
        assertThat(said).as(command + " | " + reader).endsWith("0\n");
        assertThat(said).doesNotContain("fault", "cannot", "Exception");
      }
    }
  }

  /** Who cannot say all has not done it. */
  @Test
  void whatStandardOutputDoesNotTakeIsNotLostSilently() throws Exception {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    fixture.explain();
    for (List<String> command :
        List.of(
            List.of("info", fixture.model.toString()),
            List.of("export", "--in", fixture.out.toString(), "--out", "-"))) {
      assertThat(bash(quoted(command) + " > /dev/full; echo $?"))
          .contains("gsig: standard output: cannot be written: No space left on device")
          .endsWith("\n2\n")
          .doesNotContain("Exception");
    }
  }

  private static String quoted(List<String> arguments) {
    return Stream.concat(Child.java(Main.class, List.of()).stream(), arguments.stream())
        .map(text -> "'" + text + "'")
        .collect(Collectors.joining(" "));
  }

  private String bash(String script) throws Exception {
    Path log = temp.resolve("bash.log");
    Process bash = Child.start(log, List.of("bash", "-c", script));
    assertThat(bash.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return Files.readString(log);
  }
}
