package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.PatientPath;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.internal.run.CohortRun;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * How l21, the completeness gap and faithfulness depend on the number of steps and on theta. On a
 * straight path the exact integral does not depend on theta, so whatever theta changes has to melt
 * as the steps grow. Immutable and shared by threads.
 */
public final class StepStudy {
  private final ExplainableModel model;
  private final Explainer explainer;
  private final EvaluationOptions options;
  private final Explainer removalBaseline;
  private final List<Integer> steps;
  private final ThetaCandidates thetas;
  private final boolean exact;

  /**
   * A sum with some steps and one theta.
   *
   * @param l21 sum over codes of the 2-norm of their attribution
   * @param relativeGap null where the score does not change
   */
  public record Point(
      double theta, double l21, Double relativeGap, Faithfulness byL2, Faithfulness bySigned) {}

  /**
   * One patient at one number of steps.
   *
   * @param points theta = 1 first, then ascending
   * @param chosen index of the theta that GS-IG takes
   */
  public record Curve(int steps, List<Point> points, int chosen) {
    /** Copies the list. */
    public Curve {
      points = List.copyOf(points);
    }

    /** What GS-IG takes. */
    public Point best() {
      return points.get(chosen);
    }

    /** What plain integrated gradients takes. */
    public Point one() {
      return points.get(0);
    }
  }

  private StepStudy(
      ExplainableModel model,
      Baseline baseline,
      EvaluationOptions options,
      List<Integer> steps,
      ThetaCandidates thetas,
      boolean exact) {
    this.model = model;
    this.options = options;
    this.steps = List.copyOf(steps);
    this.thetas = thetas;
    this.exact = exact;
    SequenceBaseline start = options.baselines().get(0);
    explainer = Explainer.of(model, baseline, EvaluatedMethods.GSIG.options(options, start));
    options.removal().requireUsable(model.tokenizer().specialTokens());
    removalBaseline =
        options.removal().takesBaselineRows()
            ? Explainer.of(
                model, baseline, EvaluatedMethods.IG.options(options, options.removalBaseline()))
            : null;
  }

  /**
   * A study.
   *
   * @param baseline statistics of a validation set; may be null if the options need none
   * @param options the first of the baselines is used, the methods are not
   * @param steps numbers of steps, each at least 1
   * @param exact the full sum for every point; otherwise sums on shared gradients where they know
   *     l21 to 1e-3 by their own estimate, as they seldom do in a model with a ReLU
   */
  public static StepStudy of(
      ExplainableModel model,
      Baseline baseline,
      EvaluationOptions options,
      List<Integer> steps,
      ThetaCandidates thetas,
      boolean exact) {
    if (steps.isEmpty() || !steps.stream().allMatch(k -> k >= 1 && k <= 1_000_000)) {
      throw new IllegalArgumentException("steps must be 1 to 1000000, but are " + steps);
    }
    return new StepStudy(model, baseline, options, steps, thetas, exact);
  }

  /** One patient's curves, in the order of the steps. */
  public List<Curve> study(Trajectory patient) {
    return study(patient, () -> {});
  }

  private List<Curve> study(Trajectory patient, Runnable studied) {
    TokenSequence sequence = model.tokenizer().tokenize(patient);
    Removal removal =
        new Removal(
            model, removalBaseline, patient, sequence, options.removal(), options.explainedClass());
    return explainer.withPath(
        patient,
        path -> {
          boolean forMeasured = path.explainedClass() == removal.measuredClass();
          List<Curve> curves = new ArrayList<>();
          for (int k : steps) {
            curves.add(curve(k, path, removal, forMeasured));
            studied.run();
          }
          return curves;
        });
  }

  /**
   * Studies a cohort on several threads; see {@link Explainer#explainAll}.
   *
   * @param studied called on any thread when a patient's curve at a number of steps is there
   */
  public void studyAll(
      Iterable<Trajectory> cohort, int threads, Runnable studied, Consumer<List<Curve>> inOrder) {
    studyAll(cohort, threads, studied, inOrder, CohortRun.REFUSE);
  }

  /**
   * Studies a cohort on several threads, and goes on behind patients who cannot be studied.
   *
   * @param studied called on any thread when a patient's curve at a number of steps is there
   * @param leftOut takes them, and why, in their turn
   */
  public void studyAll(
      Iterable<Trajectory> cohort,
      int threads,
      Runnable studied,
      Consumer<List<Curve>> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    new CohortRun<>(inOrder, leftOut)
        .map(model::letGoOfIdle, cohort, threads, patient -> study(patient, studied));
  }

  private Curve curve(int k, PatientPath path, Removal removal, boolean forMeasured) {
    List<Candidate> candidates =
        thetas.candidates(
            path.gradient(),
            path.norms(),
            k,
            exact ? ThetaCandidates.Search.EXACT : ThetaCandidates.Search.SHARED);
    List<Point> points = new ArrayList<>();
    int chosen = 0;
    for (int i = 0; i < candidates.size(); i++) {
      Candidate c = candidates.get(i);
      chosen = c.beats(candidates.get(chosen)) ? i : chosen;
      List<TokenScore> tokens = path.tokens(c.attribution());
      points.add(
          new Point(
              c.theta(),
              c.l21(),
              path.norms().relativeGap(c.gap()),
              faithfulness(removal, Ranking.L2.order(tokens, forMeasured)),
              faithfulness(removal, Ranking.SIGNED.order(tokens, forMeasured))));
    }
    return new Curve(k, points, chosen);
  }

  private Faithfulness faithfulness(Removal removal, int[] order) {
    return Faithfulness.of(removal, order, options.shares());
  }
}
