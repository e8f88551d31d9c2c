package dev.gsig.attribution;

import dev.gsig.attribution.Attribution.TokenScore;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** By which score codes are ranked. */
enum Ranking {
  /** By how much they matter, whatever the sign. */
  L2,
  /** By how much they speak for the predicted class. */
  SIGNED;

  /**
   * Positions in the model's sequence, the highest score first; equal scores in the order of the
   * sequence.
   *
   * @param tokens the codes with their scores
   * @param forPredicted whether the scores explain the predicted class; if not, signs are turned
   */
  int[] order(List<TokenScore> tokens, boolean forPredicted) {
    ToDoubleFunction<TokenScore> score =
        this == L2
            ? t -> t.scores().l2()
            : t -> forPredicted ? t.scores().signed() : -t.scores().signed();
    double[] keys = tokens.stream().mapToDouble(score).toArray();
    return IntStream.range(0, keys.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -keys[i]))
        .mapToInt(i -> tokens.get(i).position())
        .toArray();
  }
}
