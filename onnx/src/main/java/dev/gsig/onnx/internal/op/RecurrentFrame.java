package dev.gsig.onnx.internal.op;

import static dev.gsig.onnx.internal.op.Recurrent.input;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;

/** Extents of a recurrent network's inputs, and where in its arrays what is. */
final class RecurrentFrame {
  final int directions;
  final int length;
  final int batch;
  final int width;
  final int hidden;

  private final boolean batchFirst;
  private final boolean isReverse;
  private final boolean hasCell;

  RecurrentFrame(NdArray[] x, RecurrentKind kind) {
    if (x[0].rank() != 3 || x[1].rank() != 3 || x[2].rank() != 3) {
      throw new InvalidInputException("input and weights have three dimensions each");
    }
    batchFirst = kind.batchFirst();
    isReverse = kind.direction().equals("reverse");
    hasCell = kind.hasCell();
    directions = kind.direction().equals("bidirectional") ? 2 : 1;
    length = x[0].dim(batchFirst ? 1 : 0);
    batch = x[0].dim(batchFirst ? 0 : 1);
    width = x[0].dim(2);
    hidden = x[2].dim(2);
    require(x[1], directions, kind.gates() * hidden, width);
    require(x[2], directions, kind.gates() * hidden, hidden);
    require(input(x, 3), directions, 2 * kind.gates() * hidden);
    int first = batchFirst ? batch : directions;
    int second = batchFirst ? directions : batch;
    require(input(x, 5), first, second, hidden);
    require(hasCell ? input(x, 6) : null, first, second, hidden);
    require(hasCell ? input(x, 7) : null, directions, 3 * hidden);
  }

  private void require(NdArray value, int... shape) {
    if (value != null && !Arrays.equals(value.shape(), shape)) {
      throw new InvalidInputException(value + " does not fit; " + Arrays.toString(shape) + " does");
    }
  }

  int x(int time, int b) {
    return (batchFirst ? b * length + time : time * batch + b) * width;
  }

  int y(int time, int d, int b) {
    int row =
        batchFirst ? (b * length + time) * directions + d : (time * directions + d) * batch + b;
    return row * hidden;
  }

  int state(int d, int b) {
    return (batchFirst ? b * directions + d : d * batch + b) * hidden;
  }

  int[] shape() {
    return batchFirst
        ? new int[] {batch, length, directions, hidden}
        : new int[] {length, directions, batch, hidden};
  }

  int[] stateShape() {
    return batchFirst
        ? new int[] {batch, directions, hidden}
        : new int[] {directions, batch, hidden};
  }

  /** How many steps a sequence has. */
  int steps(NdArray[] x, int b) {
    NdArray lengths = input(x, Recurrent.LENGTHS);
    return lengths == null ? length : (int) Math.max(0, Math.min(length, lengths.longs()[b]));
  }

  /** When a step of a direction is. */
  int time(int d, int step, int steps) {
    return d == 1 || isReverse ? steps - 1 - step : step;
  }

  RecurrentState start(NdArray[] x, int d, int b) {
    return new RecurrentState(
        part(input(x, 5), state(d, b)), part(hasCell ? input(x, 6) : null, state(d, b)));
  }

  private double[] part(NdArray from, int start) {
    return from == null
        ? new double[hidden]
        : Arrays.copyOfRange(from.doubles(), start, start + hidden);
  }
}
