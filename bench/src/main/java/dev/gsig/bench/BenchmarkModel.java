package dev.gsig.bench;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The models that the benchmarks run: two synthetic ones and the bundled demo. */
public enum BenchmarkModel {
  /** {@link SyntheticModel#S}. */
  S,
  /** {@link SyntheticModel#M}. */
  M,
  /** The demo's model, on the demo's test cohort. */
  DEMO;

  /** Names the checkout's folder; without it, the current folder. */
  public static final String HOME = "gsig.home";

  private static final Path INPUTS = Path.of("bench", "target", "inputs");

  /**
   * The folder of the checkout.
   *
   * @throws InvalidInputException if the demo is not in it
   */
  static Path home() {
    Path home = Path.of(System.getProperty(HOME, "."));
    if (!Files.isRegularFile(home.resolve("demo").resolve("test.jsonl"))) {
      throw new InvalidInputException(
          "the bundled demo is not in '"
              + home
              + "'; name the folder of the checkout with -D"
              + HOME
              + "=FOLDER");
    }
    return home;
  }

  /** Where synthetic models are. */
  static Path inputs() {
    return home().resolve(INPUTS);
  }

  /** The model's folder; a synthetic model is written on first use. */
  Path folder() {
    return this == DEMO
        ? home().resolve("demo").resolve("model")
        : SyntheticModel.valueOf(name()).writeTo(inputs());
  }

  /** Patients to explain. */
  List<Trajectory> patients() {
    return CohortReader.readAll(
        this == DEMO
            ? home().resolve("demo").resolve("test.jsonl")
            : folder().resolve(SyntheticModel.PATIENTS_FILE));
  }

  /** An explainer on the default backend. */
  Explainer explainer(ExplainOptions options) {
    return explainer(Model.load(folder()), options);
  }

  /** An explainer on a model that {@link #folder} was loaded into. */
  Explainer explainer(Model model, ExplainOptions options) {
    Baseline baseline = Baseline.load(folder().resolve(Baseline.FILE_NAME));
    return Explainer.of(model, baseline, options);
  }
}
