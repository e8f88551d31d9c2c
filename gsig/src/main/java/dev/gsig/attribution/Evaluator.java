package dev.gsig.attribution;

import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Evaluation.Line;
import dev.gsig.attribution.Evaluation.Measures;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Compares attribution methods and controls on patients: how faithful their rankings are, how
 * sparse, how complete, and what they cost. Immutable and shared by threads; all but the times is
 * the same again.
 */
public final class Evaluator {
  private final Model model;
  private final EvaluationOptions options;
  private final Map<Line, Explainer> lines = new LinkedHashMap<>();
  private final Explainer fromZero;
  private final Explainer fromRemovalBaseline;

  private Evaluator(
      Model model, Baseline baseline, ReferenceBank references, EvaluationOptions options) {
    this.model = model;
    this.options = options;
    for (SequenceBaseline start : options.baselines()) {
      for (Contender contender : options.contenders()) {
        if (contender.usesBaseline()) {
          ExplainOptions o = contender.options(options, start);
          lines.put(new Line(contender, start), Explainer.of(model, baseline, o));
        }
      }
    }
    for (Contender contender : options.contenders()) {
      if (!contender.usesBaseline()) {
        lines.put(new Line(contender, null), explainer(contender, references));
      }
    }
    Removal.requireUsable(model, options.removal());
    fromZero = explainer(Contender.GRADIENT_X_INPUT, null);
    fromRemovalBaseline =
        options.removal() == RemovalRule.BASELINE
            ? Explainer.of(
                model, baseline, Contender.IG.options(options, options.removalBaseline()))
            : null;
  }

  private Explainer explainer(Contender contender, ReferenceBank references) {
    ExplainOptions o = contender.options(options, null);
    if (o == null) {
      return null;
    }
    if (contender == Contender.EXPECTED_GRADIENTS) {
      if (references == null) {
        throw new InvalidInputException(
            "the method expected-gradients starts from validation patients; give a bank of them");
      }
      return Explainer.withReferences(model, references, o);
    }
    return Explainer.of(model, null, o);
  }

  /**
   * An evaluator.
   *
   * @param baseline statistics of a validation set; may be null if no baseline needs them
   * @param references may be null without {@link Contender#EXPECTED_GRADIENTS}
   * @throws InvalidInputException if the model lacks what a baseline or the removal rule needs
   */
  public static Evaluator of(
      Model model, Baseline baseline, ReferenceBank references, EvaluationOptions options) {
    return new Evaluator(model, baseline, references, options);
  }

  /** What is compared: for each baseline its methods, then what has no baseline. */
  public List<Line> lines() {
    return List.copyOf(lines.keySet());
  }

  /**
   * Evaluates one patient on the calling thread.
   *
   * @throws InvalidInputException if the model cannot read the trajectory
   */
  public Evaluation evaluate(Trajectory patient) {
    return evaluate(patient, () -> {});
  }

  private Evaluation evaluate(Trajectory patient, Runnable measured) {
    TokenSequence sequence = model.tokenize(patient);
    int codes =
        (int) IntStream.range(0, sequence.length()).filter(j -> !sequence.isSpecial(j)).count();
    Removal removal = removal(patient, sequence);
    int predicted = removal.prediction().predictedClass();
    List<Measures> measures = new ArrayList<>();
    for (Map.Entry<Line, Explainer> line : lines.entrySet()) {
      measures.add(measure(line.getKey().contender(), line.getValue(), patient, removal));
      measured.run();
    }
    return new Evaluation(patient.subjectId(), codes, predicted, measures);
  }

  /** The scores of one line for one patient. */
  List<TokenScore> tokens(Line line, Trajectory patient) {
    Explainer explainer = lines.get(line);
    return explainer == null
        ? control(line.contender(), patient)
        : explainer.explain(patient).tokens();
  }

  /**
   * Evaluates a cohort on several threads; see {@link Explainer#explainAll}. The first patient is
   * evaluated once before, so that no time is that of a cold start.
   *
   * @param measured called on any thread when a line is measured for a patient, {@link #lines}
   *     times for each patient and for the one before
   */
  public void evaluateAll(
      List<Trajectory> cohort, int threads, Runnable measured, Consumer<Evaluation> inOrder) {
    evaluateAll(cohort, threads, measured, inOrder, Explainer.REFUSE);
  }

