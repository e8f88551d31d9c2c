package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.Fma.fma;
import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

/** The GRU step on panels; the items are the lanes. */
final class SimdGru {
  private SimdGru() {}

  static void forward(
      SimdTensor inputGates,
      SimdTensor hiddenGates,
      SimdTensor state,
      boolean[] active,
      SimdTensor y,
      SimdTensor gates) {
    int hidden = state.shape().cols();
    for (int b = 0; b < active.length; b++) {
      int h0 = state.row(0, b);
      int g0 = gates.row(0, b);
      for (int c = 0; c < hidden; c++) {
        int ir = g0 + c * LANES;
        int iz = ir + hidden * LANES;
        int in = iz + hidden * LANES;
        float r = ScalarMath.sigmoid(inputGates.data[ir] + hiddenGates.data[ir]);
        float z = ScalarMath.sigmoid(inputGates.data[iz] + hiddenGates.data[iz]);
        float n = ScalarMath.tanh(fma(r, hiddenGates.data[in], inputGates.data[in]));
        gates.data[ir] = r;
        gates.data[iz] = z;
        gates.data[in] = n;
        float old = state.data[h0 + c * LANES];
        y.data[h0 + c * LANES] = active[b] ? fma(z, old, (1f - z) * n) : old;
      }
    }
  }

  static void backward(
      SimdTensor gy,
      SimdTensor hiddenGates,
      SimdTensor state,
      boolean[] active,
      SimdTensor gates,
      SimdTensor gInputGates,
      SimdTensor gHiddenGates,
      SimdTensor gState) {
    int hidden = state.shape().cols();
    for (int b = 0; b < active.length; b++) {
      int h0 = state.row(0, b);
      int g0 = gates.row(0, b);
      for (int c = 0; c < hidden; c++) {
        int ir = g0 + c * LANES;
        int iz = ir + hidden * LANES;
        int in = iz + hidden * LANES;
        float up = gy.data[h0 + c * LANES];
        float go = active[b] ? up : 0f;
        float r = gates.data[ir];
        float z = gates.data[iz];
        float n = gates.data[in];
        float gn = go * (1f - z) * fma(-n, n, 1f);
        float gr = gn * hiddenGates.data[in] * r * (1f - r);
        float gz = go * (state.data[h0 + c * LANES] - n) * z * (1f - z);
        gInputGates.data[in] = gn;
        gHiddenGates.data[in] = gn * r;
        gInputGates.data[ir] = gr;
        gHiddenGates.data[ir] = gr;
        gInputGates.data[iz] = gz;
        gHiddenGates.data[iz] = gz;
        gState.data[h0 + c * LANES] = active[b] ? up * z : up;
      }
    }
  }
}
