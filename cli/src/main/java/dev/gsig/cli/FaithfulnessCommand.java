package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FileSet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/**
 * What {@code evaluate} and {@code study} do alike: a labelled cohort goes in, figures of all its
 * patients come out, on the terminal and in a folder.
 *
 * @param <R> the figures
 */
abstract class FaithfulnessCommand<R> implements Callable<Integer> {
  /** Where things are said. */
  final Terminal terminal;

  @Mixin private ModelFlags model;
  @Mixin private CohortFlags cohort;
  @Mixin private BackendFlags backend;

  FaithfulnessCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The options that both have. */
  abstract FaithfulnessFlags shared();

  /** Names a wrong option before any work. */
  abstract void check();

  /** Folder for the figures; null for none. */
  abstract Path out();

  /** What is in that folder, in a few words. */
  abstract String contents();

  /** The files of that folder. */
  abstract FileSet files();

  /** The files of the folder for plots. */
  abstract FileSet plots();

  /** How many patients to take from the start of the cohort; null for all. */
  abstract Integer limit();

  /** What is asked of a model. */
  abstract EvaluationOptions options(Model loaded);

  /** The option that names where the paths of the codes start. */
  abstract String baselineOption();

  /**
   * Measures, and leaves out of the cohort whom the model cannot use.
   *
   * @throws InvalidInputException if nobody is left
   */
  abstract R measure(LabelledCohort asked, Setup setup, EvaluationOptions options);

  /** Prints the figures of those who were measured. */
  abstract void print(R figures, LabelledCohort used, Setup setup, EvaluationOptions options);

  /** Adds the figures to the folder. */
  abstract void add(R figures, OutputFolder folder, Setup setup, EvaluationOptions options);

  /** Says what to mind in the figures. */
  void warn(R figures) {}

  /** Plots the figures, so many millimetres wide. */
  abstract void plot(R figures, int width, OutputFolder folder);

  @Override
  public final Integer call() {
    check();
    FaithfulnessFlags shared = shared();
    OutputFolder folder = shared.folder(out(), files());
    OutputFolder svg = shared.plots().folder(plots());
    LabelledCohort asked = LabelledCohort.read(cohort, terminal, limit());
    LongRun.begins();
    try (Model loaded = backend.load(model.model, terminal)) {
      asked.requireKnown(loaded);
      EvaluationOptions options = options(loaded);
      Setup setup = shared.setup(loaded, options, baselineOption());
      R figures = measure(asked, setup, options);
      LabelledCohort used = asked.used();
      print(figures, used, setup, options);
      add(figures, folder, setup, options);
      folder.save();
      used.sayWarnings(terminal, loaded, options.percents());
      warn(figures);
      if (shared.plots().asked()) {
        plot(figures, shared.plots().width(), svg);
      }
      if (out() != null) {
        terminal.inform(contents() + " in " + out());
      }
    }
    return 0;
  }
}
