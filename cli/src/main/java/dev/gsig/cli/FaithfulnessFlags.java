package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaseline;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.evaluation.EvaluatedMethod;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import dev.gsig.attribution.evaluation.RemovalRule;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.internal.FileSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that {@code evaluate} and {@code study} share. */
final class FaithfulnessFlags {
  /** The sequence baselines that one may ask for. */
  static final List<SequenceBaseline> BASELINES =
      SequenceBaselines.named().stream().filter(b -> b != SequenceBaselines.REFERENCES).toList();

  /** Their names. */
  static final class BaselineNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    BaselineNames() {
      BASELINES.forEach(b -> add(b.label()));
    }
  }

  /** The tabular baselines that one may ask for. */
  static final List<TabularBaseline> TABULAR_BASELINES =
      TabularBaselines.named().stream().filter(b -> b != TabularBaselines.REFERENCES).toList();

  /** Their names. */
  static final class TabularBaselineNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    TabularBaselineNames() {
      TABULAR_BASELINES.forEach(b -> add(b.label()));
    }
  }

  /** The names that {@code --removal} knows. */
  private static final class RemovalNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // picocli makes one
    RemovalNames() {
      RemovalRules.named().forEach(r -> add(r.label()));
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--overwrite", description = "replace the files that --out holds")
  private boolean overwrite;

  @Mixin private PlotFlags plots;

  @Option(
      names = "--removal",
      paramLabel = "RULE",
      defaultValue = "delete",
      completionCandidates = RemovalNames.class,
      description =
          "what becomes of removed codes: ${COMPLETION-CANDIDATES}; with delete the rest moves up,"
              + " and an emptied visit loses its SEP; default: delete")
  private String removal;

  @Option(
      names = "--removal-baseline",
      paramLabel = "NAME",
      defaultValue = "manifold-mean",
      completionCandidates = BaselineNames.class,
      description =
          "whose rows stand in for removed codes with --removal baseline: ${COMPLETION-CANDIDATES};"
              + " default: manifold-mean")
  private String removalBaseline;

  @Option(
      names = "--k",
      paramLabel = "K,...",
      defaultValue = "1,5,10,20,50",
      description =
          "shares of the codes that are removed, in percent, rounded up, at least one code;"
              + " default: 1,5,10,20,50")
  private String shares;

  @Option(
      names = "--tabular-baseline",
      paramLabel = "NAME",
      defaultValue = "mean",
      completionCandidates = TabularBaselineNames.class,
      description =
          "where the path of the tabular values starts: ${COMPLETION-CANDIDATES}; default: mean")
  private String tabularBaseline;

  @Option(
      names = "--fixed",
      paramLabel = "NAME,...",
      description =
          "inputs that are held at the patient's own values all along the path, with attributions"
              + " of 0: tabular, values, or a further table of a graph by its name; default: none")
  private String fixed;

  @Mixin private ScoreFlags score;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "of all that is drawn at random, the bootstrap included; default: 1")
  private int seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "patients at a time; default: the number of processors")
  private Integer threads;

  /**
   * What is asked for.
   *
   * @param labels the model's; null before there is one, where the explained class is not told
   * @throws ParameterException saying which option is wrong and what it may be
   * @throws InvalidInputException if the model has no such class
   */
  EvaluationOptions options(
      List<EvaluatedMethod> methods, List<SequenceBaseline> baselines, int steps, Labels labels) {
    if (threads != null && threads < 1) {
      throw wrong("--threads must be at least 1, but is " + threads);
    }
    RemovalRule rule =
        Choice.of(command, "--removal", removal, RemovalRules.named(), RemovalRule::label);
    if (isGiven("--removal-baseline") && !rule.takesBaselineRows()) {
      throw wrong("--removal-baseline is for --removal baseline; leave it out");
    }
    Set<String> held = held();
    try {
      return new EvaluationOptions(
          methods,
          baselines,
          steps,
          held.contains(Model.TABULAR) ? TabularBaselines.SELF : tabularBaseline(),
          score.classTarget(command),
          score.explainedClass(labels),
          rule,
          Choice.of(
              command, "--removal-baseline", removalBaseline, BASELINES, SequenceBaseline::label),
          percents(),
          seed,
          SampledMetrics.NONE,
          held);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  /** What is held has no path, and so no place where its path starts. */
  private Set<String> held() {
    if (fixed == null) {
      return Set.of();
    }
    List<String> held = Choice.names(fixed);
    if (held.contains(Model.SEQUENCE)) {
      throw wrong(
          "--fixed sequence leaves nothing to rank, for the codes' attributions are 0; hold"
              + " tabular, or nothing");
    }
    if (held.contains(Model.TABULAR) && isGiven("--tabular-baseline")) {
      throw wrong(
          "--tabular-baseline says where a path starts, but --fixed tabular leaves that input"
              + " without one; give one of the two");
    }
    return Set.copyOf(held);
  }

  private TabularBaseline tabularBaseline() {
    return Choice.of(
        command, "--tabular-baseline", tabularBaseline, TABULAR_BASELINES, TabularBaseline::label);
  }

  private List<Double> percents() {
    try {
      return Arrays.stream(shares.split(",", -1))
          .map(text -> Double.parseDouble(text.strip()))
          .distinct()
          .toList();
    } catch (NumberFormatException e) {
      throw wrong("--k: '" + shares + "' is not a list of percentages such as 1,5,10,20,50");
    }
  }

  /**
   * Where paths start: a named baseline, or the mean of a group.
   *
   * @param option the option that says so
   * @param text a name, or {@code group:FILE}
   * @throws ParameterException if there is no such baseline
   * @throws InvalidInputException if the group's file cannot be read
   */
  SequenceBaseline baseline(String option, String text) {
    return text.startsWith(ReferenceChoice.GROUP)
        ? ReferenceChoice.group(command, option, text)
        : Choice.of(command, option, text, BASELINES, SequenceBaseline::label);
  }

  /**
   * A patient at whom paths start.
   *
   * @param references the file that has them; null if it is not told
   * @throws ParameterException if it is not told
   * @throws InvalidInputException if it cannot be read
   */
  SequenceBaseline patient(String id, Path references) {
    if (references == null) {
      throw wrong("--reference-patient needs --references, the file of patients that has them");
    }
    return ReferenceChoice.patient(id, references);
  }

  /**
   * Loads what the methods need beside the model.
   *
   * @param baselineOption the option that could do without the validation set's means
   */
  Setup setup(Model model, EvaluationOptions o, String baselineOption) {
    SequenceBaseline start =
        Stream.concat(
                o.baselines().stream(),
                o.removal().takesBaselineRows() ? Stream.of(o.removalBaseline()) : Stream.empty())
            .filter(SequenceBaseline::needsStatistics)
            .findFirst()
            .orElse(SequenceBaselines.ZERO);
    ExplainOptions needs =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.IG)
            .baselines(start, o.tabularBaseline())
            .target(o.target())
            .explainedClass(o.explainedClass())
            .fixed(o.fixed().toArray(String[]::new))
            .build();
    return Setup.of(
        model, score.baselineFile(), "VALIDATION.jsonl", needs, threads(), baselineOption);
  }

  /** Whether an option of the command stands on the command line. */
  boolean isGiven(String option) {
    return Given.is(command, option);
  }

  ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  /** The folder for figures, ready to be written. */
  OutputFolder folder(Path out, FileSet set) {
    if (out == null && overwrite) {
      throw wrong("--overwrite is for --out DIR; leave it out");
    }
    return OutputFolder.at(out, overwrite, set);
  }

  PlotFlags plots() {
    return plots;
  }

  CommandSpec command() {
    return command;
  }

  int seed() {
    return seed;
  }

  int threads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }

  /** Prints what is explained, where a model has more than one logit. */
  static void sayExplained(Terminal terminal, Model model, EvaluationOptions o) {
    Labels labels = model.labels();
    if (labels.count() == 1) {
      return;
    }
    String kind = labels.multiLabel() ? "label" : "class";
    terminal.print(
        "explained: "
            + (o.explainedClass() == null
                ? "each patient's most probable " + kind
                : kind + " " + labels.describe(o.explainedClass()))
            + (labels.multiLabel() ? ", whose probability is measured" : ""));
  }

  /** A share without needless digits: 1, 2.5. */
  static String number(double k) {
    return k == Math.rint(k) ? String.format(Locale.ROOT, "%.0f", k) : Double.toString(k);
  }

  /** The removal rule in words, as every table says it. */
  static String removal(EvaluationOptions o) {
    String rule = o.removal().label();
    String shares =
        o.percents().stream().map(FaithfulnessFlags::number).collect(Collectors.joining(", "));
    return "removal rule "
        + (o.removal().takesBaselineRows() ? rule + " (" + o.removalBaseline().label() + ")" : rule)
        + ", k = "
        + shares
        + "% of the codes, at least one";
  }
}
