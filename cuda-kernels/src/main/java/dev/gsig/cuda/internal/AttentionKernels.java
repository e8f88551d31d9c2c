package dev.gsig.cuda.internal;

import dev.gsig.tensor.Backend.AttentionSpec;

/** Launches the kernels of {@code attention.cu}. */
final class AttentionKernels {
  /** Queries or keys of a block. */
  private static final int ROWS = 64;

  /** Features of a result that one block makes. */
  private static final int SLICE = 64;

  private final Kernel forward;
  private final Kernel rangedForward;
  private final Kernel queryGradient;
  private final Kernel keyValueGradient;

  /**
   * What all passes read.
   *
   * @param lengths address of the unmasked keys of each item
   * @param ranges address of first key, end and position of each query; 0 if they have none
   * @param slopes address of those of the heads; 0 if there are none
   */
  record Input(
      AttentionSpec spec,
      CudaTensor query,
      CudaTensor keyValue,
      long lengths,
      long ranges,
      long slopes) {
    int queries() {
      return query.shape().rows();
    }

    int keys() {
      return keyValue.shape().rows();
    }

    /** Heads of all items. */
    int heads() {
      return query.shape().batch() * spec.heads();
    }

    /** Heads of keys and values of all items. */
    int keyValueHeads() {
      return query.shape().batch() * spec.keyValueHeads();
    }

    int slices() {
      return Launcher.blocks(spec.headSize(), SLICE);
    }
  }

  AttentionKernels(KernelModule module) {
    forward = module.kernel("attention_forward");
    rangedForward = module.kernel("attention_forward_ranged");
    queryGradient = module.kernel("attention_query_gradient");
    keyValueGradient = module.kernel("attention_key_value_gradient");
  }

  private static Launcher begin(Launcher launcher, Kernel kernel, Input in) {
    AttentionSpec spec = in.spec();
    return launcher
        .of(kernel)
        .tensor(in.query())
        .tensor(in.keyValue())
        .address(in.lengths())
        .address(in.ranges())
        .address(in.slopes())
        .integer(spec.heads())
        .integer(spec.group())
        .integer(in.queries())
        .integer(in.keys())
        .integer(spec.headSize())
        .number(spec.scale())
        .number(spec.maskValue())
        .flag(spec.removesMaskedKeys());
  }

  /**
   * The result.
   *
   * @param saved {@code [batch*heads, queries, 2]}: the largest score and the reciprocal of the sum
   *     of exponentials
   */
  void forward(Launcher launcher, Input in, CudaTensor y, CudaTensor saved) {
    boolean ranged = in.ranges() != 0 || in.slopes() != 0;
    begin(launcher, ranged ? rangedForward : forward, in).tensor(y).tensor(saved);
    launcher.grid(in.heads(), Launcher.blocks(in.queries(), ROWS), in.slices());
  }

  /**
   * The gradient of the queries.
   *
   * @param deltas receives {@code sum_j p_j (gy v_j)} of each query, {@code [batch*heads, queries,
   *     1]}
   */
  void queryGradient(
      Launcher launcher,
      Input in,
      CudaTensor gy,
      CudaTensor saved,
      CudaTensor deltas,
      CudaTensor gQuery) {
    begin(launcher, queryGradient, in).tensor(gy).tensor(saved).tensor(deltas).tensor(gQuery);
    launcher.grid(in.heads(), Launcher.blocks(in.queries(), ROWS), in.slices());
  }

  /**
   * The gradient of the keys and values.
   *
   * @param deltas what came with the gradient of the queries
   */
  void keyValueGradient(
      Launcher launcher,
      Input in,
      CudaTensor gy,
      CudaTensor saved,
      CudaTensor deltas,
      CudaTensor gKeyValue) {
    begin(launcher, keyValueGradient, in).tensor(gy).tensor(saved).tensor(deltas).tensor(gKeyValue);
    launcher.grid(in.keyValueHeads(), Launcher.blocks(in.keys(), ROWS), in.slices());
  }
}
