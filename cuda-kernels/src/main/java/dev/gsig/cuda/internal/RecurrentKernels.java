package dev.gsig.cuda.internal;

/** Launches the kernels of {@code recurrent.cu}. */
final class RecurrentKernels {
  private final Kernel forward;
  private final Kernel backward;

  RecurrentKernels(KernelModule module) {
    forward = module.kernel("gru_forward");
    backward = module.kernel("gru_backward");
  }

  /** One step; {@code active} is the address of 0 or 1 for each item. */
  void forward(
      Launcher launcher,
      CudaTensor inputGates,
      CudaTensor hiddenGates,
      CudaTensor state,
      long active,
      CudaTensor y,
      CudaTensor gates) {
    launcher
        .of(forward)
        .integer(state.size())
        .integer(state.cols())
        .tensor(inputGates)
        .tensor(hiddenGates)
        .tensor(state)
        .address(active)
        .tensor(y)
        .tensor(gates)
        .elements(state.size());
  }

  /** Its gradient. */
  void backward(
      Launcher launcher,
      CudaTensor gy,
      CudaTensor hiddenGates,
      CudaTensor state,
      long active,
      CudaTensor gates,
      CudaTensor gInputGates,
      CudaTensor gHiddenGates,
      CudaTensor gState) {
    launcher
        .of(backward)
        .integer(state.size())
        .integer(state.cols())
        .tensor(gy)
        .tensor(hiddenGates)
        .tensor(state)
        .address(active)
        .tensor(gates)
        .tensor(gInputGates)
        .tensor(gHiddenGates)
        .tensor(gState)
        .elements(state.size());
  }
}
