package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.Attribution.TokenScore;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** By which score codes are ranked. */
enum Ranking {
  /** By how much they matter, whatever the sign. */
  L2,
  /** By how much they speak for the class whose probability is measured. */
  SIGNED;

  /**
   * Positions in the model's sequence, the highest score first; equal scores in the order of the
   * sequence.
   *
   * @param tokens the codes with their scores
   * @param forMeasured whether the scores explain the measured class; if not, signs are turned
   */
  int[] order(List<TokenScore> tokens, boolean forMeasured) {
    ToDoubleFunction<TokenScore> score =
        this == L2
            ? t -> t.scores().l2()
            : t -> forMeasured ? t.scores().signed() : -t.scores().signed();
    double[] keys = tokens.stream().mapToDouble(score).toArray();
    return IntStream.range(0, keys.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -keys[i]))
        .mapToInt(i -> tokens.get(i).position())
        .toArray();
  }
}
