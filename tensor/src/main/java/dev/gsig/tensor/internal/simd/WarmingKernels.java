package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.internal.simd.WarmUp.Kernel;
import java.time.Duration;
import java.util.function.Supplier;

/** Each kernel scalar until its vector twin is compiled ({@link WarmUp}); the bits are the same. */
final class WarmingKernels implements PanelKernels {
  private static final Duration DELAY = Duration.ofMillis(400);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final PanelKernels scalar;
  private final WarmUp warmUp;

  WarmingKernels(PanelKernels scalar, Supplier<PanelKernels> vector) {
    this.scalar = scalar;
    warmUp = new WarmUp(vector, DELAY, PATIENCE);
  }

  private PanelKernels choose(Kernel kernel) {
    return warmUp.isCompiled(kernel) ? warmUp.kernels() : scalar;
  }

  @Override
  public void lanesTimesRows8(
      int panels,
      int k,
      float[] a,
      int a0,
      float[] b,
      int b0,
      int bStep,
      float[] start,
      int start0,
      int startStep,
      float[] y,
      int y0,
      int yStep) {
    choose(panels == 2 ? Kernel.LANES_TWO_PANELS : Kernel.LANES_ONE_PANEL)
        .lanesTimesRows8(panels, k, a, a0, b, b0, bStep, start, start0, startStep, y, y0, yStep);
  }

  @Override
  public void lanesTimesRows1(
      int k, float[] a, int a0, float[] b, int b0, float[] start, int start0, float[] y, int y0) {
    choose(Kernel.LANES_ONE_ROW).lanesTimesRows1(k, a, a0, b, b0, start, start0, y, y0);
  }

  @Override
  public void rowsTimesRows8(
      int panels,
      int n,
      float[] a,
      int a0,
      int aStep,
      float[] b,
      int b0,
      int bStep,
      float[] y,
      int y0,
      int yStep) {
    choose(panels == 2 ? Kernel.ROWS_TWO_PANELS : Kernel.ROWS_ONE_PANEL)
        .rowsTimesRows8(panels, n, a, a0, aStep, b, b0, bStep, y, y0, yStep);
  }

  @Override
  public void rowsTimesRows16(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    choose(Kernel.ROWS_SIXTEEN).rowsTimesRows16(n, a, a0, aStep, b, b0, y, y0);
  }

  @Override
  public void rowsTimesRows1(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    choose(Kernel.ROWS_ONE_ROW).rowsTimesRows1(n, a, a0, aStep, b, b0, y, y0);
  }

  @Override
  public void softmax(
      float[] s, int s0, int n, float scale, int unmasked, float maskValue, float[] row) {
    choose(Kernel.SOFTMAX).softmax(s, s0, n, scale, unmasked, maskValue, row);
  }

  @Override
  public void softmaxBackward(float[] p, int p0, float[] g, int g0, int n, float scale) {
    choose(Kernel.SOFTMAX_BACKWARD).softmaxBackward(p, p0, g, g0, n, scale);
  }

  @Override
  public void layerNorm(
      int d,
      float[] x,
      int x0,
      float[] residual,
      int r0,
      float[] gamma,
      float[] beta,
      float epsilon,
      float[] y,
      int y0,
      float[] normalized,
      int n0,
      float[] reciprocalDeviation,
      int d0) {
    choose(Kernel.LAYER_NORM)
        .layerNorm(
            d,
            x,
            x0,
            residual,
            r0,
            gamma,
            beta,
            epsilon,
            y,
            y0,
            normalized,
            n0,
            reciprocalDeviation,
            d0);
  }

  @Override
  public void layerNormBackward(
      int d,
      float[] gy,
      int g0,
      float[] gamma,
      float[] normalized,
      int n0,
      float[] reciprocalDeviation,
      int d0,
      float[] gs,
      int s0) {
    choose(Kernel.LAYER_NORM_BACKWARD)
        .layerNormBackward(d, gy, g0, gamma, normalized, n0, reciprocalDeviation, d0, gs, s0);
  }

  @Override
  public void activation(
      Activation act, float[] x, float[] y, float[] derivative, int from, int n) {
    choose(Kernel.of(act)).activation(act, x, y, derivative, from, n);
  }

  @Override
  public void multiply(float[] a, float[] b, float[] y, int n, boolean accumulate) {
    choose(Kernel.MULTIPLY).multiply(a, b, y, n, accumulate);
  }

  @Override
  public void add(float[] a, int a0, float[] b, int b0, float[] y, int y0, int n) {
    choose(Kernel.ADD).add(a, a0, b, b0, y, y0, n);
  }

  @Override
  public void axpy(float w, float[] x, int x0, float[] y, int n) {
    choose(Kernel.AXPY).axpy(w, x, x0, y, n);
  }

  @Override
  public void interpolate(float alpha, float[] start, float[] end, float[] y, int y0, int n) {
    choose(Kernel.INTERPOLATE).interpolate(alpha, start, end, y, y0, n);
  }
}
