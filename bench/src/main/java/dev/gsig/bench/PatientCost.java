package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What one patient costs: seconds of one core for GS-IG with the engine's default options, patients
 * that fill the model's length, and the memory that stays live. The figures behind the computed
 * table of {@code docs/cost.md}.
 */
public final class PatientCost {
  private static final int[] LENGTHS = {64, 200, 512};
  private static final int WARM_UP = 3;

  private PatientCost() {}

  /** Arguments: seconds to measure each model and length. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(args.length == 1, "PatientCost SECONDS");
          int seconds = Command.number("SECONDS", args[0], 1);
          System.out.println("model,tokens,patients,mean_seconds,median,max,live_mib");
          print("demo", 0, BenchmarkModel.DEMO.folder(), BenchmarkModel.DEMO.patients(), seconds);
          for (SyntheticModel model : SyntheticModel.values()) {
            for (int length : LENGTHS) {
              Path folder =
                  model.writeTo(BenchmarkModel.inputs().resolve("cost-" + length), length);
              List<Trajectory> patients =
                  CohortReader.readAll(folder.resolve(SyntheticModel.PATIENTS_FILE));
              print(model.folder(), length, folder, patients, seconds);
            }
          }
        });
  }

  /**
   * Measures patients in turn, at least one.
   *
   * @return seconds of each, in ascending order
   */
  static double[] measure(Explainer explainer, List<Trajectory> patients, double seconds) {
    for (int i = 0; i < WARM_UP; i++) {
      explainer.explain(patients.get(i % patients.size()));
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    double[] times = new double[16];
    int n = 0;
    do {
      long start = cpuNanos();
      Attribution attribution = explainer.explain(patients.get(n % patients.size()));
      double time = (cpuNanos() - start) / 1e9;
      if (attribution.tokens().isEmpty()) {
        throw new IllegalStateException("a patient without codes costs nothing");
      }
      times = n < times.length ? times : Arrays.copyOf(times, 2 * n);
      times[n++] = time;
    } while (System.nanoTime() < end);
    return Arrays.stream(times, 0, n).sorted().toArray();
  }

  /** Time of a core that this thread had, not the time that it waited for one. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void print(
      String name, int length, Path folder, List<Trajectory> patients, int seconds) {
    Model model = Model.load(folder);
    Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
    Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);
    double[] times = measure(explainer, patients, seconds);
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        "%s,%s,%d,%.5f,%.5f,%.5f,%.1f%n",
        name,
        length == 0 ? "own" : length,
        times.length,
        Arrays.stream(times).average().orElseThrow(),
        times[times.length / 2],
        times[times.length - 1],
        (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0);
    explainer.explain(patients.get(0)); // keeps the model live until it is counted
  }
}
