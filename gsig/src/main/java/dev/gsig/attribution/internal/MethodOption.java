package dev.gsig.attribution.internal;

import static dev.gsig.attribution.Method.BOUNDED_MEASURE;
import static dev.gsig.attribution.Method.EXPECTED_GRADIENTS;
import static dev.gsig.attribution.Method.GSIG;
import static dev.gsig.attribution.Method.IG;

import dev.gsig.attribution.Method;
import dev.gsig.attribution.ThetaCandidates;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The options that some methods make no use of, and which do: the one table that the command line,
 * the Java API and Spark refuse the others by. What is not listed here every method uses.
 */
public enum MethodOption {
  /** Exponents of the path. */
  THETA("theta", GSIG),
  /** How candidates are compared. */
  THETA_SEARCH("theta-search", GSIG),
  /** How far a shared search goes. */
  THETA_CURVE("theta-curve", GSIG),
  /** Weight of l21 in the objective. */
  LAMBDA_GROUP("lambda-group", GSIG),
  /** Weight of the 1-norm in the objective. */
  LAMBDA_L1("lambda-l1", GSIG),
  /** Bound on the relative completeness gap. */
  MAX_COMPLETENESS_GAP("max-completeness-gap", GSIG),
  /** Rule of the sum: that of GS-IG is given, and the bounded measure weighs the midpoints. */
  QUADRATURE("quadrature", IG, EXPECTED_GRADIENTS),
  /** Where the path of the sequence starts. */
  BASELINE("baseline", GSIG, IG, BOUNDED_MEASURE),
  /** Where the path of the tabular input starts. */
  TABULAR_BASELINE("tabular-baseline", GSIG, IG, BOUNDED_MEASURE),
  /** The means that paths start from. */
  BASELINE_FILE("baseline-file", GSIG, IG, BOUNDED_MEASURE),
  /** Validation patients that paths start from. */
  REFERENCES("references", EXPECTED_GRADIENTS),
  /** How many of them. */
  REFERENCE_COUNT("reference-count", EXPECTED_GRADIENTS);

  /** What chooses among candidates; of no use where one theta is given. */
  private static final List<MethodOption> CHOICE =
      List.of(THETA_SEARCH, THETA_CURVE, LAMBDA_GROUP, LAMBDA_L1);

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot be modified
  private final List<Method> users;

  MethodOption(String label, Method... users) {
    this.label = label;
    this.users = List.of(users);
  }

  /** The name on the command line, without the hyphens in front. */
  public String label() {
    return label;
  }

  /** Whether a method makes use of it. */
  public boolean isUsedBy(Method method) {
    return users.contains(method);
  }

  /**
   * Why it is refused where somebody sets it.
   *
   * @param theta the candidates; a method other than GS-IG takes theta = 1, whatever they are
   * @return null if it has an effect
   */
  public String refusal(Method method, ThetaCandidates theta) {
    boolean one = theta.fixed() && theta.values().length == 1;
    if (!isUsedBy(method) && !(this == THETA && one)) {
      String names = users.stream().map(Method::label).collect(Collectors.joining(", "));
      return label
          + " is for --method "
          + names
          + "; "
          + method.label()
          + " makes no use of it, leave it out";
    }
    return method == GSIG && theta.fixed() && CHOICE.contains(this)
        ? label + " chooses among several thetas; one is given and used as it is, leave it out"
        : null;
  }
}
