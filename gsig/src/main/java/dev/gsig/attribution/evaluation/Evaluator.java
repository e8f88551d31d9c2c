package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.Evaluation.Infidelity;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.attribution.evaluation.Evaluation.Measures;
import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.attribution.internal.run.CohortRun;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Compares attribution methods and controls on patients: how faithful their rankings are, how
 * sparse, how complete, and what they cost. Immutable and shared by threads; all but the times is
 * the same again.
 */
public final class Evaluator {
  private final ExplainableModel model;
  private final EvaluationOptions options;
  private final Map<Line, Explainer> lines = new LinkedHashMap<>();
  private final Explainer fromRemovalBaseline;

  /** An evaluator of another model, with lines that are yet to be filled in. */
  private Evaluator(ExplainableModel model, EvaluationOptions options, Explainer removal) {
    this.model = model;
    this.options = options;
    fromRemovalBaseline = removal;
  }

  private Evaluator(
      ExplainableModel model,
      Baseline baseline,
      ReferenceBank references,
      EvaluationOptions options) {
    this.model = model;
    this.options = options;
    for (SequenceBaseline start : options.baselines()) {
      for (EvaluatedMethod method : options.methods()) {
        if (method.usesBaseline()) {
          lines.put(new Line(method, start), explainer(method, start, baseline, references));
        }
      }
    }
    for (EvaluatedMethod method : options.methods()) {
      if (!method.usesBaseline()) {
        // means of values may be asked for, though nothing depends on them
        lines.put(new Line(method, null), explainer(method, null, baseline, references));
      }
    }
    options.removal().requireUsable(model.tokenizer().specialTokens());
    if (options.explainedClass() != null) {
      model.labels().requireClass(options.explainedClass());
    }
    fromRemovalBaseline =
        options.removal().takesBaselineRows()
            ? explainer(EvaluatedMethods.IG, options.removalBaseline(), baseline, null)
            : null;
  }

  /** Null for a control. */
  private Explainer explainer(
      EvaluatedMethod method, SequenceBaseline start, Baseline baseline, ReferenceBank references) {
    if (!(method instanceof EvaluatedMethod.WithOptions path)) {
      return null;
    }
    ExplainOptions o = path.options(options, start);
    return path.needsReferences() && references != null
        ? Explainer.withReferences(model, references, o)
        : Explainer.of(model, baseline, o);
  }

  /**
   * An evaluator.
   *
   * @param baseline statistics of a validation set; may be null if no baseline needs them
   * @param references may be null if no method starts from them
   * @throws InvalidInputException if the model lacks what a baseline or the removal rule needs
   */
  public static Evaluator of(
      ExplainableModel model,
      Baseline baseline,
      ReferenceBank references,
      EvaluationOptions options) {
    return new Evaluator(model, baseline, references, options);
  }

  /** This comparison on another model, see {@link Explainer#on}. */
  Evaluator on(ExplainableModel other) {
    Explainer removal = fromRemovalBaseline == null ? null : fromRemovalBaseline.on(other);
    Evaluator evaluator = new Evaluator(other, options, removal);
    lines.forEach(
        (line, explainer) ->
            evaluator.lines.put(line, explainer == null ? null : explainer.on(other)));
    return evaluator;
  }

  /** The model. */
  ExplainableModel model() {
    return model;
  }

  /** The class that is explained of a patient. */
  int explainedClass(Trajectory patient) {
    Removal removal = removal(patient, model.tokenizer().tokenize(patient));
    return scoreFunction(removal, options.explainedClass()).explainedClass();
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
    TokenSequence sequence = model.tokenizer().tokenize(patient);
    int codes =
        (int) IntStream.range(0, sequence.length()).filter(j -> !sequence.isSpecial(j)).count();
    Removal removal = removal(patient, sequence);
    int predicted = removal.prediction().predictedClass();
    RandomRemovals random = randomRemovals(patient, sequence, removal);
    List<Measures> measures = new ArrayList<>();
    for (Map.Entry<Line, Explainer> line : lines.entrySet()) {
      measures.add(measure(line.getKey().method(), line.getValue(), patient, removal, random));
      measured.run();
    }
    return new Evaluation(patient.subjectId(), codes, predicted, measures);
  }

