package dev.gsig.attribution;

import dev.gsig.attribution.PathRequest.Slice;
import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.attribution.path.CodeTable;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.internal.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * {@link PathGradient} of a model for one patient. Its steps go through {@link Passes}, alone or in
 * a {@link PatientBatch}, which yield the gradients of all inputs.
 */
final class ModelPath implements PathGradient, PatientPath.Account, AutoCloseable {
  private static final double[] ENDS = {0, 1};

  private final ExplainableModel model;
  private final Workspace workspace;
  private final Subject subject;
  private final boolean smooth;
  private final Consumer<PathRequest> passes;
  private final List<double[]> arrays = new ArrayList<>();
  private final List<InputSpan> spans;
  private final List<InputPath> inputs = new ArrayList<>();
  private final double[] difference;

  /** Of the points that were looked at, by a. */
  private final Map<Double, double[]> logits = new HashMap<>();

  /** Of the points whose gradient was taken, by a: methods of one run share them. */
  private final Map<Double, double[]> nodes = new HashMap<>();

  private ScoreFunction score;
  private double[] endScores;
  private int gradients;

  /**
   * What a path leads from and to.
   *
   * @param subject whose inputs they are
   * @param ownRows how many of the rows are this patient's own; the others do not matter
   * @param start where each input starts
   * @param end the inputs
   * @param fixed names of inputs that are held
   */
  record Ends(
      Subject subject,
      int ownRows,
      List<PathInput> start,
      List<PathInput> end,
      Set<String> fixed) {}

  /**
   * A path; takes over the tensors.
   *
   * @param passes computes what the path asks for
   */
  ModelPath(ExplainableModel model, Workspace workspace, Ends ends, Consumer<PathRequest> passes) {
    this.model = model;
    this.workspace = workspace;
    this.passes = passes;
    subject = ends.subject;
    smooth = model.isSmooth();
    spans = InputSpan.of(ends.end, ends.ownRows, ends.fixed);
    difference = array();
    for (int i = 0; i < spans.size(); i++) {
      PathInput start = ends.start.get(i);
      PathInput end = ends.end.get(i);
      subtract(start, end, spans.get(i));
      inputs.add(InputPath.between(workspace.backend(), start, end, spans.get(i)));
    }
  }

  /**
   * A path whose steps go through the model without others'; takes over the tensors.
   *
   * @param stepsPerPass at most; 0 to choose
   * @param helpers those who are idle take passes; null for nobody
   */
  static ModelPath alone(
      ExplainableModel model, Workspace workspace, Ends ends, int stepsPerPass, Workers helpers) {
    Passes passes = new Passes(model, workspace, ends.subject.rows(), stepsPerPass, helpers);
    return new ModelPath(model, workspace, ends, r -> passes.run(List.of(r)));
  }

  /** Writes end minus start to the difference. */
  private void subtract(PathInput start, PathInput end, InputSpan span) {
    double[] from = numbers("the baseline of " + end, start, span);
    double[] to = numbers(end.toString(), end, span);
    for (int i = 0; i < span.size(); i++) {
      difference[span.offset() + i] = to[i] - from[i];
    }
    if (span.isRows()) {
      workspace.giveBack(to);
      workspace.giveBack(from);
    }
  }

  private double[] numbers(String what, PathInput input, InputSpan span) {
    if (!span.isRows()) {
      return Finite.require(subject.id(), what, input.entries());
    }
    double[] values = workspace.take(input.shape().size());
    workspace.backend().download(input.value(), values);
    return Finite.require(subject.id(), what, values, 0, span.size());
  }

  /** Whose path it is. */
  Subject subject() {
    return subject;
  }

  /** Where the inputs are in a gradient. */
  List<InputSpan> spans() {
    return spans;
  }

  /** The path of each input. */
  List<InputPath> inputs() {
    return inputs;
  }

  /** Gradients of the score with respect to the logits of some steps. */
  double[] seeds(double[] logits) {
    int labels = score.labels();
    double[] seeds = new double[logits.length];
    for (int k = 0; k < logits.length; k += labels) {
      double[] g = score.gradient(Arrays.copyOfRange(logits, k, k + labels));
      System.arraycopy(g, 0, seeds, k, labels);
    }
    return seeds;
  }

  /** Refuses the patient for a number that is not finite among {@code count} from one on. */
  void requireFinite(String what, double[] values, int from, int count) {
    Finite.require(subject.id(), what, values, from, count);
  }

  /** Refuses the patient for a gradient that is not finite, of which some numbers are given. */
  void requireFiniteGradient(InputSpan span, double[] values, int from, int count) {
    if (!Finite.are(values, from, count)) {
      requireFinite("the gradient of the input '" + span.name() + "'", values, from, count);
    }
  }

  /** Logits at the patient's own input. */
  double[] endLogits() {
    return logitsAt(ENDS)[1].clone();
  }

  private double[][] logitsAt(double[] alphas) {
    double[] missing = Arrays.stream(alphas).filter(a -> !logits.containsKey(a)).toArray();
    if (missing.length > 0) {
      Logits points = new Logits(Coefficients.straight(missing));
      passes.accept(points);
      points.keep(missing);
    }
    return Arrays.stream(alphas).mapToObj(logits::get).toArray(double[][]::new);
  }

  /** Says what is explained; to be called before anything that needs the score. */
  void explain(ScoreFunction f) {
    score = f;
    endScores = null;
  }

  @Override
  public int gradients() {
    return gradients;
  }

