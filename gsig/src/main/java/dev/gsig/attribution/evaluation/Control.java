package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Scores of codes that are no path attribution. Shared by threads. */
public non-sealed interface Control extends EvaluatedMethod {
  /**
   * The scores of one patient's codes.
   *
   * @return one for each of {@link Patient#positions}, in that order: positive where the code
   *     speaks for what is explained. The ranking by l2 takes their size
   */
  double[] scores(Patient patient);

  @Override
  default boolean usesBaseline() {
    return false;
  }

  @Override
  default boolean needsReferences() {
    return false;
  }

  /** One patient as a {@link Control} sees them. Belongs to one thread. */
  final class Patient {
    private final Trajectory trajectory;
    private final TokenSequence sequence;
    private final long seed;
    private final Supplier<Removal> removals;
    private final Function<Removal, ScoreFunction> scoreFunction;
    private Removal removal;

    /**
     * A patient.
     *
     * @param seed of the evaluation
     * @param removals what the model says when codes are removed; asked once, when a score is
     */
    Patient(
        Trajectory trajectory,
        TokenSequence sequence,
        long seed,
        Supplier<Removal> removals,
        Function<Removal, ScoreFunction> scoreFunction) {
      this.trajectory = trajectory;
      this.sequence = sequence;
      this.seed = seed;
      this.removals = removals;
      this.scoreFunction = scoreFunction;
    }

    /** As the cohort has them. */
    public Trajectory trajectory() {
      return trajectory;
    }

    /** As the model reads them. */
    public TokenSequence sequence() {
      return sequence;
    }

    /** Where in the sequence codes are; special tokens are between them. */
    public int[] positions() {
      return IntStream.range(0, sequence.length()).filter(j -> !sequence.isSpecial(j)).toArray();
    }

    /** The evaluation's seed, for what draws random numbers. */
    public long seed() {
      return seed;
    }

    /** The explained score of the patient. */
    public double score() {
      return scoresWithout(List.of(new BitSet()))[0];
    }

    /**
     * The explained scores when codes are removed by the evaluation's {@link RemovalRule}.
     *
     * @param removed sets of positions; computed together, and only once each
     * @return one for each set
     */
    public double[] scoresWithout(List<BitSet> removed) {
      if (removal == null) {
        removal = removals.get();
      }
      removal.compute(removed);
      ScoreFunction f = scoreFunction.apply(removal);
      return removed.stream().mapToDouble(set -> f.score(removal.logits(set))).toArray();
    }
  }
}
