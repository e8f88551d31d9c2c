package dev.gsig.onnx.internal.fuse;

import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/**
 * The operator Attention, with a mask of numbers or of truth values, or causal; without a past, a
 * cap of the scores, or outputs besides the first.
 */
final class AttentionOperators implements Pattern {
  private static final int MASK = 3;

  @Override
  public Match match(Graph graph, Step last) {
    boolean isPlain =
        last.name().equals("Attention")
            && last.number("softcap", 0) == 0
            && Arrays.stream(last.inputs()).skip(MASK + 1).allMatch(s -> s < 0)
            && Arrays.stream(last.outputs()).skip(1).allMatch(s -> s < 0)
            && Arrays.stream(last.inputs()).limit(MASK).allMatch(graph::isActive)
            && !graph.isActive(graph.input(last, MASK));
    return isPlain ? Match.of("attention", last, frame -> lower(frame, last)) : null;
  }

  private static boolean lower(Frame frame, Step step) {
    int queryHeads = Math.toIntExact(step.integer("q_num_heads", 0));
    int keyHeads = Math.toIntExact(step.integer("kv_num_heads", 0));
    Active given = frame.active(step.inputs()[0]);
    Active q = heads(given, queryHeads);
    Active k = heads(frame.active(step.inputs()[1]), keyHeads);
    Active v = heads(frame.active(step.inputs()[2]), keyHeads);
    if (q == null || k == null || v == null || q.shape()[1] % k.shape()[1] != 0) {
      return false;
    }
    int length = q.shape()[2];
    int keys = k.shape()[2];
    NdArray mask = mask(frame.array(MASK < step.inputs().length ? step.inputs()[MASK] : -1));
    if (mask != null && (mask.rank() == 0 || mask.dim(mask.rank() - 1) != keys)) {
      return false; // from version 24 on a narrower mask hides the keys behind it
    }
    boolean isCausal = step.integer("is_causal", 0) != 0;
    double scale = step.number("scale", 1 / Math.sqrt(q.shape()[3]));
    Scores scores = new Scores(scale, mask).plus(isCausal ? causal(length, keys) : null);
    int group = q.shape()[1] / k.shape()[1];
    Active y =
        Attentions.attend(
            frame,
            Heads.of(q, false),
            Heads.of(repeated(k, group), false),
            Heads.of(repeated(v, group), false),
            scores);
    if (y == null) {
      return false;
    }
    frame.put(step.outputs()[0], given.shape().length == 4 ? y : sideBySide(y));
    return true;
  }

  /** {@code [b, heads, length, size]}; null if it cannot be. */
  private static Active heads(Active a, int heads) {
    if (a.shape().length != 3) {
      return a.shape().length == 4 ? a : null;
    }
    if (heads < 1 || a.width() % heads != 0) {
      return null;
    }
    int[] s = a.shape();
    int size = s[2] / heads;
    int[] shape = {s[0], heads, s[1], size};
    int[] steps = {s[1] * s[2], size, s[2], 1};
    return a.moved(Shapes.walk(shape, steps, 0), shape);
  }

  /** {@code [b, length, heads size]}. */
  private static Active sideBySide(Active y) {
    int[] s = y.shape();
    int[] shape = {s[0], s[2], s[1], s[3]};
    int[] steps = {s[1] * s[2] * s[3], s[3], s[2] * s[3], 1};
    return y.moved(Shapes.walk(shape, steps, 0), s[0], s[2], s[1] * s[3]);
  }

  /** Each head as often as it serves queries. */
  private static Active repeated(Active a, int group) {
    int[] s = a.shape();
    int each = s[2] * s[3];
    int[] shape = {s[0], s[1], group, s[2], s[3]};
    int[] steps = {s[1] * each, each, 0, s[3], 1};
    return a.moved(Shapes.walk(shape, steps, 0), s[0], s[1] * group, s[2], s[3]);
  }

  /** What is added to scores: truth values hide where they are false. */
  private static NdArray mask(NdArray given) {
    if (given == null || given.type().isFloating()) {
      return given;
    }
    double[] added =
        Arrays.stream(given.longs())
            .mapToDouble(seen -> seen != 0 ? 0 : Double.NEGATIVE_INFINITY)
            .toArray();
    return NdArray.of(ElementType.DOUBLE, added, given.shape());
  }

  private static NdArray causal(int length, int keys) {
    double[] added = new double[length * keys];
    Arrays.setAll(added, i -> i % keys > i / keys ? Double.NEGATIVE_INFINITY : 0);
    return NdArray.of(ElementType.DOUBLE, added, length, keys);
  }
}
