package dev.gsig.attribution;

/** {@link SequenceBaselines#SELF}. */
enum OwnRows implements SequenceBaseline {
  SELF;

  @Override
  public String label() {
    return "self";
  }

  @Override
  public double[] rows(PathEnd input) {
    return input.values();
  }
}
