package dev.gsig.tensor.internal;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Backend#activation}, values and derivatives. */
interface ActivationContract extends ContractCase {
  /** From denormal to overflowing, as float32 holds them. */
  double[] EXTREMES = {
    0f, 1e-45f, 1e-40f, 1.2e-38f, 1e-20f, 1e-8f, 1e-4f, 0.5f, 1f, 2.4999f, 2.5f, 5f, 9f, 10f, 14f,
    20f, 40f, 87f, 88.5f, 89f, 104f, 1000f, 1e10f, 6e19f, 1e30f, 3.4e38f
  };

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void activationAtAllSizes(Activation act) {
    for (int i = 0; i < Workbench.SIZES.length; i++) {
      Shape shape = new Shape(1 + i % 3, Workbench.size(i), Workbench.size(3 * i + 1));
      checkActivation(act, shape, bench().values(shape.size(), i % 2 == 0 ? 3 : 12));
    }
  }

  private void checkActivation(Activation act, Shape shape, double[] in) {
    Workbench bench = bench();
    double[] value = Arrays.stream(in).map(x -> Reference.activation(act, x)).toArray();
    double[] slope = Arrays.stream(in).map(x -> Reference.derivative(act, x)).toArray();
    Tensor x = bench.input(shape, in);
    Tensor y = bench.output(shape);
    Tensor derivative = bench.output(shape);
    bench.backend().activation(act, x, y, derivative);
    bench.assertEachClose(act + " " + shape, y, value);
    bench.assertEachClose(act + " derivative " + shape, derivative, slope);
    bench.assertSame("x", x, in);

    Tensor alone = bench.output(shape);
    bench.backend().activation(act, x, alone, null);
    bench.assertSame("without derivative", alone, bench.backend().download(y));
    Tensor slopeInPlace = bench.output(shape);
    bench.backend().activation(act, x, x, slopeInPlace);
    bench.assertSame("in place", x, bench.backend().download(y));
    bench.assertSame("derivative in place", slopeInPlace, bench.backend().download(derivative));
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void activationOfExtremeValues(Activation act) {
    double[] in = new double[2 * EXTREMES.length];
    for (int i = 0; i < EXTREMES.length; i++) {
      in[2 * i] = EXTREMES[i];
      in[2 * i + 1] = -EXTREMES[i];
    }
    checkActivation(act, Shape.matrix(in.length, 1), in);
  }
}
