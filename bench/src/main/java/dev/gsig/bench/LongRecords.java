package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a record of many tokens takes: a BERT encoder of a given size with random weights explains a
 * patient who fills it, by plain integrated gradients. Live heap at the peak is that of {@link
 * PeakHeap}, weights included.
 */
public final class LongRecords {
  private LongRecords() {}

  /** Arguments: layers, width, heads, feed-forward width, steps, and lengths, ascending. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(
              args.length > 5, "LongRecords LAYERS HIDDEN HEADS INTERMEDIATE STEPS LENGTH...");
          int layers = Command.number("LAYERS", args[0], 1);
          int hidden = Command.number("HIDDEN", args[1], 1);
          int heads = Command.number("HEADS", args[2], 1);
          int intermediate = Command.number("INTERMEDIATE", args[3], 1);
          int steps = Command.number("STEPS", args[4], 1);
          for (int i = 5; i < args.length; i++) {
            int length = Command.number("LENGTH", args[i], 2);
            Path folder =
                BenchmarkModel.inputs()
                    .resolve(String.join("-", "long", args[0], args[1], args[2], args[3], args[i]));
            SyntheticModel.write(folder, hidden, heads, intermediate, layers, length);
            System.out.println(explained(folder, steps));
          }
        });
  }

  /** Explains the first patient of a folder, and says what it took. */
  static String explained(Path folder, int steps) {
    Trajectory patient = CohortReader.readAll(folder.resolve(SyntheticModel.PATIENTS_FILE)).get(0);
    Model model = Model.load(folder);
    Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
    Explainer explainer = Explainer.of(model, baseline, Options.ig(Quadrature.RIGHT, steps));
    AtomicReference<String> found = new AtomicReference<>("nothing");
    long peak =
        PeakHeap.peak(
            1,
            () -> {
              long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
              Attribution a = explainer.explain(patient);
              long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
              found.set(
                  String.format(
                      Locale.ROOT,
                      "%d tokens, %d steps: %.1f s of a core",
                      a.tokens().size(),
                      steps,
                      (end - start) / 1e9));
            });
    return String.format(
        Locale.ROOT,
        "%s, %.0f MiB live at the peak, heap of at most %.0f MiB",
        found.get(),
        peak / 1048576.0,
        Runtime.getRuntime().maxMemory() / 1048576.0);
  }
}
