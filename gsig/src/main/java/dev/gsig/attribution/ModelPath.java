package dev.gsig.attribution;

import dev.gsig.attribution.Passes.Pass;
import dev.gsig.attribution.Passes.Request;
import dev.gsig.attribution.Passes.Slice;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.internal.StraightPath;
import dev.gsig.transformer.internal.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@link PathGradient} of a Transformer for one patient. Its steps go through {@link Passes}, alone
 * or in {@link Company}, which yield the gradients of both inputs.
 */
final class ModelPath implements PathGradient, AutoCloseable {
  /** What messages call the gradient of the sequence. */
  static final String GRADIENT = "the gradient at the attribution point";

  /** What messages call the gradient of the tabular values. */
  static final String TABULAR = "the tabular gradient";

  private final Workspace workspace;
  private final Ends ends;
  private final boolean smooth;
  private final Consumer<Request> passes;
  private final List<double[]> arrays = new ArrayList<>();
  private final StraightPath path;
  private final Shape shape;
  private final int embedded;
  private final double[] difference;
  private double[] startLogits;
  private double[] endLogits;
  private ScoreFunction score;
  private int gradients;

  /**
   * What a path leads from and to.
   *
   * @param patient for messages
   * @param start baseline at the attribution point, {@code [1, L, d]}
   * @param end input at the attribution point, same shape
   * @param addend of {@link Transformer#addend}, or null
   * @param rows how many of the L positions are this patient's own; the others do not matter
   * @param length real tokens
   * @param tabularStart baseline of the normalised tabular values; empty without a tabular branch
   * @param tabularEnd normalised tabular values
   */
  record Ends(
      String patient,
      Tensor start,
      Tensor end,
      Tensor addend,
      int rows,
      int length,
      double[] tabularStart,
      double[] tabularEnd) {}

  /**
   * A path; takes over the tensors.
   *
   * @param passes computes what the path asks for
   */
  ModelPath(Transformer transformer, Workspace workspace, Ends ends, Consumer<Request> passes) {
    this.workspace = workspace;
    this.ends = ends;
    this.passes = passes;
    smooth = transformer.isSmooth();
    shape = ends.start.shape();
    embedded = ends.rows * shape.cols();
    double[] tabularEnd = ends.tabularEnd;
    difference = array();
    Backend backend = workspace.backend();
    double[] from = download("the baseline's embedding", ends.start);
    double[] to = download("the embedding", ends.end);
    for (int i = 0; i < embedded; i++) {
      difference[i] = to[i] - from[i];
    }
    for (int t = 0; t < tabularEnd.length; t++) {
      difference[embedded + t] = tabularEnd[t] - ends.tabularStart[t];
    }
    workspace.giveBack(to);
    workspace.giveBack(from);
    path = transformer.path(backend, ends.start, ends.end, ends.addend);
    backend.release(ends.start);
    backend.release(ends.end);
    if (ends.addend != null) {
      backend.release(ends.addend);
    }
  }

  /**
   * A path whose steps go through the model without others'; takes over the tensors.
   *
   * @param stepsPerPass at most; 0 to choose
   */
  static ModelPath alone(
      Transformer transformer, Workspace workspace, Ends ends, int stepsPerPass, Helpers helpers) {
    int rows = ends.start.shape().rows();
    Passes passes = new Passes(transformer, workspace, rows, stepsPerPass, helpers);
    return new ModelPath(transformer, workspace, ends, r -> passes.run(List.of(r)));
  }

  private double[] download(String what, Tensor t) {
    double[] values = workspace.take(shape.size());
    workspace.backend().download(t, values);
    return requireFinite(what, values, embedded);
  }

  /** The path itself. */
  StraightPath straight() {
    return path;
  }

  /** Of the attribution-point tensor, {@code [1, L, d]}. */
  Shape shape() {
    return shape;
  }

  /** Entries of the sequence in a gradient; the tabular ones follow. */
  int embedded() {
    return embedded;
  }

  /** Tabular entries of a gradient. */
  int features() {
    return ends.tabularEnd.length;
  }

