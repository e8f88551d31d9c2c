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
 * The operator RotaryEmbedding with tables that do not depend on a path, of all features of each
 * head: written as {@code x cos + turned(x) sin}, it is what {@link Rotations} knows.
 */
final class RotaryOperators implements Pattern {
  @Override
  public Match match(Graph graph, Step last) {
    boolean isRotary =
        last.name().equals("RotaryEmbedding")
            && Arrays.stream(last.inputs()).skip(1).noneMatch(graph::isActive);
    return isRotary ? Match.of("rotary positions", last, frame -> lower(frame, last)) : null;
  }

  private static boolean lower(Frame frame, Step step) {
    Active given = frame.active(step.inputs()[0]);
    int[] s = given.shape();
    boolean flat = s.length == 3;
    int heads = Math.toIntExact(step.integer("num_heads", 0));
    if (s.length < 3 || s.length > 4 || (flat && (heads < 1 || s[2] % heads != 0))) {
      return false;
    }
    // [b, length, heads, size] or [b, heads, length, size]
    Active x = flat ? given.shaped(given.type(), s[0], s[1], heads, s[2] / heads) : given;
    int size = x.width();
    long rotated = step.integer("rotary_embedding_dim", 0);
    NdArray cos = frame.array(step.inputs()[1]);
    NdArray sin = frame.array(step.inputs()[2]);
    NdArray positions = step.inputs().length > 3 ? frame.array(step.inputs()[3]) : null;
    int length = s[flat ? 1 : 2];
    int half = size / 2;
    boolean fits =
        size % 2 == 0
            && (rotated == 0 || rotated == size)
            && cos.size() == sin.size()
            && cos.dim(cos.rank() - 1) == half
            && (positions == null ? cos.size() : positions.size() * half) == s[0] * length * half;
    if (!fits) {
      return false;
    }
    boolean interleaved = step.integer("interleaved", 0) != 0;
    NdArray c = angles(cos, positions, s[0], length, size, flat, interleaved);
    NdArray d = angles(sin, positions, s[0], length, size, flat, interleaved);
    Active y = c == null ? null : Rotations.rotate(frame, x, turned(x, interleaved), c, d);
    if (y == null) {
      return false;
    }
    frame.put(step.outputs()[0], y.shaped(given.type(), s));
    return true;
  }

  /** Each element's partner, the first of a pair negative. */
  private static Active turned(Active x, boolean interleaved) {
    int size = x.width();
    int[] places = new int[x.size()];
    double[] signs = new double[size];
    for (int i = 0; i < places.length; i++) {
      int e = i % size;
      int partner = interleaved ? e ^ 1 : (e + size / 2) % size;
      boolean isFirst = interleaved ? e % 2 == 0 : e < size / 2;
      places[i] = i + partner - e;
      signs[e] = isFirst ? -1 : 1;
    }
    return x.moved(places, x.shape()).times(signs);
  }

  /** The angles of each position, for all features of a head. */
  private static NdArray angles(
      NdArray table,
      NdArray positions,
      int batch,
      int length,
      int size,
      boolean flat,
      boolean interleaved) {
    int half = size / 2;
    double[] y = new double[batch * length * size];
    for (int i = 0; i < y.length; i++) {
      long row = positions == null ? i / size : positions.longs()[i / size];
      if (row < 0 || (row + 1) * half > table.size()) {
        return null; // the operator says what is wrong
      }
      int e = i % size;
      y[i] = table.number((int) row * half + (interleaved ? e / 2 : e % half));
    }
    int[] shape = flat ? new int[] {batch, length, 1, size} : new int[] {batch, 1, length, size};
    Shapes.size(shape);
    return NdArray.of(ElementType.DOUBLE, y, shape);
  }
}
