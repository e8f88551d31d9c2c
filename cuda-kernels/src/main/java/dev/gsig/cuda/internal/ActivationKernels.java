package dev.gsig.cuda.internal;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend.Rotation;

/** Launches the kernels of {@code activation.cu}: activations and elementwise operations. */
final class ActivationKernels {
  private final Kernel activation;
  private final Kernel multiply;
  private final Kernel add;
  private final Kernel copyColumns;
  private final Kernel rotate;

  ActivationKernels(KernelModule module) {
    activation = module.kernel("activation");
    multiply = module.kernel("multiply");
    add = module.kernel("add");
    copyColumns = module.kernel("copy_columns");
    rotate = module.kernel("rotate");
  }

  /** What the kernel calls it. */
  private static int number(Activation act) {
    return switch (act) {
      case RELU -> 0;
      case GELU -> 1;
      case GELU_NEW -> 2;
      case TANH -> 3;
      case SIGMOID -> 4;
      case SILU -> 5;
    };
  }

  /** Values and, unless null, derivatives. */
  void activation(
      Launcher launcher, Activation act, CudaTensor x, CudaTensor y, CudaTensor derivative) {
    launcher
        .of(activation)
        .integer(x.size())
        .integer(number(act))
        .tensor(x)
        .tensor(y)
        .tensor(derivative)
        .elements(x.size());
  }

  /** {@code y (+)= a * b}. */
  void multiply(Launcher launcher, CudaTensor a, CudaTensor b, CudaTensor y, boolean accumulate) {
    launcher
        .of(multiply)
        .integer(a.size())
        .tensor(a)
        .tensor(b)
        .tensor(y)
        .flag(accumulate)
        .elements(a.size());
  }

  /** {@code y = a + b}, b repeated. */
  void add(Launcher launcher, CudaTensor a, CudaTensor b, CudaTensor y) {
    launcher
        .of(add)
        .integer(a.size())
        .integer(b.size())
        .tensor(a)
        .tensor(b)
        .tensor(y)
        .elements(a.size());
  }

  /** Turns pairs of features of y, in place. */
  void rotate(
      Launcher launcher, Rotation rotation, CudaTensor turns, boolean transposed, CudaTensor y) {
    int n = y.allRows() * rotation.heads() * rotation.pairs();
    launcher
        .of(rotate)
        .integer(n)
        .integer(rotation.heads())
        .integer(rotation.headSize())
        .integer(rotation.pairs())
        .integer(rotation.step())
        .integer(rotation.apart())
        .number(transposed ? -1 : 1)
        .tensor(turns)
        .integer(turns.allRows())
        .tensor(y)
        .integer(y.cols())
        .elements(n);
  }

  /** {@code y[.., yCol + c] (+)= x[.., xCol + c]} for {@code c < count}. */
  void copyColumns(
      Launcher launcher,
      CudaTensor x,
      int xCol,
      CudaTensor y,
      int yCol,
      int count,
      boolean accumulate) {
    int n = x.allRows() * count;
    launcher
        .of(copyColumns)
        .integer(n)
        .integer(count)
        .tensor(x)
        .integer(x.cols())
        .integer(xCol)
        .tensor(y)
        .integer(y.cols())
        .integer(yCol)
        .flag(accumulate)
        .elements(n);
  }
}
