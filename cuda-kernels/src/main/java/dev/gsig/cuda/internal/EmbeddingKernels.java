package dev.gsig.cuda.internal;

/** Launches the kernels of {@code embedding.cu}: rows, and points on a line. */
final class EmbeddingKernels {
  private final Kernel gather;
  private final Kernel scatterAdd;
  private final Kernel lerp;

  EmbeddingKernels(KernelModule module) {
    gather = module.kernel("gather");
    scatterAdd = module.kernel("scatter_add");
    lerp = module.kernel("lerp");
  }

  /** {@code y[r] (+)= x[rows[r]]}. */
  void gather(Launcher launcher, CudaTensor x, long rows, CudaTensor y, boolean accumulate) {
    launcher
        .of(gather)
        .integer(y.size())
        .integer(y.cols())
        .tensor(x)
        .address(rows)
        .tensor(y)
        .flag(accumulate)
        .elements(y.size());
  }

  /**
   * {@code gx[t] += gy[r]} for pairs (t, r), all rows of gy once.
   *
   * @param pairs in ascending order
   */
  void scatterAdd(Launcher launcher, CudaTensor gy, long pairs, CudaTensor gx) {
    launcher
        .of(scatterAdd)
        .integer(gy.size())
        .integer(gy.cols())
        .tensor(gy)
        .address(pairs)
        .tensor(gx)
        .elements(gy.size());
  }

  /** {@code y[first + k] = start + alphas[k] (end - start)} for {@code k < count}. */
  void lerp(
      Launcher launcher,
      CudaTensor start,
      CudaTensor end,
      long alphas,
      CudaTensor y,
      int first,
      int count) {
    int size = start.size();
    launcher
        .of(lerp)
        .integer(count * size)
        .integer(size)
        .tensor(start)
        .tensor(end)
        .address(alphas)
        .address(y.address() + (long) Float.BYTES * first * size)
        .elements(count * size);
  }
}