  @Override
  public double startProbability() {
    return score.probability(logitsAt(ENDS)[0]);
  }

  @Override
  public double endProbability() {
    return score.probability(logitsAt(ENDS)[1]);
  }

  @Override
  public double[] difference() {
    return difference;
  }

  @Override
  public int size() {
    return spans.get(spans.size() - 1).end();
  }

  @Override
  public boolean isSmooth() {
    return smooth;
  }

  @Override
  public double[] scores(double[] alphas) {
    return Arrays.stream(logitsAt(alphas)).mapToDouble(score::score).toArray();
  }

  @Override
  public double startScore() {
    return endScores()[0];
  }

  @Override
  public double endScore() {
    return endScores()[1];
  }

  /** Kept, for whatever is estimated along the path asks for them. */
  private double[] endScores() {
    endScores = endScores == null ? scores(ENDS) : endScores;
    return endScores;
  }

  @Override
  public double[] array() {
    double[] array = workspace.take(size());
    arrays.add(array);
    return array;
  }

  @Override
  public double[] integrate(Quadrature.Rule rule) {
    double[] total = array();
    Arrays.fill(total, 0, size(), 0);
    passes.accept(new PathSum(this, workspace, rule, total));
    gradients += rule.alphas().length;
    return total;
  }

  @Override
  public double[][] at(double[] alphas) {
    double[] missing = Arrays.stream(alphas).filter(a -> !nodes.containsKey(a)).toArray();
    if (missing.length > 0) {
      AtPoints points = new AtPoints(Coefficients.straight(missing), this::array);
      passes.accept(points);
      points.keep(missing);
      for (int k = 0; k < missing.length; k++) {
        nodes.put(missing[k], points.nodes[k]);
      }
      gradients += missing.length;
    }
    return Arrays.stream(alphas).mapToObj(nodes::get).toArray(double[][]::new);
  }

  @Override
  public List<PathGradient.Point> points(double[][] coefficients) {
    AtPoints points = new AtPoints(Coefficients.of(coefficients), () -> new double[size()]);
    passes.accept(points);
    gradients += coefficients.length;
    return IntStream.range(0, coefficients.length)
        .mapToObj(k -> new PathGradient.Point(score.score(points.found[k]), points.nodes[k]))
        .toList();
  }

  @Override
  public double[] scores(double[][] coefficients) {
    Logits points = new Logits(Coefficients.of(coefficients));
    passes.accept(points);
    return Arrays.stream(points.found).mapToDouble(score::score).toArray();
  }

  @Override
  public CodeTable.Positions codes() {
    CodeTable table = model.codeTable();
    InputSpan rows = spans.stream().filter(InputSpan::isRows).findFirst().orElse(null);
    return table == null || rows == null
        ? null
        : new CodeTable.Positions(table, Arrays.copyOf(subject.ids(), rows.rows()), rows.offset());
  }

  @Override
  public void close() {
    arrays.forEach(workspace::giveBack);
    arrays.clear();
    nodes.clear();
    Backend backend = workspace.backend();
    inputs.forEach(input -> input.release(backend));
    inputs.clear();
  }

  /** The logits at each of some points. */
  private class Logits extends PathRequest {
    final double[][] found;
    private final boolean straight;

    Logits(Coefficients coefficients) {
      super(ModelPath.this, coefficients);
      found = new double[coefficients.count()][];
      straight = coefficients.isStraight();
    }

    /** For whoever asks for a score at one of these points of the straight path. */
    void keep(double[] alphas) {
      for (int k = 0; k < alphas.length; k++) {
        logits.put(alphas[k], found[k]);
      }
    }

    @Override
    boolean needsBackward() {
      return false;
    }

    @Override
    void open() {
      if (!straight) {
        inputs.forEach(input -> input.download(workspace.backend()));
      }
    }

    @Override
    void accept(Slice slice, Pass pass) {
      int labels = pass.logits().length / pass.steps();
      for (int k = 0; k < slice.count(); k++) {
        int at = (slice.at() + k) * labels;
        found[slice.first() + k] = Arrays.copyOfRange(pass.logits(), at, at + labels);
      }
    }
  }

  /** The gradient at each of some points, too. */
  private final class AtPoints extends Logits {
    final double[][] nodes;
    private final Supplier<double[]> arrays;

    AtPoints(Coefficients coefficients, Supplier<double[]> arrays) {
      super(coefficients);
      nodes = new double[coefficients.count()][];
      this.arrays = arrays;
    }

    @Override
    boolean needsBackward() {
      return true;
    }

    @Override
    boolean needsRowGradients() {
      return true;
    }

    /** Before the passes, which take what memory is left. */
    @Override
    void open() {
      super.open();
      Arrays.setAll(nodes, k -> arrays.get());
    }

    @Override
    void accept(Slice slice, Pass pass) {
      super.accept(slice, pass);
      for (int k = 0; k < slice.count(); k++) {
        double[] node = nodes[slice.first() + k];
        for (int i = 0; i < spans.size(); i++) {
          InputSpan span = spans.get(i);
          if (span.fixed()) {
            Arrays.fill(node, span.offset(), span.end(), 0);
          } else {
            int first = (slice.at() + k) * inputs.get(i).shape().size();
            System.arraycopy(pass.downloaded(i), first, node, span.offset(), span.size());
            requireFiniteGradient(span, node, span.offset(), span.size());
          }
        }
      }
    }
  }
}
