package dev.gsig.onnx.tensor;

import dev.gsig.ehr.InvalidInputException;
import java.util.Arrays;

/** What is computed of shapes alone. */
public final class Shapes {
  /** An array takes at most an eighth of the memory there is. */
  private static final long MOST =
      Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / (8 * Double.BYTES));

  private Shapes() {}

  /**
   * How many elements a shape has.
   *
   * @param shape extents
   * @return their product
   * @throws InvalidInputException if an extent is negative or there are too many elements
   */
  public static int size(int... shape) {
    long size = 1;
    boolean empty = false;
    for (int extent : shape) {
      if (extent < 0) {
        throw new InvalidInputException("the shape " + text(shape) + " has a negative extent");
      }
      empty |= extent == 0;
      size *= Math.max(extent, 1);
      if (size > MOST) {
        throw new InvalidInputException(
            "an array of shape "
                + text(shape)
                + " does not fit into memory; give fewer inputs at once or Java more memory (-Xmx)");
      }
    }
    return empty ? 0 : (int) size;
  }

  private static String text(int[] shape) {
    return shape.length > 16 ? "of " + shape.length + " dimensions" : Arrays.toString(shape);
  }

  /**
   * Extents that a file gives as 64 bits.
   *
   * @param extents the extents
   * @return the extents
   * @throws InvalidInputException if one is negative, or with the others too large
   */
  public static int[] of(long... extents) {
    int[] shape = new int[extents.length];
    for (int i = 0; i < shape.length; i++) {
      if (extents[i] < 0 || extents[i] > MOST) {
        throw new InvalidInputException("an extent of " + extents[i] + " is not possible");
      }
      shape[i] = (int) extents[i];
    }
    size(shape);
    return shape;
  }

  /**
   * How far apart, row-major, neighbours along each dimension lie.
   *
   * @param shape the shape
   * @return the distances in elements
   */
  public static int[] strides(int... shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(shape[i], 1);
    }
    return strides;
  }

  /**
   * The shape that arrays have together when dimensions are aligned at the last one and those of
   * extent 1 are repeated (numpy's broadcasting).
   *
   * @param a a shape
   * @param b another one
   * @return the shape of both
   * @throws InvalidInputException if they do not fit
   */
  public static int[] broadcast(int[] a, int[] b) {
    int[] shape = new int[Math.max(a.length, b.length)];
    for (int i = 1; i <= shape.length; i++) {
      int p = i > a.length ? 1 : a[a.length - i];
      int q = i > b.length ? 1 : b[b.length - i];
      if (p != q && p != 1 && q != 1) {
        throw new InvalidInputException(
            "the shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not fit");
      }
      shape[shape.length - i] = p == 1 ? q : p;
    }
    return shape;
  }

  /**
   * Where each element of a broadcast array comes from.
   *
   * @param from the array's own shape
   * @param to the shape it is broadcast to
   * @return for each element of {@code to}, in order, its index in {@code from}
   */
  public static int[] broadcastIndex(int[] from, int[] to) {
    int[] own = strides(from);
    int[] strides = new int[to.length];
    int lead = to.length - from.length;
    for (int i = 0; i < from.length; i++) {
      strides[lead + i] = from[i] == 1 ? 0 : own[i];
    }
    return walk(to, strides, 0);
  }

  /**
   * Visits a shape's indices in order and says where each leads.
   *
   * @param shape the shape
   * @param strides what a step along each dimension adds
   * @param start where the first index leads
   * @return for each index, in order, the start and its coordinates times the strides
   */
  public static int[] walk(int[] shape, int[] strides, int start) {
    int[] places = new int[size(shape)];
    int last = shape.length - 1;
    int row = last < 0 ? 1 : shape[last];
    int step = last < 0 ? 0 : strides[last];
    int[] at = new int[shape.length];
    int place = start;
    for (int i = 0; i < places.length; i += row) {
      for (int k = 0; k < row; k++) {
        places[i + k] = place + k * step;
      }
      for (int axis = last - 1; axis >= 0; axis--) {
        place += strides[axis];
        if (++at[axis] < shape[axis]) {
          break;
        }
        place -= at[axis] * strides[axis];
        at[axis] = 0;
      }
    }
    return places;
  }

  /**
   * An axis that may be counted from the end.
   *
   * @param axis from 0, or below 0 from the end
   * @param rank how many axes there are
   * @return the axis, from 0
   * @throws InvalidInputException if there is no such axis
   */
  public static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new InvalidInputException("there is no axis " + axis + " in " + rank + " dimensions");
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }
}
