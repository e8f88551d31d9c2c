package dev.gsig.attribution.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Of each code {@code f(all codes) - f(all but this one)}. */
record Occlusion() implements Control {
  @Override
  public String label() {
    return "occlusion";
  }

  @Override
  public String title() {
    return "leave one code out";
  }

  @Override
  public double[] scores(Control.Patient patient) {
    List<BitSet> sets = new ArrayList<>();
    for (int j : patient.positions()) {
      BitSet one = new BitSet();
      one.set(j);
      sets.add(one);
    }
    double[] without = patient.scoresWithout(sets);
    double full = patient.score();
    return Arrays.stream(without).map(score -> full - score).toArray();
  }
}
