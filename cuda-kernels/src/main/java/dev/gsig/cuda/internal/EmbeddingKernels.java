package dev.gsig.cuda.internal;

/** Launches the kernels of {@code embedding.cu}: rows and the path. */
final class EmbeddingKernels {
  private final Kernel gatherRows;
  private final Kernel selectRows;
  private final Kernel selectRowsBackward;
  private final Kernel interpolate;

  EmbeddingKernels(KernelModule module) {
    gatherRows = module.kernel("gather_rows");
    selectRows = module.kernel("select_rows");
    selectRowsBackward = module.kernel("select_rows_backward");
    interpolate = module.kernel("interpolate");
  }

  /** {@code y[r] (+)= table[ids[r]]}. */
  void gatherRows(Launcher launcher, CudaTensor table, long ids, CudaTensor y, boolean accumulate) {
    launcher
        .of(gatherRows)
        .integer(y.size())
        .integer(y.cols())
        .tensor(table)
        .address(ids)
        .tensor(y)
        .flag(accumulate)
        .elements(y.size());
  }

  /** {@code y[b] = x[b, rows[b]]}. */
  void selectRows(Launcher launcher, CudaTensor x, long rows, CudaTensor y) {
    launcher
        .of(selectRows)
        .integer(y.size())
        .integer(y.cols())
        .integer(x.shape().rows())
        .tensor(x)
        .address(rows)
        .tensor(y)
        .elements(y.size());
  }

  /** {@code gx[b, rows[b]] += gy[b]}. */
  void selectRowsBackward(Launcher launcher, CudaTensor gy, long rows, CudaTensor gx) {
    launcher
        .of(selectRowsBackward)
        .integer(gy.size())
        .integer(gy.cols())
        .integer(gx.shape().rows())
        .tensor(gy)
        .address(rows)
        .tensor(gx)
        .elements(gy.size());
  }

  /** {@code y[first + k] = start + alphas[k] (end - start)} for {@code k < count}. */
  void interpolate(
      Launcher launcher,
      CudaTensor start,
      CudaTensor end,
      long alphas,
      CudaTensor y,
      int first,
      int count) {
    int size = start.size();
    launcher
        .of(interpolate)
        .integer(count * size)
        .integer(size)
        .tensor(start)
        .tensor(end)
        .address(alphas)
        .address(y.address() + (long) Float.BYTES * first * size)
        .elements(count * size);
  }
}
