package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.Reference;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaseline;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.ValueBaseline;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathOptions;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how patients are explained; one place for every command that does. */
public final class ExplanationFlags {
  private static final String AUTO = "auto";
  private static final String FULL = "full";
  private static final String EXACT = "exact";
  private static final String STEPS = "--steps";
  private static final String QUADRATURE = "--quadrature";
  private static final String TOLERANCE = "--tolerance";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "patients explained at a time; default: the number of processors")
  private Integer threads;

  @Option(
      names = STEPS,
      paramLabel = "K",
      defaultValue = "50",
      description =
          "steps of the path, for ig in place of a tolerance, unless --tolerance is given, too;"
              + " default: 50")
  private int steps;

  @Option(
      names = TOLERANCE,
      paramLabel = "X",
      description =
          "relative error to which ig and expected-gradients integrate, and bounded-measure and"
              + " --attribution shared read, with as many gradients as that takes, at most 129;"
              + " default: 0.01")
  private Double tolerance;

  @Option(
      names = "--method",
      paramLabel = "NAME,...",
      completionCandidates = MethodNames.class,
      description = {
        "one or several; the first leads, the others stand beside it under \"readings\" and share"
            + " its gradients: ${COMPLETION-CANDIDATES};",
        "default: gsig,ig, of gsig demo ig,gsig"
      })
  private String method;

  @Option(
      names = "--theta",
      paramLabel = "THETA",
      defaultValue = AUTO,
      description = {
        "exponents of the path that gsig chooses from, 1 always included: auto (10 log-spaced"
            + " values from 0.1 to 5), grid:LO:HI:N, list:A,B,... or continuous (auto, refined);",
        "or one number, which is then used; default: auto"
      })
  private String theta;

  @Option(
      names = "--theta-search",
      paramLabel = "HOW",
      defaultValue = "shared",
      description =
          "shared (gradients at nodes that all exponents share, and the full sum for what may win"
              + " by more than 0.1%%) or exact (the full sum for each); default: shared")
  private String thetaSearch;

  @Option(
      names = "--theta-curve",
      paramLabel = "HOW",
      description =
          "how far a shared search goes: decision (until the choice is certain) or full (until the"
              + " whole curve is accurate); default: decision")
  private String thetaCurve;

  @Option(
      names = "--attribution",
      paramLabel = "HOW",
      defaultValue = EXACT,
      description =
          "exact (gsig's attribution is the full sum at the theta chosen) or shared (read off the"
              + " gradients of a shared search, to the tolerance; error_estimate is its bound);"
              + " default: exact")
  private String attribution;

  @Option(
      names = QUADRATURE,
      paramLabel = "RULE",
      defaultValue = "right",
      description =
          "rule of the sum: right, or with --method ig, in place of a tolerance, left, midpoint,"
              + " trapezoid, gauss-legendre; default: right")
  private String quadrature;

  @Option(
      names = "--lambda-group",
      paramLabel = "X",
      defaultValue = "1",
      description = "weight of l21 in gsig's objective, against --lambda-l1; default: 1")
  private double lambdaGroup;

  @Option(
      names = "--lambda-l1",
      paramLabel = "X",
      defaultValue = "0",
      description = "weight of the 1-norm in gsig's objective; default: 0")
  private double lambdaL1;

  @Option(
      names = "--baseline",
      paramLabel = "NAME",
      completionCandidates = FaithfulnessFlags.BaselineNames.class,
      description =
          "where the path of the codes starts: ${COMPLETION-CANDIDATES}, or group:FILE, the mean of"
              + " the patients of a cohort, which tabular values start from, too; default:"
              + " manifold-mean, of gsig demo manifold-mean-unpadded")
  private String baseline;

  @Option(
      names = "--reference-patient",
      paramLabel = "ID",
      description =
          "in place of --baseline: the path of the codes, and that of the tabular values, starts at"
              + " this patient of --references")
  private String referencePatient;

  @Option(
      names = "--tabular-baseline",
      paramLabel = "NAME",
      completionCandidates = FaithfulnessFlags.TabularBaselineNames.class,
      description =
          "where the path of the tabular values starts: ${COMPLETION-CANDIDATES}; default: mean, or"
              + " the patient or group that the codes start from")
  private String tabularBaseline;

  @Option(
      names = "--value-baseline",
      paramLabel = "NAME",
      defaultValue = "mean",
      description =
          "where the path of the value beside a code starts: mean, that of the code's values over"
              + " the validation set, or zero; default: mean")
  private String valueBaseline;

  @Option(
      names = "--fixed",
      paramLabel = "NAME,...",
      completionCandidates = InputNames.class,
      description =
          "inputs of the model that are held at the patient's own values all along the path, with"
              + " attributions of 0: ${COMPLETION-CANDIDATES}, or a further table of a graph by its"
              + " name; default: none")
  private String fixed;

  @Option(
      names = "--references",
      paramLabel = "FILE",
      description =
          "validation patients, where the paths of expected-gradients start, or among whom"
              + " --reference-patient is")
  private Path references;

  @Option(
      names = "--reference-count",
      paramLabel = "N",
      defaultValue = "20",
      description = "how many of them are used, at equal distances; default: 20")
  private int referenceCount;

  @Option(
      names = "--permutations",
      paramLabel = "N",
      defaultValue = "64",
      description = "permutations of the codes that shapley draws; default: 64")
  private int permutations;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "seed of what shapley draws, the same for each patient; default: 1")
  private long seed;

  @Mixin private ScoreFlags score;

  @Option(
      names = "--max-completeness-gap",
      paramLabel = "X",
      description = "gsig takes only exponents whose relative completeness gap is at most X")
  private Double maxCompletenessGap;

  private List<PathMethod> usualMethods = List.of(PathMethods.GSIG, PathMethods.IG);
  private SequenceBaseline usual = SequenceBaselines.MANIFOLD_MEAN;
  private Path usualReferences;

  /** The methods as {@code --method} lists them. */
  private static final class MethodNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // picocli makes one
    MethodNames() {
      PathMethods.named().forEach(m -> add(m.label() + " (" + m.description() + ")"));
    }
  }

  /** The names that {@code --fixed} knows. */
  private static final class InputNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // picocli makes one
    InputNames() {
      addAll(Model.INPUTS);
    }
  }

  /**
   * Other defaults than those of most commands.
   *
   * @param methods in place of GS-IG and plain integrated gradients
   * @param sequenceBaseline in place of the manifold mean
   * @param patients where {@code --reference-patient} is looked for
   */
  void usually(List<PathMethod> methods, SequenceBaseline sequenceBaseline, Path patients) {
    usualMethods = methods;
    usual = sequenceBaseline;
    usualReferences = patients;
  }

  /**
   * What is asked for, without a model: all but the explained class, whose name only a model knows,
   * and references of one's own, which are made for a model.
   *
   * @throws ParameterException saying which option is wrong and what it may be
   * @throws InvalidInputException if the file of a reference cannot be read
   */
  public ExplainOptions options() {
    return options(null, null);
  }

  /**
   * What is asked for.
   *
   * @throws ParameterException saying which option is wrong and what it may be
   * @throws InvalidInputException if the model has no such class, or cannot read a reference, or
   *     the reference is not there
   */
  public ExplainOptions options(Model model) {
    return ReferenceChoice.found(options(model.labels(), model.inputNames()), model, null);
  }

  /**
   * What is asked for.
   *
   * @param labels the model's; null before there is one
   * @param inputs names of the model's inputs; null before there is one
   */
  private ExplainOptions options(Labels labels, List<String> inputs) {
    if (threads != null && threads < 1) {
      throw wrong("--threads must be at least 1, but is " + threads);
    }
    List<PathMethod> chosen =
        method == null
            ? usualMethods
            : Choice.list(command, "--method", method, PathMethods.named(), PathMethod::label);
    boolean bank = MethodOption.REFERENCES.isUsedBy(chosen.get(0));
    try {
      ThetaCandidates candidates = ThetaCandidates.parse(theta);
      boolean shared = isShared();
      requireUsed(chosen, candidates, shared);
      requireReferencesFit(chosen);
      ReferenceChoice reference = reference();
      PathOptions path =
          new PathOptions(
              steps,
              choice(QUADRATURE, quadrature, List.of(Quadrature.values()), Quadrature::label),
              tolerance(chosen),
              candidates,
              search(),
              lambdaGroup,
              lambdaL1,
              maxCompletenessGap,
              new PathOptions.Sampling(permutations, seed),
              shared);
      Set<String> held = fixed(inputs);
      return new ExplainOptions(
          chosen,
          path,
          holdsAllRows(held, inputs) ? SequenceBaselines.SELF : sequenceBaseline(bank, reference),
          held.contains(Model.TABULAR) ? TabularBaselines.SELF : tabularBaseline(bank, reference),
          choice(
              "--value-baseline",
              valueBaseline,
              List.of(ValueBaseline.values()),
              ValueBaseline::label),
          score.target(command, labels),
          score.explainedClass(labels),
          held);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private boolean isShared() {
    return choice("--attribution", attribution, List.of(EXACT, "shared"), name -> name)
        .equals("shared");
  }

  /**
   * Null where a rule is asked for by its number of steps or its name; with both a number of steps
   * is for methods that know no tolerance.
   */
  private Double tolerance(List<PathMethod> methods) {
    boolean onlySteps =
        methods.stream().anyMatch(m -> isSum(m) || !MethodOption.TOLERANCE.isUsedBy(m));
    boolean rule =
        Given.is(command, QUADRATURE)
            || (Given.is(command, STEPS) && (tolerance == null || !onlySteps));
    if (rule && tolerance != null) {
      throw wrong(
          TOLERANCE
              + " takes as many points as it needs, "
              + STEPS
              + " and "
              + QUADRATURE
              + " a fixed rule; give one of the two");
    }
    return rule ? null : tolerance == null ? (Double) PathOptions.DEFAULT_TOLERANCE : tolerance;
  }

  /** Whether it takes its steps, even where it has a tolerance. */
  private static boolean isSum(PathMethod method) {
    return MethodOption.ATTRIBUTION.isUsedBy(method);
  }

  private SequenceBaseline sequenceBaseline(boolean bank, ReferenceChoice reference) {
    return reference != null
        ? reference
        : choice(
            "--baseline",
            baseline != null ? baseline : bank ? "references" : usual.label(),
            SequenceBaselines.named(),
            SequenceBaseline::label);
  }

  /** A patient or a group that is asked for; null for none. */
  private ReferenceChoice reference() {
    if (referencePatient == null) {
      return baseline != null && baseline.startsWith(ReferenceChoice.GROUP)
          ? ReferenceChoice.group(command, "--baseline", baseline)
          : null;
    }
    if (baseline != null) {
      throw wrong("--reference-patient is in place of --baseline; give one of the two");
    }
    Path patients = references == null ? usualReferences : references;
    if (patients == null) {
      throw wrong("--reference-patient needs --references, the file of patients that has them");
    }
    return ReferenceChoice.patient(referencePatient, patients);
  }

  private TabularBaseline tabularBaseline(boolean bank, ReferenceChoice reference) {
    if (reference != null && tabularBaseline == null) {
      return reference;
    }
    TabularBaseline chosen = tabularStart(bank);
    if (reference != null && chosen.needsStatistics()) {
      throw wrong(
          "--tabular-baseline "
              + chosen.label()
              + " starts from what 'gsig baseline' made, and the codes from patients that you name;"
              + " leave it out, and the values start from them, too, or choose zero or self");
    }
    return chosen;
  }

  private TabularBaseline tabularStart(boolean bank) {
    return choice(
        "--tabular-baseline",
        tabularBaseline != null ? tabularBaseline : bank ? "references" : "mean",
        TabularBaselines.named(),
        TabularBaseline::label);
  }

  /** What {@code gsig baseline} made; null for the model folder's own. */
  public Path baselineFile() {
    return score.baselineFile();
  }

  /** Validation patients, where paths start; null without. */
  public Path references() {
    return references;
  }

  /** How many validation patients a path may start from. */
  public int referenceCount() {
    return referenceCount;
  }

  /**
   * Refuses {@code --threads}, where something else decides how many patients are explained at a
   * time.
   *
   * @param instead what to use, for the message
   * @throws ParameterException if it is given
   */
  public void refuseThreads(String instead) {
    if (threads != null) {
      throw wrong("--threads: " + instead);
    }
  }

  /**
   * Loads what the explanations need beside the model.
   *
   * @param options what {@link #options()} gave
   * @param validation the cohort to name when the means are missing, as it would be typed
   */
  Setup setup(Model model, ExplainOptions options, String validation) {
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (options.startsFromReferences()) {
      return Setup.references(model, references, referenceCount, options, workers);
    }
    if (!(options.sequenceBaseline() instanceof Reference)) {
      return Setup.of(model, score.baselineFile(), validation, options, workers);
    }
    Given.refuse(command, "baselines that start from the means in it", "--baseline-file");
    return Setup.reference(model, Path.of(reference().file()), options, workers);
  }

  /**
   * What is given is used, whatever its value: a default that is spelt out is no less asked for.
   */
  private void requireUsed(List<PathMethod> chosen, ThetaCandidates candidates, boolean shared) {
    for (MethodOption option : MethodOption.values()) {
      String name = "--" + option.label();
      boolean given = Given.is(command, name) && !isForReferencePatient(option);
      String refusal = given ? option.refusal(chosen, candidates, shared) : null;
      if (refusal != null) {
        throw wrong("--" + refusal);
      }
    }
    if (Given.is(command, "--lambda-group") && lambdaGroup > 0 && lambdaL1 == 0) {
      throw wrong(
          "--lambda-group weighs against --lambda-l1 and changes nothing alone; give both, or leave"
              + " it out");
    }
  }

  private boolean isForReferencePatient(MethodOption option) {
    return option == MethodOption.REFERENCES && referencePatient != null;
  }

  private void requireReferencesFit(List<PathMethod> chosen) {
    PathMethod lead = chosen.get(0);
    if (MethodOption.REFERENCES.isUsedBy(lead) && references == null) {
      throw wrong(
          "--method " + lead.label() + " needs --references, a file of validation patients");
    }
    if (referenceCount < 1) {
      throw wrong("--reference-count must be at least 1, but is " + referenceCount);
    }
  }

  /** What is held has no path, and so no place where its path starts. */
  private Set<String> fixed(List<String> inputs) {
    if (fixed == null) {
      return Set.of();
    }
    List<String> held = Choice.names(fixed);
    if (inputs != null && !inputs.containsAll(held) && !Model.INPUTS.containsAll(held)) {
      Choice.list(command, "--fixed", fixed, inputs, name -> name);
    }
    if (inputs != null && holdsAllRows(held, inputs)) {
      requireNoStart(held, Model.SEQUENCE, "--baseline");
      requireNoStart(held, Model.SEQUENCE, "--reference-patient");
    }
    requireNoStart(held, Model.VALUES, "--value-baseline");
    requireNoStart(held, Model.TABULAR, "--tabular-baseline");
    return Set.copyOf(held);
  }

  /** Whether no code has a path; a graph may have rows of several tables. */
  private static boolean holdsAllRows(Collection<String> held, List<String> inputs) {
    List<String> names = inputs == null ? List.of(Model.SEQUENCE) : inputs;
    return names.stream()
        .filter(name -> !name.equals(Model.VALUES) && !name.equals(Model.TABULAR))
        .allMatch(held::contains);
  }

  private void requireNoStart(List<String> held, String input, String option) {
    if (held.contains(input) && Given.is(command, option)) {
      throw wrong(
          option
              + " says where a path starts, but --fixed "
              + input
              + " leaves that input without one; give one of the two");
    }
  }

  private ThetaCandidates.Search search() {
    List<ThetaCandidates.Search> named =
        List.of(ThetaCandidates.Search.SHARED, ThetaCandidates.Search.EXACT);
    ThetaCandidates.Search search =
        choice("--theta-search", thetaSearch, named, ThetaCandidates.Search::label);
    if (thetaCurve == null) {
      return search;
    }
    String curve = choice("--theta-curve", thetaCurve, List.of("decision", FULL), name -> name);
    if (search == ThetaCandidates.Search.EXACT) {
      throw wrong("--theta-curve is for a shared search; an exact one computes the whole curve");
    }
    return curve.equals(FULL) ? ThetaCandidates.Search.SHARED_FULL_CURVE : search;
  }

  private <T> T choice(String option, String text, List<T> values, Function<T, String> label) {
    return Choice.of(command, option, text, values, label);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
