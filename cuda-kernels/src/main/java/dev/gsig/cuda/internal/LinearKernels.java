package dev.gsig.cuda.internal;

import java.util.Comparator;
import java.util.List;

/** Launches the matrix products of {@code linear.cu}. */
final class LinearKernels {
  /**
   * The kernels of one size of tile.
   *
   * @param side rows and columns of the result that a block makes
   * @param time of a block, relative to the others': large ones read less of shared memory
   */
  private record Tile(int side, int time, Kernel forward, Kernel backward) {
    static Tile of(KernelModule module, int side, int time) {
      return new Tile(
          side,
          time,
          module.kernel("linear_forward_" + side),
          module.kernel("linear_backward_" + side));
    }

    int rows(CudaTensor result) {
      return Launcher.blocks(result.allRows(), side);
    }

    int cols(CudaTensor result) {
      return Launcher.blocks(result.cols(), side);
    }
  }

  private final List<Tile> tiles;
  private final int multiprocessors;

  LinearKernels(KernelModule module, int multiprocessors) {
    tiles = List.of(Tile.of(module, 128, 41), Tile.of(module, 64, 12), Tile.of(module, 32, 5));
    this.multiprocessors = multiprocessors;
  }

  /** {@code y = x W^T + b}. */
  void forward(Launcher launcher, CudaTensor x, CudaLinear w, CudaTensor y) {
    Tile tile = fastest(y);
    launcher
        .of(tile.forward())
        .tensor(x)
        .address(w.weight())
        .address(w.bias())
        .tensor(y)
        .integer(x.allRows())
        .integer(w.inputs())
        .integer(w.outputs())
        .grid(tile.rows(y), tile.cols(y), 1);
  }

  /** {@code gx (+)= gy W}. */
  void backward(Launcher launcher, CudaTensor gy, CudaLinear w, CudaTensor gx, boolean accumulate) {
    Tile tile = fastest(gx);
    launcher
        .of(tile.backward())
        .tensor(gy)
        .address(w.weight())
        .tensor(gx)
        .integer(gy.allRows())
        .integer(w.inputs())
        .integer(w.outputs())
        .flag(accumulate)
        .grid(tile.rows(gx), tile.cols(gx), 1);
  }

  /** Which would be done first, all multiprocessors taking a block at a time. */
  private Tile fastest(CudaTensor result) {
    return tiles.stream().min(Comparator.comparingLong(t -> time(t, result))).orElseThrow();
  }

  private long time(Tile tile, CudaTensor result) {
    long blocks = (long) tile.rows(result) * tile.cols(result);
    return (blocks + multiprocessors - 1) / multiprocessors * tile.time();
  }
}
