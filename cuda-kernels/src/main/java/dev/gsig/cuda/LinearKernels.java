package dev.gsig.cuda;

/** Launches the matrix products of {@code linear.cu}. */
final class LinearKernels {
  private static final int TILE = 64;
  private static final int SMALL_TILE = 32;

  /** Blocks for each multiprocessor below which small tiles are used, so that none is idle. */
  private static final int BUSY = 2;

  private final Kernel forward;
  private final Kernel forwardSmall;
  private final Kernel backward;
  private final Kernel backwardSmall;
  private final int enough;

  LinearKernels(KernelModule module, int multiprocessors) {
    forward = module.kernel("linear_forward");
    forwardSmall = module.kernel("linear_forward_small");
    backward = module.kernel("linear_backward");
    backwardSmall = module.kernel("linear_backward_small");
    enough = BUSY * multiprocessors;
  }

  /** {@code y = x W^T + b}. */
  void forward(Launcher launcher, CudaTensor x, CudaLinear w, CudaTensor y) {
    boolean large = isLarge(y);
    launcher
        .of(large ? forward : forwardSmall)
        .tensor(x)
        .address(w.weight())
        .address(w.bias())
        .tensor(y)
        .integer(x.allRows())
        .integer(w.inputs())
        .integer(w.outputs());
    launch(launcher, large, y);
  }

  /** {@code gx (+)= gy W}. */
  void backward(Launcher launcher, CudaTensor gy, CudaLinear w, CudaTensor gx, boolean accumulate) {
    boolean large = isLarge(gx);
    launcher
        .of(large ? backward : backwardSmall)
        .tensor(gy)
        .address(w.weight())
        .tensor(gx)
        .integer(gy.allRows())
        .integer(w.inputs())
        .integer(w.outputs())
        .flag(accumulate);
    launch(launcher, large, gx);
  }

  private boolean isLarge(CudaTensor result) {
    long tiles = (long) Launcher.blocks(result.allRows(), TILE);
    return tiles * Launcher.blocks(result.cols(), TILE) >= enough;
  }

  private static void launch(Launcher launcher, boolean large, CudaTensor result) {
    int tile = large ? TILE : SMALL_TILE;
    int rows = Launcher.blocks(result.allRows(), tile);
    launcher.grid(rows, Launcher.blocks(result.cols(), tile), 1);
  }
}