  /**
   * Evaluates a cohort as {@link #evaluateAll(List, int, Runnable, Consumer)} does, but goes on
   * behind patients who cannot be evaluated.
   *
   * @param leftOut takes them, and why, in their turn
   */
  public void evaluateAll(
      List<Trajectory> cohort,
      int threads,
      Runnable measured,
      Consumer<Evaluation> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    if (!cohort.isEmpty()) {
      try {
        evaluate(cohort.get(0), measured);
      } catch (InvalidInputException e) {
        // It is met again below, in its turn.
      }
    }
    try {
      CohortRun.map(cohort, threads, patient -> evaluate(patient, measured), inOrder, leftOut);
    } finally {
      model.letGoOfIdle();
    }
  }

  private Removal removal(Trajectory patient, TokenSequence sequence) {
    double[] rows =
        fromRemovalBaseline == null ? null : fromRemovalBaseline.sequenceStart(patient, sequence);
    return new Removal(model, patient, sequence, options.removal(), options.explainedClass(), rows);
  }

  private Measures measure(
      Contender contender, Explainer explainer, Trajectory patient, Removal removal) {
    long start = System.nanoTime();
    Attribution a = explainer == null ? null : explainer.explain(patient);
    List<TokenScore> tokens = a == null ? control(contender, patient) : a.tokens();
    double milliseconds = (System.nanoTime() - start) / 1e6;
    int explained = a == null ? scoreFunction(removal).explainedClass() : a.explainedClass();
    boolean forMeasured = explained == removal.measuredClass();
    boolean missed =
        a != null
            && (a.notes().noThetaWithinGap() || (a.measure() != null && !a.measure().complete()));
    return new Measures(
        faithfulness(removal, Ranking.L2.order(tokens, forMeasured)),
        faithfulness(removal, Ranking.SIGNED.order(tokens, forMeasured)),
        a == null ? null : Double.valueOf(a.l21()),
        a == null ? null : a.completenessGapRelative(),
        codesFor(0.9, tokens),
        milliseconds,
        missed);
  }

  private Faithfulness faithfulness(Removal removal, int[] order) {
    return Faithfulness.of(removal, order, options.shares());
  }

  private ScoreFunction scoreFunction(Removal removal) {
    return fromZero.scoreFunction(removal.prediction());
  }

  private List<TokenScore> control(Contender contender, Trajectory patient) {
    TokenSequence sequence = model.tokenize(patient);
    int[] positions =
        IntStream.range(0, sequence.length()).filter(j -> !sequence.isSpecial(j)).toArray();
    double[] scores =
        contender == Contender.RANDOM
            ? random(patient, positions.length)
            : occlusion(removal(patient, sequence), positions);
    List<TokenScore> tokens = new ArrayList<>();
    for (int i = 0; i < positions.length; i++) {
      int j = positions[i];
      Scores s = new Scores(Math.abs(scores[i]), scores[i]);
      tokens.add(PathAttribution.token(sequence, j, s, null));
    }
    return tokens;
  }

  /** Uniform in -1 to 1; each patient's own, whatever the order of the cohort. */
  private double[] random(Trajectory patient, int n) {
    Random random = new Random(options.seed() * 31 + patient.subjectId().hashCode());
    return random.doubles(n, -1, 1).toArray();
  }

  /** f(all codes) - f(all but one). */
  private double[] occlusion(Removal removal, int[] positions) {
    List<BitSet> sets = new ArrayList<>();
    for (int j : positions) {
      BitSet one = new BitSet();
      one.set(j);
      sets.add(one);
    }
    removal.compute(sets);
    ScoreFunction f = scoreFunction(removal);
    double full = f.score(removal.logits(new BitSet()));
    return sets.stream().mapToDouble(s -> full - f.score(removal.logits(s))).toArray();
  }

  /** The least number of codes whose l2 scores make up a share of all. */
  static int codesFor(double share, List<TokenScore> tokens) {
    double[] ascending = tokens.stream().mapToDouble(t -> t.scores().l2()).sorted().toArray();
    double total = 0;
    for (double score : ascending) {
      total += score;
    }
    double sum = 0;
    int count = 0;
    for (int i = ascending.length - 1; i >= 0 && sum < share * total; i--) {
      sum += ascending[i];
      count++;
    }
    return count;
  }
}
