package dev.gsig.attribution;

/** Zero everywhere. An enum, so that there is one of it however it comes to a JVM. */
enum ZeroRows implements SequenceBaseline {
  ZERO;

  @Override
  public String label() {
    return "zero";
  }

  @Override
  public double[] rows(PathEnd input) {
    return new double[input.shape().size()];
  }
}
