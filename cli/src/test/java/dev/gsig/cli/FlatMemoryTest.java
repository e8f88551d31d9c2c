package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is held in memory does not grow with the patients of a run. */
@Tag("process")
class FlatMemoryTest {
  private static final int LOOKS = 10;

  @TempDir Path temp;

  @Test
  void aFewHundredPatients() throws Exception {
    heapStaysFlat(400, 100, 1);
  }

  @Tag("slow")
  @Test
  void tenThousandPatients() throws Exception {
    heapStaysFlat(10_000, 1000, 2);
  }

  /** The heap after full collections, over the first patients and over the last, within 5%. */
  private void heapStaysFlat(int patients, int some, int threads) throws Exception {
    LongCohort cohort = LongCohort.of(patients, temp);
    List<String> command = new ArrayList<>(Child.java(HeapOverARun.class, List.of("-Xmx512m")));
    command.addAll(List.of(cohort.file.toString(), Integer.toString(some / LOOKS)));
    command.addAll(cohort.fromStandardInput("--steps", 8, "--threads", threads));
    Path log = temp.resolve("log.txt");
    int code = Child.start(log, command).waitFor();
    String said = Files.readString(log);
    assertThat(code).as(said).isZero();
    long[] bytes =
        said.lines()
            .filter(line -> line.startsWith("heap: "))
            .mapToLong(line -> Long.parseLong(line.substring(6)))
            .toArray();
    assertThat(bytes).hasSize(patients * LOOKS / some);
    double first = median(bytes, 0);
    double last = median(bytes, bytes.length - LOOKS);
    System.out.printf(
        "heap over %d patients: first %d %.2f MB, last %d %.2f MB (%+.1f%%)%n",
        patients, some, first / 1e6, some, last / 1e6, 100 * (last / first - 1));
    assertThat(last).isLessThan(1.05 * first);
  }

  /** Work that is under way counts, too, more or less of it. */
  private static double median(long[] bytes, int from) {
    long[] sorted = Arrays.stream(bytes, from, from + LOOKS).sorted().toArray();
    return (sorted[LOOKS / 2 - 1] + sorted[LOOKS / 2]) / 2.0;
  }
}
