package dev.gsig.attribution;

/** Attribution method. */
public enum Method {
  /** Group-sparse manifold-aware integrated gradients: theta is chosen for each patient. */
  GSIG("gsig"),
  /** Plain integrated gradients: theta = 1, any quadrature. */
  IG("ig"),
  /** The bounded path measure: weights along the straight path, sparse and exactly complete. */
  BOUNDED_MEASURE("bounded-measure"),
  /** Expected Gradients: validation patients in the place of one baseline. */
  EXPECTED_GRADIENTS("expected-gradients");

  private final String label;

  Method(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }
}
