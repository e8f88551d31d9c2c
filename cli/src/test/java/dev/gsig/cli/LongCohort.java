package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** As many patients as are asked for, of the demo's shortest, and what explains them. */
final class LongCohort {
  private static final Path DEMO = Path.of("..", "demo").toAbsolutePath().normalize();
  private static final int SHORTEST = 50;

  final Path file;
  final Path out;

  private LongCohort(Path folder) {
    this.file = folder.resolve("cohort.jsonl");
    this.out = folder.resolve("out.jsonl");
  }

  /** Writes the cohort into a folder. */
  static LongCohort of(int patients, Path folder) {
    LongCohort cohort = new LongCohort(folder);
    List<String> shortest =
        Fixture.lines(DEMO.resolve("test.jsonl")).stream()
            .sorted(Comparator.comparingInt(String::length))
            .limit(SHORTEST)
            .toList();
    try (BufferedWriter writer = Files.newBufferedWriter(cohort.file)) {
      for (int i = 0; i < patients; i++) {
        String patient = shortest.get(i % SHORTEST);
        writer.write(patient.replaceFirst("\"subject_id\": *\"", "$0n" + i + "-") + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cohort;
  }

  /** The arguments that explain it. */
  List<String> explain(Path results, Object... options) {
    return explain(file, results, options);
  }

  /** The arguments that explain patients who come in on standard input. */
  List<String> fromStandardInput(Object... options) {
    return explain(Path.of("-"), out, options);
  }

  private static List<String> explain(Path patients, Path results, Object... options) {
    return Stream.concat(
            Stream.of(
                "explain",
                "--model",
                DEMO.resolve("model"),
                "--cohort",
                patients,
                "--out",
                results),
            Stream.of(options))
        .map(String::valueOf)
        .toList();
  }

  /** The results of one run that nothing disturbs. */
  byte[] undisturbed(Object... options) throws IOException {
    Path results = out.resolveSibling("undisturbed.jsonl");
    Cli.Outcome outcome = Cli.run(explain(results, options).toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return Files.readAllBytes(results);
  }

  /** The command line of a JVM of its own. */
  List<String> child(Object... options) {
    List<String> command = new ArrayList<>(Child.java(Main.class, List.of()));
    command.addAll(explain(out, options));
    return command;
  }
}
