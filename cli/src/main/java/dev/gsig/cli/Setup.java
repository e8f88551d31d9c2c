package dev.gsig.cli;

import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.ValueBaseline;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.evaluation.WhatIf;
import dev.gsig.attribution.evaluation.WhatIfJson;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Everything that explanations of a cohort are made with.
 *
 * @param model the model
 * @param baselineFile the validation set's means, or the patients that paths start from; null if
 *     not needed
 * @param baseline what the file holds; null if not needed
 * @param explainer explains with them
 * @param threads how many patients are explained at a time
 * @param groups by which codes are summed up; null for none
 * @param questions what else is asked of each patient
 */
record Setup(
    Model model,
    Path baselineFile,
    Baseline baseline,
    Explainer explainer,
    int threads,
    GroupChoice groups,
    Questions questions) {
  private Setup(
      Model model, Path baselineFile, Baseline baseline, Explainer explainer, int threads) {
    this(model, baselineFile, baseline, explainer, threads, null, Questions.NONE);
  }

  /**
   * Reads the means, if the options need them.
   *
   * @param file where the means are; null for the model folder's own
   * @param validation the cohort to name when they are missing, as it would be typed
   * @throws InvalidInputException if the means are missing or unusable, or the options do not fit
   *     the model
   */
  static Setup of(Model model, Path file, String validation, ExplainOptions options, int threads) {
    return of(model, file, validation, options, threads, "--baseline");
  }

  /**
   * Reads the means, if the options need them, for a command that has an option of its own for the
   * sequence baseline.
   *
   * @param file where the means are; null for the model folder's own
   * @param validation the cohort to name when they are missing, as it would be typed
   * @param baselineOption the option that the command names its sequence baseline with
   * @throws InvalidInputException if the means are missing or unusable, or the options do not fit
   *     the model
   */
  static Setup of(
      Model model,
      Path file,
      String validation,
      ExplainOptions options,
      int threads,
      String baselineOption) {
    boolean needed =
        options.sequenceBaseline().needsStatistics() || needsTabularMean(model, options);
    boolean values =
        model.tokenizer().valueInput() != null && options.valueBaseline() == ValueBaseline.MEAN;
    if (!needed && !values && file != null) {
      throw new InvalidInputException(
          "--baseline-file: no baseline that is asked for starts from the means in "
              + file
              + "; leave it out");
    }
    Path means = file == null ? model.folder().resolve(Baseline.FILE_NAME) : file;
    // Values do without, for there are the training set's means of them, too.
    if (!needed && !(values && (file != null || Files.exists(means)))) {
      return new Setup(model, null, null, Explainer.of(model, null, options), threads);
    }
    if (!Files.exists(means)) {
      throw missing(model, means, file != null, validation, options, baselineOption);
    }
    Baseline baseline = Baseline.load(means);
    baseline.requireMadeFor(model);
    return new Setup(model, means, baseline, Explainer.of(model, baseline, options), threads);
  }

  /**
   * Reads the validation patients that Expected Gradients starts from.
   *
   * @param file a cohort; stands in the place of the means
   * @param count how many patients to use
   * @throws InvalidInputException if they cannot be read, or the options do not fit the model
   */
  static Setup references(Model model, Path file, int count, ExplainOptions options, int threads) {
    ReferenceBank bank = ReferenceBank.of(model, CohortReader.readAll(file), count);
    Explainer explainer = Explainer.withReferences(model, bank, options);
    return new Setup(model, file, null, explainer, threads);
  }

  /**
   * What starts from a patient or a group of one's own.
   *
   * @param file the cohort they are in; stands in the place of the means
   * @param options with the {@link dev.gsig.attribution.Reference}
   * @throws InvalidInputException if the options do not fit the model
   */
  static Setup reference(Model model, Path file, ExplainOptions options, int threads) {
    return new Setup(model, file, null, Explainer.of(model, null, options), threads);
  }

  /** This, with codes summed up by groups. */
  Setup by(GroupChoice chosen) {
    return new Setup(model, baselineFile, baseline, explainer, threads, chosen, questions);
  }

  /** This, with something else asked of each patient. */
  Setup asking(Questions asked) {
    return new Setup(model, baselineFile, baseline, explainer, threads, groups, asked);
  }

  /**
   * Explains a cohort and asks what is to be asked, on the threads that explain; see {@link
   * Explainer#explainAll}.
   *
   * @param inOrder takes the results
   * @param leftOut takes the patients who cannot be explained, and why, in their turn
   */
  void explainAll(
      Iterable<Trajectory> cohort,
      Consumer<Explained> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    WhatIf whatIf = WhatIf.of(model, explainer, RemovalRules.DELETE);
    explainer.explainAll(
        cohort,
        threads,
        (patient, a) -> new Explained(a, whatIf.answers(patient, a, questions.of(a))),
        inOrder,
        leftOut);
  }

  /** What writes a result as a line of JSON. */
  Function<Explained, String> json() {
    int digits = model.significantDigits();
    AttributionJson json = new AttributionJson(digits, groups == null ? null : groups.groups());
    WhatIfJson whatIf = new WhatIfJson(digits);
    return explained -> whatIf.write(json, explained.attribution(), explained.answers());
  }

  private static InvalidInputException missing(
      Model model,
      Path means,
      boolean named,
      String validation,
      ExplainOptions options,
      String baselineOption) {
    String command =
        "gsig baseline --model "
            + Text.argument(model.folder())
            + " --cohort "
            + validation
            + (named ? " --out " + Text.argument(means) : "");
    String without =
        (options.sequenceBaseline().needsStatistics() ? " " + baselineOption + " zero" : "")
            + (needsTabularMean(model, options) ? " --tabular-baseline zero" : "");
    return new InvalidInputException(
        means + ": no such file; make it with: " + command + " (or do without:" + without + ")");
  }

  private static boolean needsTabularMean(Model model, ExplainOptions options) {
    return options.tabularBaseline() == TabularBaselines.MEAN && !model.features().isEmpty();
  }
}
