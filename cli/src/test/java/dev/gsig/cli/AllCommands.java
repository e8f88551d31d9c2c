package dev.gsig.cli;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;

/**
 * Every command, one after the other, in a JVM of its own: {@code AllCommands WHERE CASES}, where
 * {@code WHERE} is a folder made by {@link SealedRunTest} and {@code CASES} the models to import.
 */
final class AllCommands {
  private AllCommands() {}

  /** Ends with 0 if all of them did; says first whether any network interface is up. */
  public static void main(String[] args) {
    System.out.println("network: " + hasNetwork());
    for (List<Object> command : commands(Path.of(args[0]), Path.of(args[1]))) {
      String[] texts = command.stream().map(String::valueOf).toArray(String[]::new);
      int code = Main.run(texts, System.out, System.err);
      System.out.println(command.get(0) + " ended with " + code);
      if (code != 0) {
        System.exit(code);
      }
    }
  }

  private static boolean hasNetwork() {
    try {
      for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
        if (each.isUp()) {
          return true;
        }
      }
      return false;
    } catch (SocketException e) {
      return false; // so says the JDK where not one is up
    }
  }

  private static List<List<Object>> commands(Path where, Path cases) {
    Path model = where.resolve("model");
    Path cohort = where.resolve("cohort.jsonl");
    Path validation = where.resolve("validation.jsonl");
    Path out = where.resolve("out");
    Path results = out.resolve("results.jsonl");
    return List.of(
        List.of("info", "--model", model),
        List.of("baseline", "--model", model, "--cohort", validation),
        List.of(
            "explain",
            "--model",
            model,
            "--cohort",
            cohort,
            "--out",
            results,
            "--steps",
            3,
            "--report",
            out.resolve("report.html")),
        List.of("verify", results),
        List.of("report", "--in", results, "--model", model, "--out", out.resolve("again.html")),
        List.of(
            "evaluate",
            "--model",
            model,
            "--cohort",
            cohort,
            "--steps",
            3,
            "--plots",
            out.resolve("plots"),
            "--out",
            out.resolve("evaluation")),
        List.of(
            "study",
            "--model",
            model,
            "--cohort",
            cohort,
            "--steps",
            "2,4",
            "--plots",
            out.resolve("curves"),
            "--out",
            out.resolve("study")),
        List.of(
            "import",
            "--input",
            cases.resolve("torch-encoder/model.pt"),
            "--vocab",
            cases.resolve("torch-encoder/vocab.json"),
            "--config",
            cases.resolve("torch-encoder/said.json"),
            "--out",
            out.resolve("imported")),
        List.of("demo", "--out", out.resolve("demo"), "--steps", 2, "--method", "ig"));
  }
}
