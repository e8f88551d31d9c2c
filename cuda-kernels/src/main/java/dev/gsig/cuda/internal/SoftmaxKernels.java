package dev.gsig.cuda.internal;

/** Launches the kernels of {@code softmax.cu}. */
final class SoftmaxKernels {
  private final Kernel softmax;
  private final Kernel logSoftmax;
  private final Kernel crossEntropy;

  SoftmaxKernels(KernelModule module) {
    softmax = module.kernel("softmax");
    logSoftmax = module.kernel("log_softmax");
    crossEntropy = module.kernel("softmax_cross_entropy");
  }

  /** Softmax of each row; {@code y} may be {@code x}. */
  void softmax(Launcher launcher, CudaTensor x, CudaTensor y) {
    launch(launcher.of(softmax), x, y);
  }

  /** Its logarithm; {@code y} may be {@code x}. */
  void logSoftmax(Launcher launcher, CudaTensor x, CudaTensor y) {
    launch(launcher.of(logSoftmax), x, y);
  }

  private static void launch(Launcher launcher, CudaTensor x, CudaTensor y) {
    launcher.tensor(x).tensor(y).integer(x.allRows()).integer(x.cols()).rows(x.allRows());
  }

  /**
   * Cross-entropy of each row and its gradient.
   *
   * @param targets address of two ints for each row: the class, and the bits of the row's weight
   * @param losses receives one number for each row
   */
  void crossEntropy(
      Launcher launcher, CudaTensor logits, long targets, CudaTensor losses, CudaTensor gLogits) {
    launcher
        .of(crossEntropy)
        .tensor(logits)
        .address(targets)
        .tensor(losses)
        .tensor(gLogits)
        .integer(logits.allRows())
        .integer(logits.cols())
        .rows(logits.allRows());
  }
}
