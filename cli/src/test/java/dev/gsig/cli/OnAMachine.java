package dev.gsig.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What could depend on a machine's zone, language and charset, in a JVM of its own: {@code
 * OnAMachine FIXTURE EVENTS OUT}. All that commands print and write is in the folder {@code OUT}.
 */
final class OnAMachine {
  private OnAMachine() {}

  /** Ends with 0 if all commands did. */
  public static void main(String[] args) throws IOException {
    Path fixture = Path.of(args[0]);
    Path model = fixture.resolve("model");
    Path events = Path.of(args[1]);
    Path out = Files.createDirectories(Path.of(args[2]));
    Path results = out.resolve("results.jsonl");
    Path cases = Path.of("..", "gsig", "src", "test", "resources", "import", "too-bert");
    List<List<Object>> commands =
        List.of(
            List.of(
                "cohort",
                "meds",
                "--input",
                events,
                "--task",
                "mortality",
                "--index",
                "first",
                "--follow-up-days",
                365),
            List.of("info", "--model", model),
            List.of("info", "--model", cases.resolve("model.pt")),
            List.of("explain", "--model", model, "--cohort", fixture.resolve("cohort.jsonl")),
            List.of("report", "--in", results, "--model", model),
            List.of("export", "--in", results));
    List<List<Object>> outputs =
        List.of(
            List.of("--out", out.resolve("cohort")),
            List.of(),
            List.of(),
            List.of("--steps", 3, "--out", results),
            List.of("--out", out.resolve("report.html")),
            List.of("--out", out.resolve("events.csv")));
    try (PrintStream said =
        new PrintStream(
            Files.newOutputStream(out.resolve("printed.txt")), true, StandardCharsets.UTF_8)) {
      for (int i = 0; i < commands.size(); i++) {
        String[] command =
            Stream.concat(commands.get(i).stream(), outputs.get(i).stream())
                .map(String::valueOf)
                .toArray(String[]::new);
        int code = Main.run(command, said, System.err);
        if (code != 0) {
          System.err.println(Arrays.toString(command) + " ended with " + code);
          System.exit(code);
        }
        // it tells when, and the report would
        Files.deleteIfExists(Provenance.of(results));
      }
    }
  }
}
