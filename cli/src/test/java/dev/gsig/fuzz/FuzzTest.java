package dev.gsig.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Coverage-guided fuzzing of whatever reads files, with Jazzer, each target in a process of its own
 * that may use little memory: from the seeds, with a fixed seed of chance. What Jazzer finds lies
 * in {@code target/fuzz}; it becomes a test of the reader.
 */
@Tag("process")
@Tag("fuzz")
class FuzzTest {
  private static final Path WORK = Path.of("target", "fuzz").toAbsolutePath();
  private static final Pattern EXECUTED =
      Pattern.compile("stat::number_of_executed_units: ([0-9]+)");

  @TempDir Path temp;

  /** All targets in one process: most of a short run is its start. */
  @Test
  void allForSeconds() throws Exception {
    fuzz(Fuzzed.ALL, "-runs=1000", 1000);
  }

  /**
   * More than a million in all; {@code -Dgsig.fuzz.runs=N} for another number of each target,
   * {@code -Dgsig.fuzz.seconds=S} for as many as come in that time, {@code
   * -Dgsig.fuzz.targets=TEXT,PACKED} for these targets alone.
   */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("chosenTargets")
  void eachForMinutes(Target target) throws Exception {
    Integer seconds = Integer.getInteger("gsig.fuzz.seconds");
    int runs = Integer.getInteger("gsig.fuzz.runs", 60_000);
    if (seconds != null) {
      fuzz(target.name(), "-max_total_time=" + seconds, 1);
    } else {
      fuzz(target.name(), "-runs=" + runs, runs);
    }
  }

  static List<Target> chosenTargets() {
    String names = System.getProperty("gsig.fuzz.targets");
    return names == null
        ? List.of(Target.values())
        : Stream.of(names.split(",")).map(Target::valueOf).toList();
  }

  private void fuzz(String target, String limit, int atLeast) throws Exception {
    Path corpus = Files.createDirectory(temp.resolve("corpus"));
    Fuzzed.writeSeeds(target, corpus);
    Path log = Files.createDirectories(WORK.resolve(target)).resolve("log.txt");
    Process process =
        new ProcessBuilder(command(target, limit, corpus))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.HOURS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertThat(process.exitValue()).as("%s; see %s%n%s", target, log, tail(said)).isZero();
    Matcher executed = EXECUTED.matcher(said);
    assertThat(executed.find()).as(tail(said)).isTrue();
    assertThat(Integer.parseInt(executed.group(1))).isGreaterThanOrEqualTo(atLeast);
    System.out.println("fuzzed " + target + ": " + executed.group(1) + " inputs");
  }

  private List<String> command(String target, String limit, Path corpus) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Memory that a small file cannot ask for; the time of JIT compilers is the test's.
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + Fuzzed.class.getName());
    command.add("--target_args=" + target + " " + temp.resolve("work"));
    command.add("--instrumentation_includes=dev.gsig.**");
    command.add("--custom_hook_includes=dev.gsig.**");
    // It knows another SQL than DuckDB's, and no query here holds what a file holds.
    // And that requests go to this machine alone is what the service's targets are for.
    command.add(
        "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.SqlInjection"
            + File.pathSeparator
            + "com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery");
    command.add("--reproducer_path=" + WORK.resolve(target));
    command.add("-artifact_prefix=" + WORK.resolve(target) + "/");
    command.addAll(List.of("-seed=1", limit, "-timeout=60", "-rss_limit_mb=2048"));
    command.addAll(List.of("-print_final_stats=1", "-close_fd_mask=0"));
    command.add(corpus.toString());
    return command;
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - 6000));
  }
}
