package dev.gsig.attribution;

/** Each of a bank of validation patients. */
enum ReferenceRows implements SequenceBaseline {
  REFERENCES;

  @Override
  public String label() {
    return "references";
  }

  @Override
  public double[] rows(PathEnd input) {
    return input.reference();
  }
}
