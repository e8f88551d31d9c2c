package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The real command line, killed at random places and resumed. */
@Tag("process")
@EnabledOnOs(OS.LINUX) // the signals
class KilledRunTest {
  /** In little time. */
  private static final Object[] OPTIONS = {"--method", "ig", "--steps", 2};

  @TempDir Path temp;

  @Test
  void killedAndResumedItIsTheSame() throws Exception {
    killAndResume(40, 3);
  }

  @Tag("slow")
  @Test
  void tenThousandPatientsKilledFiftyTimes() throws Exception {
    killAndResume(10_000, 50);
  }

  /**
   * Kills a run as its output reaches random sizes, and cuts every other output there, in the
   * middle of a line, as if the kill had come in the middle of its write.
   */
  private void killAndResume(int patients, int kills) throws Exception {
    LongCohort cohort = LongCohort.of(patients, temp);
    byte[] expected = cohort.undisturbed(OPTIONS);
    long[] sizes = new Random(7).longs(kills, 0, expected.length * 9L / 10).sorted().toArray();
    int inTime = 0;
    int halves = 0;
    for (int i = 0; i < kills; i++) {
      Process run = start(cohort, "--resume");
      inTime += waitForSize(run, cohort.out, sizes[i]) ? 1 : 0;
      run.destroyForcibly().waitFor();
      if (i % 2 == 1 && size(cohort.out) > sizes[i]) {
        cut(cohort.out, sizes[i]);
      }
      byte[] now = Files.exists(cohort.out) ? Files.readAllBytes(cohort.out) : new byte[0];
      halves += now.length > 0 && now[now.length - 1] != '\n' ? 1 : 0;
      assertThat(Arrays.mismatch(now, expected)).isIn(-1, now.length);
    }
    assertThat(inTime).as("kills before the end of a run").isEqualTo(kills);
    assertThat(halves).as("half lines").isPositive();
    resumeToTheEnd(cohort, expected, patients);
    System.out.printf(
        "killed %d times over %d patients, %d half lines: the bytes of one run%n",
        kills, patients, halves);
  }

  /** What {@code kill -INT}, and a terminal's Ctrl-C, do; at worst a line is written by half. */
  @Test
  void interruptedItStopsAtOnce() throws Exception {
    int patients = 60;
    LongCohort cohort = LongCohort.of(patients, temp);
    byte[] expected = cohort.undisturbed(OPTIONS);
    Process run = start(cohort, "--threads", "1");
    assertThat(waitForSize(run, cohort.out, expected.length / 10)).isTrue();
    long before = size(cohort.out);
    new ProcessBuilder("kill", "-INT", Long.toString(run.pid())).start().waitFor();

    assertThat(run.waitFor(2, TimeUnit.SECONDS)).as("ends within 2 seconds").isTrue();
    assertThat(run.exitValue()).isEqualTo(128 + 2);
    byte[] now = Files.readAllBytes(cohort.out);
    assertThat(now.length).isGreaterThanOrEqualTo((int) before).isLessThan(expected.length);
    assertThat(Arrays.mismatch(now, expected)).isEqualTo(now.length);
    resumeToTheEnd(cohort, expected, patients);
  }

  /** A shell that runs us in the background may have left the interrupt ignored. */
  private Process start(LongCohort cohort, Object... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(cohort.child(OPTIONS));
    Stream.of(options).map(String::valueOf).forEach(command::add);
    return Child.start(temp.resolve("log.txt"), command);
  }

  private void resumeToTheEnd(LongCohort cohort, byte[] expected, int patients) throws Exception {
    Process last = start(cohort, "--resume");
    assertThat(last.waitFor()).as(Fixture.read(temp.resolve("log.txt"))).isZero();
    byte[] results = Files.readAllBytes(cohort.out);
    assertThat(Arrays.equals(results, expected)).as("the bytes of one run").isTrue();
    assertThat(new String(results, StandardCharsets.UTF_8).lines().map(KilledRunTest::patient))
        .hasSize(patients)
        .doesNotHaveDuplicates();
    assertThat(Json.read(Provenance.of(cohort.out)).integer("patients_kept"))
        .isBetween(1, patients);
  }

  private static String patient(String line) {
    return Json.object(line, "a result").string("subject_id");
  }

  /** Whether the output has come to a size before the run ended. */
  private static boolean waitForSize(Process run, Path file, long size) throws Exception {
    while (size(file) < size || !Files.exists(file)) {
      if (run.waitFor(1, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return run.isAlive();
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private static void cut(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }
}
