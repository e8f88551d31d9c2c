package dev.gsig.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Under which headings help and manual list options. An option that is on no list stands among the
 * command's own, which come first.
 */
final class OptionGroups {
  private static final String OWN = "Options";

  private static final Map<String, List<String>> HEADINGS = new LinkedHashMap<>();

  static {
    HEADINGS.put(OWN, List.of());
    heading(
        "Results",
        "--out",
        "--meds",
        "--resume",
        "--overwrite",
        "--report",
        "--plots",
        "--plot-width",
        "--plot-patients");
    heading("Patients", "--sort-visits", "--skip-invalid", "--groups", "--patients");
    heading(
        "Method",
        "--method",
        "--methods",
        "--comparators",
        "--steps",
        "--tolerance",
        "--quadrature",
        "--attribution",
        "--permutations");
    heading(
        "Theta of gsig",
        "--theta",
        "--theta-search",
        "--theta-curve",
        "--lambda-group",
        "--lambda-l1",
        "--max-completeness-gap");
    heading(
        "Where paths start",
        "--baseline",
        "--baselines",
        "--tabular-baseline",
        "--value-baseline",
        "--fixed",
        "--baseline-file",
        "--references",
        "--reference-patient",
        "--reference-count");
    heading("What is explained", "--target", "--class");
    heading("What if", "--without", "--with", "--what-if");
    heading(
        "What is measured",
        "--metrics",
        "--removal",
        "--removal-baseline",
        "--k",
        "--sanity-check",
        "--infidelity-draws",
        "--sensitivity-draws",
        "--sensitivity-radius");
    heading(
        "What a patient is asked",
        "--task",
        "--labels",
        "--target-codes",
        "--horizon-days",
        "--follow-up-days",
        "--hours",
        "--index",
        "--index-cohort");
    heading(
        "Codes and values",
        "--tabular",
        "--values",
        "--value-embedding",
        "--bins",
        "--extremes",
        "--concepts",
        "--spelling",
        "--drugs",
        "--atc-map",
        "--code-length",
        "--drug-length",
        "--drop-version",
        "--min-patients");
    heading(
        "A database, and vocabularies",
        "--jdbc",
        "--driver-path",
        "--user",
        "--schema",
        "--vocabulary");
    heading(
        "Who is in the cohort",
        "--visits",
        "--visit-hours",
        "--min-visits",
        "--min-age",
        "--split",
        "--test-set");
    heading(
        "The model",
        "--architecture",
        "--hidden-size",
        "--layers",
        "--heads",
        "--intermediate-size",
        "--max-length",
        "--head-size",
        "--inputs");
    heading(
        "What weights do not tell",
        "--config",
        "--set",
        "--vocab",
        "--map",
        "--head",
        "--key",
        "--family",
        "--ignore-left-over",
        "--descriptions");
    heading("Proof of an import", "--check", "--check-tolerance", "--check-outputs");
    heading(
        "Training",
        "--pretrain",
        "--pretrain-epochs",
        "--epochs",
        "--patience",
        "--batch-size",
        "--learning-rate",
        "--warmup",
        "--optimizer",
        "--weight-decay",
        "--dropout",
        "--clip",
        "--class-weight");
    heading(
        "The run",
        "--backend",
        "--no-fusion",
        "--threads",
        "--seed",
        "--quiet",
        "--help",
        "--version");
  }

  private OptionGroups() {}

  private static void heading(String heading, String... options) {
    HEADINGS.put(heading, List.of(options));
  }

  /**
   * Some options of a command.
   *
   * @param options in the order in which the command declares them
   */
  record Group(String heading, List<OptionSpec> options) {}

  /** The options of a command that are not hidden, by heading; no group is empty. */
  static List<Group> of(CommandSpec command) {
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    HEADINGS.keySet().forEach(heading -> groups.put(heading, new ArrayList<>()));
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        groups.get(headingOf(option.longestName())).add(option);
      }
    }
    return groups.entrySet().stream()
        .filter(group -> !group.getValue().isEmpty())
        .map(group -> new Group(group.getKey(), group.getValue()))
        .toList();
  }

  private static String headingOf(String option) {
    for (Map.Entry<String, List<String>> heading : HEADINGS.entrySet()) {
      if (heading.getValue().contains(option)) {
        return heading.getKey();
      }
    }
    return OWN;
  }

  /** All names on the lists. */
  static List<String> names() {
    return HEADINGS.values().stream().flatMap(List::stream).toList();
  }
}
