package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.Rotate;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import dev.gsig.tensor.Backend.Rotation;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Rotary positions (Su et al. 2021) as exporters write them: {@code x cos + turned(x) sin}, where
 * turned(x) are the elements of x in other places, half of them negative. Which pairs that turns is
 * read off the places: halves of a head or neighbours, in whatever order heads and positions stand.
 */
final class Rotations implements Pattern {
  @Override
  public Match match(Graph graph, Step last) {
    if (!last.name().equals("Add")) {
      return null;
    }
    Step a = graph.producer(last.inputs()[0], "Mul");
    Step b = graph.producer(last.inputs()[1], "Mul");
    int xa = a == null ? -1 : activeInput(graph, a);
    int xb = b == null ? -1 : activeInput(graph, b);
    if (xa < 0 || xb < 0 || a.equals(b)) {
      return null;
    }
    // which of the two is turned is seen when their places are known
    return new Match(
        List.of("rotary positions"),
        Set.of(a, b, last),
        backend ->
            frame ->
                lower(frame, a, xa, b, xb, last.outputs()[0])
                    || lower(frame, b, xb, a, xa, last.outputs()[0]));
  }

  /** The slot of the only input that depends on a path, if the other is no single number. */
  private static int activeInput(Graph graph, Step product) {
    for (int side = 0; side < 2; side++) {
      int slot = product.inputs()[side];
      int other = product.inputs()[1 - side];
      if (graph.isActive(slot) && !graph.isActive(other) && Double.isNaN(graph.number(other))) {
        return slot;
      }
    }
    return -1;
  }

  private static boolean lower(Frame frame, Step straight, int x, Step turned, int t, int out) {
    Active a = frame.active(x);
    NdArray cos = frame.array(other(straight, x));
    NdArray sin = frame.array(other(turned, t));
    Active y = rotate(frame, a, frame.active(t), cos, sin);
    if (y != null) {
      frame.put(out, y);
    }
    return y != null;
  }

  /**
   * Records {@code a cos + b sin}, where b are the elements of a in other places.
   *
   * @return null if that does not turn pairs of features
   */
  static Active rotate(Frame frame, Active a, Active b, NdArray cos, NdArray sin) {
    boolean isPair =
        a.value() == b.value()
            && a.factors() == null
            && b.factors() != null
            && Arrays.equals(a.shape(), b.shape())
            && fits(cos, a)
            && fits(sin, a);
    Turn turn = isPair ? Turn.of(a) : null;
    double[] turns = turn == null ? null : turn.turns(a, b, cos, sin);
    if (turns == null) {
      return null;
    }
    Rotation rotation = turn.rotation(b);
    Active part = frame.columns(a, turn.first, rotation.width());
    Active angles = frame.constant(a.rows(), rotation.pairs() * 2, turns);
    Active y =
        frame.byRows(
            runs -> new Rotate(rotation),
            rotation.width(),
            new int[] {a.rows(), rotation.width()},
            part,
            angles);
    int[] places = new int[a.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = a.source(i) / a.cols() * rotation.width() + a.source(i) % a.cols() - turn.first;
    }
    return y.moved(places, a.shape()).shaped(a.type(), a.shape());
  }

  private static int other(Step product, int slot) {
    return product.inputs()[0] == slot ? product.inputs()[1] : product.inputs()[0];
  }

  private static boolean fits(NdArray numbers, Active a) {
    return Arrays.equals(Shapes.broadcast(numbers.shape(), a.shape()), a.shape());
  }

  /**
   * Where the features that are turned lie in the columns.
   *
   * @param first column of the first head
   * @param heads how many heads
   * @param spacing from head to head
   * @param width how many features of a head are turned
   */
  private record Turn(int first, int heads, int spacing, int width) {
    /** Reads it off the places of all elements; null if they are no heads. */
    static Turn of(Active a) {
      int width = a.width();
      int[] starts = new int[a.size() / width];
      for (int r = 0; r < starts.length; r++) {
        starts[r] = a.source(r * width) % a.cols();
        for (int e = 1; e < width; e++) {
          if (a.source(r * width + e) != a.source(r * width) + e) {
            return null;
          }
        }
      }
      int[] heads = Arrays.stream(starts).sorted().distinct().toArray();
      int spacing = heads.length == 1 ? width : heads[1] - heads[0];
      for (int h = 0; h < heads.length; h++) {
        if (heads[h] != heads[0] + h * spacing) {
          return null;
        }
      }
      boolean fits =
          width % 2 == 0
              && width <= spacing
              && heads[0] + heads.length * spacing <= a.cols()
              // every head of every row, or the rest would be turned by no angle
              && starts.length == heads.length * a.rows();
      return fits ? new Turn(heads[0], heads.length, spacing, width) : null;
    }

    Rotation rotation(Active b) {
      return new Rotation(heads, spacing, width / 2, isInterleaved(b));
    }

    private boolean isInterleaved(Active b) {
      return width > 2 && b.source(1) % b.cols() == first(b);
    }

    private int first(Active b) {
      // of the first pair: the turned first element is its second one
      return b.source(0) % b.cols() - 1;
    }

    /** Cosines and sines of each row; null if b does not turn pairs by one angle for all heads. */
    double[] turns(Active a, Active b, NdArray cos, NdArray sin) {
      int pairs = width / 2;
      boolean interleaved = isInterleaved(b);
      double[] turns = new double[a.rows() * width];
      boolean[] set = new boolean[turns.length];
      int[] ct = Shapes.broadcastIndex(cos.shape(), a.shape());
      int[] st = Shapes.broadcastIndex(sin.shape(), a.shape());
      for (int i = 0; i < a.size(); i++) {
        int e = i % width;
        boolean isFirst = interleaved ? e % 2 == 0 : e < pairs;
        int partner = interleaved ? e ^ 1 : (e + pairs) % width;
        int pair = interleaved ? e / 2 : e % pairs;
        if (b.source(i) != a.source(i) + partner - e || b.factor(i) != (isFirst ? -1 : 1)) {
          return null;
        }
        int at = a.source(i) / a.cols() * width + pair;
        double c = cos.number(ct[i]);
        double s = sin.number(st[i]);
        if (set[at] && (turns[at] != c || turns[at + pairs] != s)) {
          return null;
        }
        set[at] = true;
        turns[at] = c;
        turns[at + pairs] = s;
      }
      return turns;
    }
  }
}
