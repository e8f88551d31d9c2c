package dev.gsig.train;

/** How a gradient moves the parameters. */
public enum Optimizer {
  /** Kingma and Ba 2015; weight decay is added to the gradient, {@code g + decay theta}. */
  ADAM("adam"),
  /** Loshchilov and Hutter 2019; weight decay acts on the parameters, {@code -lr decay theta}. */
  ADAMW("adamw");

  private final String label;

  Optimizer(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }
}
