package dev.gsig.attribution.evaluation;

import java.util.Random;

/** Uniform in -1 to 1; each patient's own, whatever the order of the cohort. */
record RandomScores() implements Control {
  @Override
  public String label() {
    return "random";
  }

  @Override
  public String title() {
    return "random scores";
  }

  @Override
  public double[] scores(Control.Patient patient) {
    Random random = new Random(patient.seed() * 31 + patient.trajectory().subjectId().hashCode());
    return random.doubles(patient.positions().length, -1, 1).toArray();
  }
}
