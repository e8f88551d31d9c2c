package dev.gsig.cuda.internal;

import dev.gsig.tensor.Shape;
import java.util.Comparator;
import java.util.List;

/** Launches the matrix products of {@code linear.cu}, and its transposes. */
final class LinearKernels {
  /** Side of the square that a block transposes. */
  private static final int SQUARE = 32;

  /**
   * The kernels of one size of tile.
   *
   * @param side rows and columns of the result that a block makes
   * @param time of a block, relative to the others': large ones read less of shared memory
   */
  private record Tile(int side, int time, Kernel forward, Kernel backward, Kernel matmul) {
    static Tile of(KernelModule module, int side, int time) {
      return new Tile(
          side,
          time,
          module.kernel("linear_forward_" + side),
          module.kernel("linear_backward_" + side),
          module.kernel("matmul_" + side));
    }
  }

  private final List<Tile> tiles;
  private final Kernel transpose;
  private final int multiprocessors;

  LinearKernels(KernelModule module, int multiprocessors) {
    tiles = List.of(Tile.of(module, 128, 41), Tile.of(module, 64, 12), Tile.of(module, 32, 5));
    transpose = module.kernel("transpose");
    this.multiprocessors = multiprocessors;
  }

  /** {@code y = x W^T + b}. */
  void forward(Launcher launcher, CudaTensor x, CudaLinear w, CudaTensor y) {
    Shape result = Shape.matrix(y.allRows(), y.cols());
    Tile tile = fastest(result);
    launcher
        .of(tile.forward())
        .tensor(x)
        .address(w.weight())
        .address(w.bias())
        .tensor(y)
        .integer(x.allRows())
        .integer(w.inputs())
        .integer(w.outputs());
    grid(launcher, tile, result);
  }

  /** {@code gx (+)= gy W}. */
  void backward(Launcher launcher, CudaTensor gy, CudaLinear w, CudaTensor gx, boolean accumulate) {
    Shape result = Shape.matrix(gx.allRows(), gx.cols());
    Tile tile = fastest(result);
    launcher
        .of(tile.backward())
        .tensor(gy)
        .address(w.weight())
        .tensor(gx)
        .integer(gy.allRows())
        .integer(w.inputs())
        .integer(w.outputs())
        .flag(accumulate);
    grid(launcher, tile, result);
  }

  private static void grid(Launcher launcher, Tile tile, Shape result) {
    launcher.grid(
        Launcher.blocks(result.rows(), tile.side()),
        Launcher.blocks(result.cols(), tile.side()),
        1);
  }

  /** {@code y (+)= op(a) op(b)} item by item, or summed over the items where y has one. */
  void matmul(
      Launcher launcher,
      CudaTensor a,
      boolean transposeA,
      CudaTensor b,
      boolean transposeB,
      CudaTensor y,
      boolean accumulate) {
    Shape result = y.shape();
    Tile tile = fastest(result);
    int items = Math.max(a.shape().batch(), b.shape().batch());
    launcher
        .of(tile.matmul())
        .tensor(a)
        .flag(transposeA)
        .integer(step(a))
        .tensor(b)
        .flag(transposeB)
        .integer(step(b))
        .tensor(y)
        .integer(result.rows())
        .integer(result.cols())
        .integer(transposeA ? a.shape().rows() : a.cols())
        .integer(result.batch() == 1 ? items : 1)
        .flag(accumulate)
        .grid(Math.toIntExact(blocks(tile.side(), result)), 1, 1);
  }

  /** Elements from one item to the next, 0 if one serves all. */
  private static int step(CudaTensor t) {
    return t.shape().batch() == 1 ? 0 : t.size() / t.shape().batch();
  }

  /** {@code y[b, c, r] = x[b, r, c]}. */
  void transpose(Launcher launcher, CudaTensor x, CudaTensor y) {
    launcher
        .of(transpose)
        .tensor(x)
        .tensor(y)
        .integer(x.shape().rows())
        .integer(x.cols())
        .grid(Math.toIntExact(blocks(SQUARE, x.shape())), 1, 1);
  }

  /** Which would be done first, all multiprocessors taking a block at a time. */
  private Tile fastest(Shape result) {
    return tiles.stream().min(Comparator.comparingLong(t -> time(t, result))).orElseThrow();
  }

  private long time(Tile tile, Shape result) {
    return (blocks(tile.side(), result) + multiprocessors - 1) / multiprocessors * tile.time();
  }

  /** Squares that cover each item by itself. */
  private static long blocks(int side, Shape result) {
    return (long) result.batch()
        * Launcher.blocks(result.rows(), side)
        * Launcher.blocks(result.cols(), side);
  }
}
