package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, and one that is read-only: one line, and the run can be resumed. */
@Tag("process")
class FullDiskTest {
  private static final String MOUNT = "mount -t tmpfs -o size=4k gsig \"$0\" && exec \"$@\"";

  @TempDir Path temp;

  @Test
  void aRunGoesOnWhenThereIsSpaceAgain() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    Path log = temp.resolve("log.txt");
    List<String> mounted = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", MOUNT));
    mounted.add(disk.toString());
    List<String> attempt = new ArrayList<>(mounted);
    attempt.add("true");
    assumeThat(run(log, attempt)).as("a file system can be mounted").isZero();

    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    fixture.repeatCohort(3);
    assertThat(fixture.explain().code()).isZero();
    mounted.addAll(Child.java(FullDisk.class, List.of()));
    mounted.addAll(List.of(disk.toString(), fixture.out.toString(), "explain", "--steps", "6"));
    mounted.addAll(List.of("--model", fixture.model.toString()));
    mounted.addAll(List.of("--cohort", fixture.cohort.toString()));
    int code = run(log, mounted);
    assertThat(code).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log)).contains("then the bytes of one run");
  }

  /** -1 where there is no such program. */
  private static int run(Path log, List<String> command) throws InterruptedException {
    try {
      return Child.start(log, command).waitFor();
    } catch (IOException e) {
      return -1;
    }
  }
}
