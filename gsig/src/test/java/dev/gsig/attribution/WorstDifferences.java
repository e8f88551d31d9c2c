package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The largest differences that a test of fixtures has met, which it prints at its end. */
final class WorstDifferences {
  private final Map<String, Double> worst = new TreeMap<>();

  /** Each folder of fixtures on both of the backends of the CPU. */
  static Stream<Arguments> models(Path root) throws IOException {
    List<Arguments> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.sorted().toList()) {
        all.add(Arguments.of(folder, "ejml"));
        all.add(Arguments.of(folder, "simd"));
      }
    }
    return all.stream();
  }

  /** Takes note of a difference. */
  void note(String what, double difference) {
    worst.merge(what, difference, Math::max);
  }

  /** Asserts that no entry is off by more, relative to the largest expected one. */
  void assertClose(String what, double[] expected, double[] found, double most) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - expected[i]) / scale);
    }
    note(what, largest);
    assertThat(largest).as(what).isLessThanOrEqualTo(most);
  }

  /** Prints them. */
  void print(String heading) {
    worst.forEach((what, d) -> System.out.printf("%s, %-30s %.1e%n", heading, what, d));
  }
}
