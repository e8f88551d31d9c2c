package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every sum is one ascending fma chain: written out here as the plainest loop, bit for bit the
 * same, also across the blocks in which the inner dimension is worked off.
 */
class SummationOrderTest {
  private static double[] floats(Random random, int n) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextFloat() * 2 - 1;
    }
    return v;
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "7,5,3", "511,4,1", "512,64,17", "513,65,16", "1537,71,5", "207,207,13"})
  void linear(int inputs, int outputs, int rows) {
    Random random = new Random(inputs);
    double[] w = floats(random, outputs * inputs);
    double[] bias = floats(random, outputs);
    double[] x = floats(random, rows * inputs);
    double[] gy = floats(random, rows * outputs);
    double[] before = floats(random, rows * inputs);
    double[] y = new double[rows * outputs];
    double[] gx = new double[rows * inputs];
    double[] added = new double[rows * inputs];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < outputs; o++) {
        float sum = (float) bias[o];
        for (int i = 0; i < inputs; i++) {
          sum = Math.fma((float) w[o * inputs + i], (float) x[r * inputs + i], sum);
        }
        y[r * outputs + o] = sum;
      }
      for (int i = 0; i < inputs; i++) {
        float sum = 0f;
        float more = (float) before[r * inputs + i];
        for (int o = 0; o < outputs; o++) {
          sum = Math.fma((float) w[o * inputs + i], (float) gy[r * outputs + o], sum);
          more = Math.fma((float) w[o * inputs + i], (float) gy[r * outputs + o], more);
        }
        gx[r * inputs + i] = sum;
        added[r * inputs + i] = more;
      }
    }
    try (Backend backend = Backends.open("simd")) {
      LinearWeights layer = backend.linearWeights(outputs, inputs, w, bias);
      Tensor out = backend.allocate(Shape.matrix(rows, outputs));
      backend.linear(backend.upload(Shape.matrix(rows, inputs), x), layer, out);
      Bits.assertSame("y", backend.download(out), y);
      Tensor g = backend.upload(Shape.matrix(rows, outputs), gy);
      Tensor gOut = backend.allocate(Shape.matrix(rows, inputs));
      backend.linearBackward(g, layer, gOut, false);
      Bits.assertSame("gx", backend.download(gOut), gx);
      Tensor sum = backend.upload(Shape.matrix(rows, inputs), before);
      backend.linearBackward(g, layer, sum, true);
      Bits.assertSame("accumulated", backend.download(sum), added);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 19, 37})
  void attentionValues(int keys) {
    Random random = new Random(keys);
    int size = 19;
    AttentionSpec spec = new AttentionSpec(1, size, 0.25, Double.NEGATIVE_INFINITY);
    Shape q = Shape.matrix(21, size);
    Shape kv = Shape.matrix(37, 2 * size);
    double[] keyValue = floats(random, kv.size());
    try (Backend backend = Backends.open("simd")) {
      Tensor y = backend.allocate(q);
      Tensor p = backend.allocate(spec.probabilities(q, kv));
      Tensor query = backend.upload(q, floats(random, q.size()));
      backend.attention(spec, query, backend.upload(kv, keyValue), new int[] {keys}, y, p);
      double[] probabilities = backend.download(p);
      double[] expected = new double[q.size()];
      for (int i = 0; i < q.rows(); i++) {
        for (int f = 0; f < size; f++) {
          float sum = 0f;
          for (int j = 0; j < keys; j++) {
            float v = (float) keyValue[j * 2 * size + size + f];
            sum = Math.fma(v, (float) probabilities[i * p.shape().cols() + j], sum);
          }
          expected[i * size + f] = sum;
        }
      }
      Bits.assertSame("y", backend.download(y), expected);
    }
  }
}
