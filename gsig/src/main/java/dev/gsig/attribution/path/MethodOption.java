package dev.gsig.attribution.path;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The options that some methods make no use of. Each method says which it reads, {@link
 * PathMethod#uses}; the command line, the Java API and Spark refuse the others. What is not listed
 * here every method uses.
 */
public enum MethodOption {
  /** Number of steps of the path. */
  STEPS("steps"),
  /** Exponents of the path. */
  THETA("theta"),
  /** How candidates are compared. */
  THETA_SEARCH("theta-search"),
  /** How far a shared search goes. */
  THETA_CURVE("theta-curve"),
  /** Weight of l21 in the objective. */
  LAMBDA_GROUP("lambda-group"),
  /** Weight of the 1-norm in the objective. */
  LAMBDA_L1("lambda-l1"),
  /** Bound on the relative completeness gap. */
  MAX_COMPLETENESS_GAP("max-completeness-gap"),
  /** Rule of the sum. */
  QUADRATURE("quadrature"),
  /** Relative error of the integral. */
  TOLERANCE("tolerance"),
  /** Whether the attribution is summed in full or read off shared nodes. */
  ATTRIBUTION("attribution"),
  /** Where the path of the sequence starts. */
  BASELINE("baseline"),
  /** A patient where the path starts. */
  REFERENCE_PATIENT("reference-patient"),
  /** Where the path of the tabular input starts. */
  TABULAR_BASELINE("tabular-baseline"),
  /** The means that paths start from. */
  BASELINE_FILE("baseline-file"),
  /** Validation patients that paths start from. */
  REFERENCES("references"),
  /** How many of them. */
  REFERENCE_COUNT("reference-count"),
  /** How many permutations of the codes are drawn. */
  PERMUTATIONS("permutations"),
  /** Of what is drawn at random. */
  SEED("seed");

  /** Of methods that take steps along paths from one baseline. */
  public static final Set<MethodOption> OF_A_BASELINE =
      Set.of(STEPS, BASELINE, REFERENCE_PATIENT, TABULAR_BASELINE, BASELINE_FILE);

  /** Of methods that take steps along paths from a bank of patients. */
  public static final Set<MethodOption> OF_REFERENCES = Set.of(STEPS, REFERENCES, REFERENCE_COUNT);

  /** What an attribution that is summed in full makes no use of. */
  private static final String FULL_SUM =
      "tolerance is of what is read off shared nodes, and the attribution is summed in full; add"
          + " --attribution shared, or leave it out";

  /** What chooses among candidates; of no use where one theta is given. */
  private static final Set<MethodOption> CHOICE =
      Set.of(THETA_SEARCH, THETA_CURVE, LAMBDA_GROUP, LAMBDA_L1);

  private final String label;

  MethodOption(String label) {
    this.label = label;
  }

  /** The name on the command line, without the hyphens in front. */
  public String label() {
    return label;
  }

  /** Some options and more of them. */
  public static Set<MethodOption> with(Set<MethodOption> some, MethodOption... more) {
    Set<MethodOption> all = EnumSet.copyOf(some);
    Collections.addAll(all, more);
    return Collections.unmodifiableSet(all);
  }

  /** Whether a method makes use of it. */
  public boolean isUsedBy(PathMethod method) {
    return method.uses().contains(this);
  }

  /**
   * Why it is refused where somebody sets it.
   *
   * @param methods it is enough that one of them makes use of it
   * @param theta the candidates; a method that makes no use of them takes theta = 1, whatever they
   *     are
   * @param shared whether attributions may be read off shared nodes
   * @return null if it has an effect
   */
  public String refusal(List<PathMethod> methods, ThetaCandidates theta, boolean shared) {
    List<String> refusals =
        methods.stream().map(m -> refusal(m, theta, shared)).filter(Objects::nonNull).toList();
    return refusals.size() < methods.size() ? null : refusals.get(0);
  }

  private String refusal(PathMethod method, ThetaCandidates theta, boolean shared) {
    boolean one = theta.fixed() && theta.values().length == 1;
    if (!isUsedBy(method) && !(this == THETA && one)) {
      List<PathMethod> users = PathMethods.named().stream().filter(this::isUsedBy).toList();
      return label
          + " is for --method "
          + users.stream().map(PathMethod::label).collect(Collectors.joining(", "))
          + "; "
          + method.label()
          + " makes no use of it, leave it out";
    }
    if (this == TOLERANCE && ATTRIBUTION.isUsedBy(method) && !shared) {
      return FULL_SUM;
    }
    boolean nothingToChoose = theta.fixed() || (theta.values().length == 1 && !theta.continuous());
    return THETA.isUsedBy(method) && nothingToChoose && CHOICE.contains(this)
        ? label + " chooses among several thetas; one is given and used as it is, leave it out"
        : null;
  }
}
