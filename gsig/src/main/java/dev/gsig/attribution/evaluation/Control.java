package dev.gsig.attribution.evaluation;

/** Scores of codes that are no path attribution. Shared by threads. */
public non-sealed interface Control extends EvaluatedMethod {
  /**
   * The scores of one patient's codes.
   *
   * @return one for each of {@link EvaluatedPatient#positions}, in that order: positive where the
   *     code speaks for what is explained. The ranking by l2 takes their size
   */
  double[] scores(EvaluatedPatient patient);

  @Override
  default boolean usesBaseline() {
    return false;
  }

  @Override
  default boolean needsReferences() {
    return false;
  }
}