  /** Null if they are not asked for. */
  private RandomRemovals randomRemovals(
      Trajectory patient, TokenSequence sequence, Removal removal) {
    int count = options.sampled().removals();
    if (count == 0) {
      return null;
    }
    double[] logits = removal.logits(new BitSet());
    return new RandomRemovals(patient, sequence, logits, count, options.seed());
  }

  /** The scores of one line for one patient. */
  List<TokenScore> tokens(Line line, Trajectory patient) {
    return tokens(line, patient, explainedClass(patient));
  }

  /**
   * The scores of one line for one patient.
   *
   * @param explainedClass the class that is explained, by all but a method with a class of its own
   */
  List<TokenScore> tokens(Line line, Trajectory patient, int explainedClass) {
    if (line.method() instanceof Control control) {
      return tokens(control, patient, explainedClass);
    }
    Explainer explainer = lines.get(line);
    boolean own = explainer.options().explainedClass() != null;
    return (own ? explainer : explainer.forClass(explainedClass)).explain(patient).tokens();
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
    evaluateAll(cohort, threads, measured, inOrder, CohortRun.REFUSE);
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
    new CohortRun<>(inOrder, leftOut)
        .map(model::letGoOfIdle, cohort, threads, patient -> evaluate(patient, measured));
  }

  private Removal removal(Trajectory patient, TokenSequence sequence) {
    return new Removal(
        model, fromRemovalBaseline, patient, sequence, options.removal(), options.explainedClass());
  }

  private Measures measure(
      EvaluatedMethod method,
      Explainer explainer,
      Trajectory patient,
      Removal removal,
      RandomRemovals random) {
    long start = System.nanoTime();
    Attribution a = explainer == null ? null : explainer.explain(patient);
    List<TokenScore> tokens =
        method instanceof Control c ? tokens(c, patient, options.explainedClass()) : a.tokens();
    double milliseconds = (System.nanoTime() - start) / 1e6;
    int explained =
        a == null
            ? scoreFunction(removal, options.explainedClass()).explainedClass()
            : a.explainedClass();
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
        missed,
        random == null ? null : infidelity(random, explainer, explained, removal, tokens),
        a == null || options.sampled().neighbours() == 0
            ? null
            : Sensitivity.max(explainer, patient, a, options.sampled(), options.seed()));
  }

  private Infidelity infidelity(
      RandomRemovals random,
      Explainer explainer,
      int explainedClass,
      Removal removal,
      List<TokenScore> tokens) {
    if (explainer == null) {
      return random.infidelity(removal, scoreFunction(removal, explainedClass), tokens);
    }
    Target target = explainer.options().target();
    return random.infidelity(explainer, scoreFunction(removal, target, explainedClass), tokens);
  }

  private Faithfulness faithfulness(Removal removal, int[] order) {
    return Faithfulness.of(removal, order, options.shares());
  }

  private ScoreFunction scoreFunction(Removal removal, Integer explainedClass) {
    return scoreFunction(removal, options.target(), explainedClass);
  }

  private ScoreFunction scoreFunction(Removal removal, Target target, Integer explainedClass) {
    return ScoreFunction.of(
        target.isProbability(),
        explainedClass,
        model.labels(),
        removal.prediction().predictedClass());
  }

  private List<TokenScore> tokens(Control control, Trajectory trajectory, Integer explainedClass) {
    TokenSequence sequence = model.tokenizer().tokenize(trajectory);
    Control.Patient patient =
        new Control.Patient(
            trajectory,
            sequence,
            options.seed(),
            () -> removal(trajectory, sequence),
            r -> scoreFunction(r, explainedClass));
    int[] positions = patient.positions();
    double[] scores = control.scores(patient);
    if (scores.length != positions.length) {
      throw new IllegalArgumentException(
          control.label()
              + " gives "
              + scores.length
              + " scores to a patient with "
              + positions.length
              + " codes");
    }
    Finite.require(trajectory.subjectId(), "the scores of " + control.label(), scores);
    List<TokenScore> tokens = new ArrayList<>();
    for (int i = 0; i < positions.length; i++) {
      Scores s = new Scores(Math.abs(scores[i]), scores[i]);
      int j = positions[i];
      String code = sequence.code(j);
      tokens.add(new TokenScore(j, code, sequence.visit(j), !sequence.isUnknown(j), s));
    }
    return tokens;
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
