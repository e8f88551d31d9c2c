package dev.gsig.cuda.internal;

/** Launches the kernels of {@code reduction.cu}. */
final class ReductionKernels {
  /** Columns of a block that sums rows. */
  private static final int COLUMNS = 32;

  private final Kernel meanRows;
  private final Kernel meanRowsBackward;
  private final Kernel addWeighted;
  private final Kernel sumRows;

  ReductionKernels(KernelModule module) {
    meanRows = module.kernel("mean_rows");
    meanRowsBackward = module.kernel("mean_rows_backward");
    addWeighted = module.kernel("add_weighted");
    sumRows = module.kernel("sum_rows");
  }

  /** {@code y[b] = mean over l < lengths[b] of x[b, l]}. */
  void meanRows(Launcher launcher, CudaTensor x, long lengths, CudaTensor y) {
    launcher
        .of(meanRows)
        .integer(y.size())
        .integer(y.cols())
        .integer(x.shape().rows())
        .tensor(x)
        .address(lengths)
        .tensor(y)
        .elements(y.size());
  }

  /** {@code gx[b, l] = gy[b] / lengths[b]} for {@code l < lengths[b]}, else 0. */
  void meanRowsBackward(Launcher launcher, CudaTensor gy, long lengths, CudaTensor gx) {
    launcher
        .of(meanRowsBackward)
        .integer(gx.size())
        .integer(gx.cols())
        .integer(gx.shape().rows())
        .tensor(gy)
        .address(lengths)
        .tensor(gx)
        .elements(gx.size());
  }

  /** {@code sum += weights[k] g[k]} for {@code from <= k < to}. */
  void addWeighted(
      Launcher launcher, CudaTensor g, long weights, int from, int to, CudaTensor sum) {
    launcher
        .of(addWeighted)
        .integer(sum.size())
        .integer(from)
        .integer(to)
        .tensor(g)
        .address(weights)
        .tensor(sum)
        .elements(sum.size());
  }

  /** {@code y[c] (+)= sum of x[.., c]} over the rows of all items. */
  void sumRows(Launcher launcher, CudaTensor x, CudaTensor y, boolean accumulate) {
    launcher
        .of(sumRows)
        .integer(x.allRows())
        .integer(x.cols())
        .tensor(x)
        .tensor(y)
        .flag(accumulate)
        .grid(Launcher.blocks(x.cols(), COLUMNS), 1, 1);
  }
}
