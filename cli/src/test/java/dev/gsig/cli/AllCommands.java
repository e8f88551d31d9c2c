package dev.gsig.cli;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Every command, one after the other, in a JVM of its own: {@code AllCommands WHERE CASES}, where
 * {@code WHERE} is a folder made by {@link SealedRunTest} and {@code CASES} the models to import;
 * without {@code CASES}, those that read Parquet.
 */
final class AllCommands {
  private AllCommands() {}

  /** Ends with 0 if all of them did; says first whether any network interface is up. */
  public static void main(String[] args) {
    System.out.println("network: " + hasNetwork());
    Path where = Path.of(args[0]);
    for (List<Object> command :
        args.length > 1 ? commands(where, Path.of(args[1])) : ofParquet(where)) {
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

  /**
   * Those that need no folder for temporary files, in an order in which one takes what another
   * left.
   */
  static List<List<Object>> commands(Path where, Path cases) {
    Path model = where.resolve("model");
    Path cohort = where.resolve("cohort.jsonl");
    Path validation = where.resolve("validation.jsonl");
    Path out = where.resolve("out");
    Path results = out.resolve("results.jsonl");
    Path encoder = cases.resolve("torch-encoder");
    return List.of(
        List.of("info", "--model", model),
        List.of("baseline", "--model", model, "--cohort", validation),
        with(
            List.of("explain", "--model", model, "--cohort", cohort, "--steps", 3),
            List.of("--out", results, "--report", out.resolve("report.html"))),
        List.of("verify", results),
        List.of("export", "--in", results, "--out", out.resolve("events.csv")),
        with(
            List.of("export", "--in", results, "--rows", "patients"),
            List.of("--out", out.resolve("patients.parquet"))),
        List.of("report", "--in", results, "--model", model, "--out", out.resolve("again.html")),
        with(
            List.of("predict", "--model", model, "--cohort", cohort),
            List.of("--out", out.resolve("predictions.csv"))),
        with(
            List.of("evaluate", "--model", model, "--cohort", cohort, "--steps", 3),
            List.of("--plots", out.resolve("plots"), "--out", out.resolve("evaluation"))),
        with(
            List.of("study", "--model", model, "--cohort", cohort, "--steps", "2,4"),
            List.of("--plots", out.resolve("curves"), "--out", out.resolve("study"))),
        with(
            List.of("import", "--input", encoder.resolve("model.pt"), "--vocab"),
            List.of(encoder.resolve("vocab.json"), "--config", encoder.resolve("said.json")),
            List.of("--out", out.resolve("imported"))),
        List.of("demo", "--out", out.resolve("demo"), "--steps", 2, "--method", "ig"),
        List.of("completion", "bash"));
  }

  /**
   * What reads Parquet, and so unpacks a native library among temporary files, and what follows.
   */
  static List<List<Object>> ofParquet(Path where) {
    Path out = where.resolve("out");
    return List.of(
        with(
            List.of("cohort", "meds", "--input", where.resolve("meds"), "--task", "heart-failure"),
            List.of("--split", "0.5,0.3,0.2", "--out", out.resolve("made"))),
        with(
            List.of("train", "--cohort", out.resolve("made"), "--out", out.resolve("trained")),
            List.of("--hidden-size", 8, "--layers", 1, "--heads", 2, "--epochs", 1),
            List.of("--pretrain-epochs", 1)),
        with(
            List.of("explain", "--model", out.resolve("trained"), "--baseline", "zero"),
            List.of("--tabular-baseline", "zero", "--cohort", out.resolve("made/train.jsonl")),
            List.of("--out", out.resolve("of-meds.jsonl"))),
        List.of("export", "--in", out.resolve("of-meds.jsonl"), "--meds", out.resolve("dataset")));
  }

  @SafeVarargs
  private static List<Object> with(List<Object>... parts) {
    List<Object> all = new ArrayList<>();
    for (List<Object> part : parts) {
      all.addAll(part);
    }
    return all;
  }
}
