package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Our side of {@code bench/compare.sh}. A contender prints {@code ready} once it has loaded and
 * warmed up, then does its work once for each line {@code go} and answers with one JSON line: the
 * seconds that it took, and the result, which the comparison checks against the other contenders'.
 */
public final class Contender {
  private static final double TOLERANCE = PathOptions.DEFAULT_TOLERANCE;

  private Contender() {}

  /** Arguments: the work, model folder, cohort, steps, patients, threads, warm-up seconds. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(
              args.length == 7,
              "Contender WORK MODEL_DIR COHORT STEPS PATIENTS THREADS WARM_UP_SECONDS");
          Path folder = Path.of(args[1]);
          int steps = Command.number("STEPS", args[3], 1);
          int patients = Command.number("PATIENTS", args[4], 1);
          int threads = Command.number("THREADS", args[5], 1);
          Duration warmUp = Duration.ofSeconds(Command.number("WARM_UP_SECONDS", args[6], 0));
          List<Trajectory> cohort = CohortReader.readAll(Path.of(args[2]));
          Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
          serve(
              Explainer.of(Model.load(folder), baseline, options(args[0], steps)),
              cohort.subList(0, Math.min(cohort.size(), patients)),
              threads,
              warmUp);
        });
  }

  private static ExplainOptions options(String work, int steps) {
    ThetaCandidates thetas = ThetaCandidates.auto();
    return switch (work) {
      case "ig" -> Options.ig(Quadrature.RIGHT, steps);
      case "ig-to-tolerance" -> Options.integral(PathMethods.IG, TOLERANCE);
      case "gsig" -> Options.gsig(steps, thetas, ThetaCandidates.Search.SHARED);
      case "readings" -> Options.readings(steps, TOLERANCE).build();
      case "readings-shared" -> Options.readings(steps, TOLERANCE).sharedAttribution(true).build();
      default ->
          throw new InvalidInputException(
              "WORK must be ig, ig-to-tolerance, gsig, readings or readings-shared, but is '"
                  + work
                  + "'");
    };
  }

  private static void serve(
      Explainer explainer, List<Trajectory> patients, int threads, Duration warmUp)
      throws IOException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < warmUp.toNanos()) {
      run(explainer, patients, threads);
    }
    System.out.println("ready");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while ("go".equals(commands.readLine())) {
      long go = System.nanoTime();
      List<Attribution> results = run(explainer, patients, threads);
      double seconds = (System.nanoTime() - go) * 1e-9;
      System.out.println(json(seconds, results));
    }
  }

  private static List<Attribution> run(
      Explainer explainer, List<Trajectory> patients, int threads) {
    List<Attribution> results = new ArrayList<>();
    explainer.explainAll(patients, threads, results::add);
    return results;
  }

  /** theta, l21 and the signed scores of the codes and the tabular values of each patient. */
  private static String json(double seconds, List<Attribution> results) {
    StringBuilder b = new StringBuilder("{\"seconds\": " + seconds + ", \"result\": [");
    String separator = "";
    for (Attribution a : results) {
      b.append(separator).append("[").append(a.theta()).append(", ").append(a.l21());
      a.tokens().forEach(t -> b.append(", ").append(t.scores().signed()));
      a.tabular().forEach(t -> b.append(", ").append(t.signed()));
      b.append("]");
      separator = ", ";
    }
    return b.append("]}").toString();
  }
}
