package dev.gsig.cuda.internal;

/** Launches the kernels of {@code norm.cu}. */
final class NormKernels {
  private final Kernel forward;
  private final Kernel backward;

  NormKernels(KernelModule module) {
    forward = module.kernel("layer_norm_forward");
    backward = module.kernel("layer_norm_backward");
  }

  /** Layer norm of {@code x + residual}; residual may be null. */
  void forward(
      Launcher launcher,
      CudaTensor x,
      CudaTensor residual,
      CudaNorm w,
      CudaTensor y,
      CudaTensor normalized,
      CudaTensor deviation) {
    launcher
        .of(forward)
        .tensor(x)
        .tensor(residual)
        .address(w.gamma())
        .address(w.beta())
        .number(w.epsilon())
        .flag(w.isCentred())
        .tensor(y)
        .tensor(normalized)
        .tensor(deviation)
        .integer(x.allRows())
        .integer(x.cols())
        .rows(x.allRows());
  }

  /** Its gradient; {@code gs} may be {@code gy}. */
  void backward(
      Launcher launcher,
      CudaTensor gy,
      CudaNorm w,
      CudaTensor normalized,
      CudaTensor deviation,
      CudaTensor gs) {
    launcher
        .of(backward)
        .tensor(gy)
        .address(w.gamma())
        .flag(w.isCentred())
        .tensor(normalized)
        .tensor(deviation)
        .tensor(gs)
        .integer(gy.allRows())
        .integer(gy.cols())
        .rows(gy.allRows());
  }
}
