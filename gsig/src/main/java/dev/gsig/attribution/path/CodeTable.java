package dev.gsig.attribution.path;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The rows of a model's codes, as an input consists of them: its embedding table. Shared by
 * threads.
 */
public final class CodeTable {
  private final double[] rows;
  private final int width;
  private final Map<Around, int[]> nearest = new ConcurrentHashMap<>();

  private record Around(int code, int most) {}

  /**
   * Where a path leads through the rows of codes.
   *
   * @param table the rows of all codes
   * @param codes the code whose row each position of the input has
   * @param offset of the input's first entry among those of the path
   */
  public record Positions(CodeTable table, int[] codes, int offset) {}

  /**
   * A table.
   *
   * @param rows {@code [codes, width]} row-major. Not copied
   */
  public CodeTable(double[] rows, int width) {
    this.rows = rows;
    this.width = width;
  }

  /** Numbers of a row. */
  public int width() {
    return width;
  }

  /** A number of a code's row. */
  double get(int code, int column) {
    return rows[code * width + column];
  }

  /**
   * The codes whose rows are nearest to a code's in the 2-norm, the nearest first; of equal ones
   * the first in the table. Without the code itself.
   *
   * @param most how many; fewer where there are fewer codes
   * @return not to be modified
   */
  int[] nearest(int code, int most) {
    return nearest.computeIfAbsent(
        new Around(code, most),
        around -> {
          double[] squares = new double[rows.length / width];
          for (int other = 0; other < squares.length; other++) {
            for (int i = 0; i < width; i++) {
              double d = get(other, i) - get(code, i);
              squares[other] += d * d;
            }
          }
          return IntStream.range(0, squares.length)
              .filter(other -> other != code)
              .boxed()
              .sorted(Comparator.comparingDouble(other -> squares[other]))
              .limit(most)
              .mapToInt(Integer::intValue)
              .toArray();
        });
  }
}
