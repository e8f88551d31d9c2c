package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code gsig explain} advises where sums are coarse, and inputs that are held. */
class SharedAdviceTest {
  private static final Path MODEL =
      Path.of("..", "gsig", "src", "test", "resources", "parity", "pre-norm-final-norm");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--steps 1 --baseline zero --tabular-baseline zero",
        "--steps 1 --method ig --baseline zero --fixed tabular",
        "--steps 200 --method ig --quadrature gauss-legendre --tabular-baseline zero --fixed"
            + " sequence"
      })
  void theSameLinesAndTheSameAdvice(String options) throws IOException {
    List<Object> args =
        new ArrayList<>(List.of("--model", MODEL, "--cohort", MODEL.resolve("cohort.jsonl")));
    args.addAll(List.of(options.split(" ")));
    List<Object> alone = new ArrayList<>(List.of("explain", "--backend", "simd"));
    alone.addAll(args);
    alone.addAll(List.of("--out", folder.resolve("alone.jsonl")));
    args.addAll(List.of("--out", folder.resolve("out"), "--master", "local[2]"));

    Commands.Outcome one = Commands.gsig(alone.toArray()).ok();
    Commands.Outcome two = Commands.gsigSpark(args.toArray()).ok();

    assertThat(Local.written(folder.resolve("out")))
        .isEqualTo(Files.readAllLines(folder.resolve("alone.jsonl")));
    assertThat(advice(two)).isEqualTo(advice(one));
    assertThat(advice(two)).hasSize(options.startsWith("--steps 1 ") ? 1 : 0);
  }

  private static List<String> advice(Commands.Outcome outcome) {
    return outcome.lines().stream()
        .filter(line -> line.contains("(the completeness gap)"))
        .toList();
  }
}
