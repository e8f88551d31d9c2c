package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.autodiff.op.Activate;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tape gives everything back: when swept, when only closed, and when a rule fails. */
class TapeMemoryTest {
  private static void pass(Backend backend, GradientCase c, boolean sweep) {
    try (Tape tape = new Tape(backend)) {
      List<Variable> inputs = new ArrayList<>();
      for (int i = 0; i < c.shapes().size(); i++) {
        Tensor t = backend.upload(c.shapes().get(i), c.values().get(i));
        inputs.add(tape.input(t));
        backend.release(t);
      }
      Variable y = c.graph(backend).build(tape, inputs);
      if (sweep) {
        Tensor seed = backend.upload(y.shape(), new double[y.shape().size()]);
        tape.backward(y, seed);
        backend.release(seed);
        inputs.forEach(tape::gradient);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void theArenaStaysAsItIsOverManyPasses(String name) {
    try (Backend backend = Backends.open(name)) {
      for (GradientCase c : GradientCase.all()) {
        pass(backend, c, true);
        long bytes = backend.arenaBytes();
        for (int i = 0; i < 20; i++) {
          pass(backend, c, true);
          pass(backend, c, false);
        }
        assertThat(backend.arenaBytes()).as(c.name()).isEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void theSweepReusesWhatItHasPassed(String name) {
    Shape shape = Shape.matrix(64, 64);
    try (Backend backend = Backends.open(name);
        Tape tape = new Tape(backend)) {
      Tensor x = backend.upload(shape, new double[shape.size()]);
      Variable y = tape.input(x);
      backend.release(x);
      Tensor seed = backend.upload(shape, new double[shape.size()]);
      long one = backend.arenaBytes() / 2;
      for (int i = 0; i < 50; i++) {
        y = tape.apply(new Activate(Activation.TANH), y);
      }
      long forward = backend.arenaBytes();
      tape.backward(y, seed);
      assertThat(backend.arenaBytes() - forward).isLessThanOrEqualTo(2 * one);
    }
  }

  /** Copies, and fails in its rule. */
  private static final class Failing implements Operation {
    private Tensor saved;

    @Override
    public Tensor forward(Backend backend, Tensor[] x) {
      saved = backend.allocate(x[0].shape());
      Tensor y = backend.allocate(x[0].shape());
      backend.copy(x[0], y);
      return y;
    }

    @Override
    public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
      throw new IllegalStateException("as planned");
    }

    @Override
    public void release(Backend backend) {
      backend.release(saved);
    }
  }

  private static void failingPass(Backend backend) {
    Shape shape = Shape.matrix(7, 13);
    Tensor x = backend.upload(shape, new double[91]);
    Tensor seed = backend.upload(shape, new double[91]);
    try (Tape tape = new Tape(backend)) {
      Variable v = tape.apply(new Activate(Activation.SILU), tape.input(x));
      v = tape.apply(new Failing(), v);
      Variable y = tape.apply(new Activate(Activation.SILU), v);
      assertThatThrownBy(() -> tape.backward(y, seed)).hasMessage("as planned");
    }
    backend.release(seed);
    backend.release(x);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void aFailingRuleLeavesNothingBehind(String name) {
    try (Backend backend = Backends.open(name)) {
      failingPass(backend);
      long bytes = backend.arenaBytes();
      for (int i = 0; i < 10; i++) {
        failingPass(backend);
      }
      assertThat(backend.arenaBytes()).isEqualTo(bytes);
    }
  }
}
