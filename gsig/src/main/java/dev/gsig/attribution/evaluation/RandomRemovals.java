package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.evaluation.Evaluation.Infidelity;
import dev.gsig.attribution.internal.math.Draws;
import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Random sets of one patient's codes for {@link Infidelity}, and how much of the explained score
 * goes with each: computed once for all lines that explain the same from the same rows. Not
 * thread-safe.
 */
final class RandomRemovals {
  private final Trajectory patient;
  private final TokenSequence sequence;
  private final double[] logits;
  private final List<BitSet> sets = new ArrayList<>();
  private final Map<Start, double[]> known = new HashMap<>();

  /** What is explained, and what rows that stand in for codes depend on. */
  private record Start(ScoreFunction f, SequenceBaseline rows, Set<String> held) {}

  /**
   * Draws the sets.
   *
   * @param logits of the patient with all codes
   * @param count how many sets
   */
  RandomRemovals(
      Trajectory patient, TokenSequence sequence, double[] logits, int count, long seed) {
    this.patient = patient;
    this.sequence = sequence;
    this.logits = logits;
    Random random = Draws.of(seed, patient.subjectId());
    List<Integer> positions = new ArrayList<>();
    for (int j = 0; j < sequence.length(); j++) {
      if (!sequence.isSpecial(j)) {
        positions.add(j);
      }
    }
    for (int k = 0; k < count; k++) {
      Collections.shuffle(positions, random);
      BitSet set = new BitSet();
      positions.subList(0, 1 + random.nextInt(positions.size())).forEach(set::set);
      sets.add(set);
    }
  }

  /** The sets of positions. */
  List<BitSet> sets() {
    return sets;
  }

  /**
   * The infidelity of a path attribution.
   *
   * @param explainer that made it: the rows of removed codes are those where its paths start, or
   *     each of its references', whose scores are averaged
   * @param f what it explains
   */
  Infidelity infidelity(Explainer explainer, ScoreFunction f, List<TokenScore> tokens) {
    ExplainOptions o = explainer.options();
    Start start = new Start(f, o.sequenceBaseline(), o.fixed());
    return infidelity(tokens, known.computeIfAbsent(start, s -> changes(explainer, f)));
  }

  /** That of a control, which has no path: codes are removed as the evaluation does. */
  Infidelity infidelity(Removal removal, ScoreFunction f, List<TokenScore> tokens) {
    Start start = new Start(f, null, null);
    return infidelity(tokens, known.computeIfAbsent(start, s -> changes(removal, f)));
  }

  private Infidelity infidelity(List<TokenScore> tokens, double[] changes) {
    return Infidelity.of(sets.stream().mapToDouble(set -> sum(set, tokens)).toArray(), changes);
  }

  private static double sum(BitSet set, List<TokenScore> tokens) {
    double sum = 0;
    for (TokenScore token : tokens) {
      sum += set.get(token.position()) ? token.scores().signed() : 0;
    }
    return sum;
  }

  private double[] changes(Removal removal, ScoreFunction f) {
    removal.compute(sets);
    double score = f.score(logits);
    return sets.stream().mapToDouble(set -> score - f.score(removal.logits(set))).toArray();
  }

  private double[] changes(Explainer explainer, ScoreFunction f) {
    int references = Math.max(1, explainer.referenceCount());
    List<TokenSequence> same = Collections.nCopies(sets.size(), sequence);
    double[] changes = new double[sets.size()];
    Arrays.fill(changes, f.score(logits));
    for (int r = 0; r < references; r++) {
      double[][] without = explainer.logitsFromStart(patient, same, sets, r);
      for (int k = 0; k < changes.length; k++) {
        changes[k] -= f.score(without[k]) / references;
      }
    }
    return changes;
  }
}
