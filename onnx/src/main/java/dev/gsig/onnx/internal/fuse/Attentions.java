package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend.AttentionSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Scaled dot-product attention (Vaswani et al. 2017): {@code softmax(scale Q K' + mask) V}. Between
 * the products and the softmax there may be factors, masks that are added, and masks that choose; a
 * guard against rows that see nothing may follow the softmax. How heads were made and positions
 * turned does not matter, see {@link Heads}.
 */
final class Attentions implements Pattern {
  @Override
  public Match match(Graph graph, Step last) {
    if (!last.name().equals("MatMul") || !graph.isActive(last.inputs()[1])) {
      return null;
    }
    Set<Step> steps = new HashSet<>();
    steps.add(last);
    Step softmax = softmax(graph, last.inputs()[0], steps);
    if (softmax == null) {
      return null;
    }
    steps.add(softmax);
    List<Step> between = new ArrayList<>();
    Step scores = scores(graph, softmax.inputs()[0], between);
    if (scores == null) {
      return null;
    }
    steps.addAll(between);
    steps.add(scores);
    return new Match(
        List.of("attention"),
        steps,
        backend -> frame -> lower(frame, scores, between, softmax, last));
  }

  /** The softmax that gives weights, behind a guard or a cast. */
  private static Step softmax(Graph graph, int weights, Set<Step> steps) {
    Step step = graph.producer(weights);
    while (step != null && graph.isActive(weights) && !step.name().equals("Softmax")) {
      steps.add(step);
      if (!step.name().equals("Where")) {
        return null;
      }
      // NaN, where a row sees nothing, becomes 0
      Step test = graph.producer(step.inputs()[0], "IsNaN");
      NdArray zero = graph.constant(step.inputs()[1]);
      boolean isGuard =
          test != null
              && test.inputs()[0] == step.inputs()[2]
              && zero != null
              && Arrays.stream(zero.numbers()).allMatch(n -> n == 0);
      if (!isGuard) {
        return null;
      }
      steps.add(test);
      step = graph.producer(step.inputs()[2]);
    }
    return step;
  }

  /** The product of queries and keys, and in order what is done to it before the softmax. */
  private static Step scores(Graph graph, int slot, List<Step> between) {
    Step step = graph.producer(slot);
    int at = slot;
    while (step != null && Scores.NAMES.contains(step.name()) && graph.isActive(at)) {
      int[] active = Arrays.stream(step.inputs()).filter(graph::isActive).distinct().toArray();
      if (active.length != 1) {
        return null;
      }
      between.add(0, step);
      at = active[0];
      step = graph.producer(at);
    }
    boolean isProduct =
        step != null
            && step.name().equals("MatMul")
            && graph.isActive(step.inputs()[0])
            && graph.isActive(step.inputs()[1]);
    return isProduct ? step : null;
  }

  private static boolean lower(
      Frame frame, Step product, List<Step> between, Step softmax, Step last) {
    Active q = frame.active(product.inputs()[0]);
    Active k = frame.active(product.inputs()[1]);
    Active v = frame.active(last.inputs()[1]);
    Scores scores = Scores.of(frame, between, product.outputs()[0]);
    boolean isLast = Softmaxes.isLast(softmax, q.shape().length);
    if (scores == null || !isLast || v.type() != q.type()) {
      return false;
    }
    Active y = attend(frame, Heads.of(q, false), Heads.of(k, true), Heads.of(v, false), scores);
    if (y != null) {
      frame.put(last.outputs()[0], y);
    }
    return y != null;
  }

  /**
   * Records attention.
   *
   * @param q queries, or null
   * @param k keys, or null
   * @param v values, or null
   * @param scores scale and mask
   * @return {@code [.., heads, positions, features]} as q has these axes; null if the backend has
   *     no primitive for it
   */
  static Active attend(Frame frame, Heads q, Heads k, Heads v, Scores scores) {
    if (q == null || k == null || v == null) {
      return null;
    }
    double scale = scores.scale() * q.view().factor() * k.view().factor();
    boolean fits =
        q.group() == 1
            && k.group() > 0
            && k.group() == v.group()
            && k.heads() == q.heads()
            && v.heads() == q.heads()
            && k.size() == q.size()
            && v.size() == q.size()
            && k.length() == v.length()
            && k.items() == q.items()
            && v.items() == q.items()
            && Double.isFinite(scale)
            && v.view().factors() == null;
    MaskReader mask = fits ? MaskReader.of(scores.mask(), q, k.length()) : null;
    if (mask == null) {
      return null;
    }
    AttentionSpec spec =
        new AttentionSpec(
            q.heads(), q.heads() / k.group(), q.size(), scale, mask.maskValue(), List.of());
    Active queries = q.tensor(frame, q.width());
    Active both =
        k.isBefore(v)
            ? k.tensor(frame, 2 * k.width())
            : frame.byRows(
                runs -> new Concatenate(),
                2 * k.width(),
                new int[] {k.items() * k.length(), 2 * k.width()},
                k.tensor(frame, k.width()),
                v.tensor(frame, v.width()));
    int rows = q.items() * q.length();
    int[] shape = {rows, q.width()};
    Active y =
        frame.call(
            some -> runs -> new Attention(spec, mask.of(runs, q.items(), some)),
            q.items() == 1 ? 1 : 0, // a query matters to its own row alone
            rows,
            q.width(),
            shape,
            queries,
            both);
    return heads(q.items() == 1 ? y : frame.ungrouped(y), q);
  }

  /** The result's heads in the order of the queries'. */
  private static Active heads(Active y, Heads q) {
    int[] places = new int[q.view().size()];
    for (int i = 0; i < places.length; i++) {
      int feature = i % q.size();
      int position = i / q.size() % q.length();
      int group = i / q.size() / q.length();
      int row = group / q.heads() * q.length() + position;
      places[i] = row * q.width() + group % q.heads() * q.size() + feature;
    }
    Active view = y.moved(places, q.view().shape());
    return view.shaped(q.view().type(), q.view().shape());
  }
}
