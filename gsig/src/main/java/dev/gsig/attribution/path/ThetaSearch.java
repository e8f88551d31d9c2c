package dev.gsig.attribution.path;

/** How the objective of the theta candidates is obtained. */
public enum ThetaSearch {
  /** On gradients at shared adaptive nodes, until the choice is certain to 0.1%. */
  SHARED("shared"),
  /** On shared nodes, until every candidate's l21 is known to 1e-3; else by its full sum. */
  SHARED_FULL_CURVE("shared-full-curve"),
  /** The full sum for every candidate. */
  EXACT("exact");

  private final String label;

  ThetaSearch(String label) {
    this.label = label;
  }

  /** Name for people. */
  public String label() {
    return label;
  }
}
