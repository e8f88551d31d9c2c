package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs onto a disk that is full, grows and is full again, in a JVM that {@link FullDiskTest} starts
 * where it may mount: {@code FullDisk DISK EXPECTED ARGUMENTS}. The disk is one page of a file
 * system in memory; {@code EXPECTED} is what a run has to come to in the end.
 */
final class FullDisk {
  private static final int PAGE_KIB = 4;
  private static final int MOST_PAGES = 100;

  private final Path disk;
  private final byte[] expected;
  private final List<String> command;
  private final Path out;

  private FullDisk(Path disk, byte[] expected, List<String> arguments) {
    this.disk = disk;
    this.expected = expected;
    out = disk.resolve("out.jsonl");
    command = new ArrayList<>(arguments);
    command.addAll(List.of("--out", out.toString(), "--resume"));
  }

  /** Ends with 0 if all went as it should. */
  public static void main(String[] args) throws Exception {
    List<String> all = List.of(args);
    Path expected = Path.of(all.get(1));
    new FullDisk(Path.of(all.get(0)), Files.readAllBytes(expected), all.subList(2, all.size()))
        .run();
  }

  private void run() throws Exception {
    int pages = 1;
    int full = 0;
    for (Cli.Outcome outcome = explain(); outcome.code() != 0; outcome = explain()) {
      Cli.assertRefused(outcome, "No space left on device");
      assertSound();
      full++;
      remount("size=" + ++pages * PAGE_KIB + "k");
      assertThat(pages).isLessThan(MOST_PAGES);
    }
    assertThat(Files.readAllBytes(out)).isEqualTo(expected);
    assertThat(full).as("times that the disk was full").isGreaterThan(3);

    Files.write(out, Arrays.copyOf(expected, expected.length / 2));
    byte[] half = Files.readAllBytes(out);
    remount("ro");
    Cli.assertRefused(explain(), "cannot be written");
    assertThat(Files.readAllBytes(out)).isEqualTo(half);
    remount("rw");
    assertThat(explain().code()).isZero();
    assertThat(Files.readAllBytes(out)).isEqualTo(expected);
    System.out.println("full disk: " + full + " times, then the bytes of one run");
  }

  private Cli.Outcome explain() {
    return Cli.run(command.toArray());
  }

  /** What is there after a fault is the start of what is expected, in complete lines. */
  private void assertSound() throws IOException {
    if (Files.exists(out)) {
      byte[] now = Files.readAllBytes(out);
      assertThat(Arrays.mismatch(now, expected)).isIn(-1, now.length);
      assertThat(now.length == 0 || now[now.length - 1] == '\n').isTrue();
    }
    try (var files = Files.list(disk)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .as("nothing else is left behind")
          .isSubsetOf("out.jsonl", "out.jsonl.provenance.json");
    }
  }

  private void remount(String option) throws Exception {
    Process mount =
        new ProcessBuilder("mount", "-o", "remount," + option, disk.toString()).inheritIO().start();
    assertThat(mount.waitFor()).isZero();
  }
}
