package dev.gsig.cli;

import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of metrics that {@code evaluate} estimates from random draws. */
final class SampledFlags {
  private static final String INFIDELITY = "infidelity";
  private static final String SENSITIVITY = "max-sensitivity";

  /** The names that {@code --metrics} knows. */
  private static final class MetricNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // picocli makes one
    MetricNames() {
      super(List.of(INFIDELITY, SENSITIVITY));
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--metrics",
      paramLabel = "NAME,...",
      defaultValue = INFIDELITY,
      completionCandidates = MetricNames.class,
      description =
          "what is measured beside faithfulness, from random draws: ${COMPLETION-CANDIDATES} (which"
              + " explains every patient again for each draw); default: infidelity")
  private String metrics;

  @Option(
      names = "--infidelity-draws",
      paramLabel = "N",
      defaultValue = "30",
      description = "random sets of codes that are removed for the infidelity; default: 30")
  private int removals;

  @Option(
      names = "--sensitivity-draws",
      paramLabel = "N",
      defaultValue = "10",
      description = "points near a patient that are looked at for max-sensitivity; default: 10")
  private int neighbours;

  @Option(
      names = "--sensitivity-radius",
      paramLabel = "R",
      defaultValue = "0.05",
      description =
          "how far they are, relative to the length of each code's row at the attribution point;"
              + " default: 0.05")
  private double radius;

  /**
   * What is asked for.
   *
   * @throws ParameterException saying which option is wrong and what it may be
   */
  SampledMetrics metrics() {
    List<String> asked =
        Choice.list(command, "--metrics", metrics, new MetricNames(), name -> name);
    requireUse(asked, INFIDELITY, "--infidelity-draws");
    requireUse(asked, SENSITIVITY, "--sensitivity-draws");
    requireUse(asked, SENSITIVITY, "--sensitivity-radius");
    requirePositive("--infidelity-draws", removals);
    requirePositive("--sensitivity-draws", neighbours);
    try {
      return new SampledMetrics(
          asked.contains(INFIDELITY) ? removals : 0,
          asked.contains(SENSITIVITY) ? neighbours : 0,
          radius);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private void requireUse(List<String> asked, String metric, String option) {
    if (Given.is(command, option) && !asked.contains(metric)) {
      throw wrong(option + " is for --metrics " + metric + "; leave it out");
    }
  }

  private void requirePositive(String option, int value) {
    if (value < 1) {
      throw wrong(option + " must be at least 1, but is " + value);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