  /** Real tokens. */
  int length() {
    return ends.length;
  }

  /** The tabular values at a point. */
  double[] tabularAt(double alpha) {
    double[] values = new double[features()];
    for (int t = 0; t < values.length; t++) {
      double from = ends.tabularStart[t];
      double to = ends.tabularEnd[t];
      values[t] = alpha == 1 ? to : from + alpha * (to - from);
    }
    return values;
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

  /** Returns the values, or refuses the patient. */
  double[] requireFinite(String what, double[] values) {
    return requireFinite(what, values, values.length);
  }

  /** Returns the values, or refuses the patient for one of the first {@code count}. */
  double[] requireFinite(String what, double[] values, int count) {
    return Finite.require(ends.patient, what, values, count);
  }

  /** Logits at the patient's own input. */
  double[] endLogits() {
    computeEnds();
    return endLogits.clone();
  }

  private void computeEnds() {
    if (endLogits == null) {
      passes.accept(new BothEnds());
    }
  }

  /** Says what is explained; to be called before anything that needs the score. */
  void explain(ScoreFunction f) {
    score = f;
  }

  /** Points at which the gradient was computed so far. */
  int gradients() {
    return gradients;
  }

  @Override
  public double[] difference() {
    return difference;
  }

  @Override
  public int size() {
    return embedded + features();
  }

  @Override
  public boolean isSmooth() {
    return smooth;
  }

  @Override
  public double startScore() {
    computeEnds();
    return score.score(startLogits);
  }

  @Override
  public double endScore() {
    computeEnds();
    return score.score(endLogits);
  }

  @Override
  public double[] array() {
    double[] array = workspace.take(size());
    arrays.add(array);
    return array;
  }

  @Override
  public double[] integrate(PathRule rule) {
    double[] total = array();
    Arrays.fill(total, 0, size(), 0);
    passes.accept(new PathSum(this, workspace, rule, total));
    gradients += rule.alphas().length;
    return total;
  }

  @Override
  public double[][] at(double[] alphas) {
    AtPoints points = new AtPoints(alphas);
    passes.accept(points);
    gradients += alphas.length;
    return points.nodes;
  }

  @Override
  public void close() {
    arrays.forEach(workspace::giveBack);
    arrays.clear();
    path.close();
  }

  /** The logits at a = 0 and a = 1. */
  private final class BothEnds extends Request {
    BothEnds() {
      super(ModelPath.this, new double[] {0, 1});
    }

    @Override
    boolean needsGradient() {
      return false;
    }

    @Override
    void accept(Slice slice, Pass pass) {
      int labels = pass.logits().length / pass.steps();
      double[] logits = slice.of(pass.logits(), labels);
      if (slice.first() == 0) {
        startLogits = Arrays.copyOf(logits, labels);
      }
      if (slice.first() + slice.count() == 2) {
        endLogits = Arrays.copyOfRange(logits, logits.length - labels, logits.length);
      }
    }
  }

  /** The gradient at each of some points. */
  private final class AtPoints extends Request {
    final double[][] nodes;

    AtPoints(double[] alphas) {
      super(ModelPath.this, alphas);
      nodes = new double[alphas.length][];
    }

    @Override
    boolean needsGradients() {
      return true;
    }

    /** Before the passes, which take what memory is left. */
    @Override
    void open() {
      Arrays.setAll(nodes, k -> array());
    }

    @Override
    void accept(Slice slice, Pass pass) {
      for (int k = 0; k < slice.count(); k++) {
        double[] node = nodes[slice.first() + k];
        System.arraycopy(pass.gradients(), (slice.at() + k) * shape.size(), node, 0, embedded);
        requireFinite(GRADIENT, node, embedded);
      }
      int features = features();
      if (features > 0) {
        double[] tabular = requireFinite(TABULAR, slice.of(pass.tabular(), features));
        for (int k = 0; k < slice.count(); k++) {
          System.arraycopy(tabular, k * features, nodes[slice.first() + k], embedded, features);
        }
      }
    }
  }
}
