package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which runs compute with vector kernels at once, seen in the classes that a JVM loads. */
@Tag("process")
class LongRunTest {
  private static final String VECTOR_KERNELS = "dev.gsig.tensor.internal.simd.VectorKernels ";

  @TempDir private Path temp;

  /** Whether a JVM whose scalar kernels have the first hour loads the vector kernels. */
  private boolean isLong(String... args) throws Exception {
    Path log = temp.resolve("log");
    List<String> command =
        Child.java(
            Launch.class, List.of("-Dgsig.scalar.millis=3600000", "-Xlog:class+load:stdout"));
    command.addAll(List.of(args));
    Process run = Child.start(log, command);
    assertThat(run.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(run.exitValue()).as(Files.readString(log)).isZero();
    return Files.readString(log).contains(VECTOR_KERNELS);
  }

  /** Where vectors cannot be had, no run loads them. */
  private static boolean hasVectors() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  private Path cohort(int patients) throws Exception {
    List<String> lines = Files.readAllLines(Path.of("../demo/test.jsonl")).subList(0, patients);
    return Files.write(temp.resolve("cohort.jsonl"), lines);
  }

  @ParameterizedTest
  @CsvSource({"5, false", "6, true"})
  void explainingIsLongFromSixPatientsOn(int patients, boolean isLong) throws Exception {
    List<String> explain = new ArrayList<>(List.of("explain", "--method", "ig", "--steps", "2"));
    explain.addAll(List.of("--model", "../demo/model", "--cohort", cohort(patients).toString()));
    explain.addAll(List.of("--out", temp.resolve("results.jsonl").toString()));
    assertThat(isLong(explain.toArray(String[]::new))).isEqualTo(isLong && hasVectors());
  }

  @Test
  void evaluatingIsLong() throws Exception {
    String[] evaluate = {
      "evaluate", "--model", "../demo/model", "--cohort", cohort(4).toString(), "--steps", "2"
    };
    assertThat(isLong(evaluate)).isEqualTo(hasVectors());
  }
}
