package dev.gsig.examples;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Driver;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Explains the first patients of a cohort in a plain {@code main}:
 *
 * <pre>{@code
 * java -cp ... dev.gsig.examples.Embedding MODEL_DIR COHORT.jsonl [PATIENTS]
 * }</pre>
 *
 * <p>With {@code --add-modules jdk.incubator.vector} the numbers are the same and come faster.
 */
public final class Embedding {
  private static final int DRIVERS = 3;

  private Embedding() {}

  /**
   * Prints a line for each patient and one for each of the codes and values that matter most.
   *
   * @param args model folder with its baseline, cohort, and how many patients (default 3)
   */
  public static void main(String[] args) {
    if (args.length < 2 || args.length > 3) {
      System.err.println("usage: Embedding MODEL_DIR COHORT.jsonl [PATIENTS]");
      System.exit(2);
    }
    try {
      explain(Path.of(args[0]), Path.of(args[1]), args.length == 3 ? Integer.parseInt(args[2]) : 3);
    } catch (InvalidInputException | NumberFormatException e) {
      // The message is one line for people: what is wrong, where, and how to mend it.
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static void explain(Path folder, Path cohort, int patients) {
    Model model = Model.load(folder);
    Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
    Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);

    int left = patients;
    try (CohortReader reader = CohortReader.open(cohort)) {
      for (Trajectory patient : reader) {
        if (left-- == 0) {
          break;
        }
        print(explainer.explain(patient), model);
      }
    }
  }

  private static void print(Attribution why, Model model) {
    System.out.printf(
        Locale.ROOT,
        "%s: probability %.3f, theta %.2f, %s%n",
        why.subjectId(),
        why.prediction().probability(),
        why.theta(),
        why.scoreEqualsBaseline()
            ? "the baseline's score: nothing to explain"
            : String.format(
                Locale.ROOT, "completeness gap %.1f%%", 100 * why.completenessGapRelative()));
    Driver.of(why).stream()
        .limit(DRIVERS)
        .forEach(
            driver ->
                System.out.printf(
                    Locale.ROOT,
                    "  %+.4f  %s%n",
                    driver.signed(),
                    driver.isCode()
                        ? driver.name() + " (" + model.descriptions().of(driver.name()) + ")"
                        : driver.name() + " " + driver.value()));
  }
}
