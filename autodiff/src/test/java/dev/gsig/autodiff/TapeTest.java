package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.autodiff.op.Activate;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.CrossEntropy;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the sweep computes, and what it refuses. */
class TapeTest {
  private static final Shape ROW = Shape.matrix(1, 2);

  private final Backend backend = Backends.open("ejml");
  private final Tape tape = new Tape(backend);

  @AfterEach
  void close() {
    tape.close();
    backend.close();
  }

  private Tensor tensor(double... values) {
    return backend.upload(Shape.matrix(1, values.length), values);
  }

  private double[] gradient(Variable x) {
    return backend.download(tape.gradient(x));
  }

  private Variable twice(Variable x) {
    LinearWeights w = backend.linearWeights(2, 2, new double[] {2, 0, 0, 2}, null);
    return tape.apply(new Linear(w), x);
  }

  @Test
  void contributionsOfAllUsesAddUp() {
    Variable x = tape.input(tensor(3, 5));
    Variable y = tape.apply(new Add(), twice(x), tape.apply(new Add(), x, twice(twice(x))));
    assertThat(backend.download(y.value())).containsExactly(21, 35);
    tape.backward(y, tensor(1, -10));
    assertThat(gradient(x)).containsExactly(7, -70);
  }

  @Test
  void aGradientSharedByTwoArgumentsIsNotOverwritten() {
    Variable a = tape.input(tensor(1, 2));
    Variable b = tape.input(tensor(3, 4));
    Variable sum = tape.apply(new Add(), a, b);
    // the sweep hands one and the same tensor to the sum and to a, then adds to that of a
    Variable y = tape.apply(new Add(), sum, a);
    Tensor seed = tensor(10, 20);
    tape.backward(y, seed);
    assertThat(gradient(a)).containsExactly(20, 40);
    assertThat(gradient(b)).containsExactly(10, 20);
    assertThat(backend.download(seed)).containsExactly(10, 20);
  }

  @Test
  void aKernelThatAccumulatesCopiesASharedGradientFirst() {
    Variable a = tape.input(tensor(1, 2));
    Variable b = tape.input(tensor(3, 4));
    Variable doubled = twice(a);
    Variable sum = tape.apply(new Add(), a, b);
    Variable y = tape.apply(new Add(), sum, doubled);
    Tensor seed = tensor(10, 20);
    tape.backward(y, seed);
    assertThat(gradient(a)).containsExactly(30, 60);
    assertThat(gradient(b)).containsExactly(10, 20);
    assertThat(backend.download(seed)).containsExactly(10, 20);
  }

  @Test
  void anInputIsItsOwnResult() {
    Variable x = tape.input(tensor(3, 5));
    tape.backward(x, tensor(7, 8));
    assertThat(gradient(x)).containsExactly(7, 8);
  }

  @Test
  void theResultMayBeUsedFurther() {
    Variable x = tape.input(tensor(3, 5));
    Variable y = twice(x);
    twice(y);
    tape.backward(y, tensor(1, 1));
    assertThat(gradient(x)).containsExactly(2, 2);
  }

  @Test
  void onlyNeededGradientsAreComputed() {
    CountingBackend counting = new CountingBackend(backend);
    LinearWeights w = backend.linearWeights(2, 2, new double[] {2, 0, 0, 2}, null);
    try (Tape counted = new Tape(counting.backend())) {
      Variable constant = counted.constant(tensor(1, 2));
      Variable x = counted.input(tensor(3, 4));
      Variable c = counted.apply(new Linear(w), constant);
      c = counted.apply(new Activate(Activation.TANH), counted.apply(new Linear(w), c));
      Variable y = counted.apply(new Add(), counted.apply(new Linear(w), x), c);
      assertThat(c.needsGradient()).isFalse();
      assertThat(y.needsGradient()).isTrue();
      counted.backward(y, tensor(1, 1));
      assertThat(backend.download(counted.gradient(x))).containsExactly(2, 2);
      assertThat(counting.calls("linear")).isEqualTo(3);
      assertThat(counting.calls("linearBackward")).isEqualTo(1);
      assertThat(counting.calls("multiply")).isZero();
      assertThatThrownBy(() -> counted.gradient(constant))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void whatTheResultDoesNotDependOnIsNotSwept() {
    CountingBackend counting = new CountingBackend(backend);
    LinearWeights w = backend.linearWeights(2, 2, new double[] {2, 0, 0, 2}, null);
    try (Tape counted = new Tape(counting.backend())) {
      Variable x = counted.input(tensor(3, 4));
      Variable y = counted.apply(new Linear(w), x);
      counted.apply(new Linear(w), counted.apply(new Linear(w), y));
      counted.backward(y, tensor(1, 1));
      assertThat(counting.calls("linearBackward")).isEqualTo(1);
    }
  }

  @Test
  void aResultOfConstantsIsNotSwept() {
    CountingBackend counting = new CountingBackend(backend);
    LinearWeights w = backend.linearWeights(2, 2, new double[] {2, 0, 0, 2}, null);
    try (Tape counted = new Tape(counting.backend())) {
      Variable constant = counted.constant(tensor(3, 4));
      counted.backward(counted.apply(new Linear(w), constant), tensor(1, 1));
      assertThat(counting.calls("linearBackward")).isZero();
      assertThatThrownBy(() -> counted.gradient(constant))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aRuleIsToldWhichArgumentsNeedAGradient() {
    Probe probe = new Probe();
    Variable c = tape.constant(tensor(1, 2));
    Variable x = tape.input(tensor(3, 4));
    tape.backward(tape.apply(probe, c, x, c), tensor(1, 1));
    assertThat(probe.needed).containsExactly(false, true, false);
    assertThat(probe.released).isEqualTo(1);
  }

  /** Returns a copy of argument 1, and cannot be differentiated in argument 0. */
  private static final class Probe implements Operation {
    private final boolean[] needed = new boolean[3];
    private int released;

    @Override
    public boolean takes(int arguments) {
      return arguments > 1;
    }

    @Override
    public boolean isDifferentiable(int argument) {
      return argument != 0;
    }

    @Override
    public Tensor forward(Backend backend, Tensor[] x) {
      Tensor y = backend.allocate(x[1].shape());
      backend.copy(x[1], y);
      return y;
    }

    @Override
    public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
      for (int i = 0; i < slots.length; i++) {
        needed[i] = slots[i].isNeeded();
      }
      slots[1].add(gy);
    }

    @Override
    public void release(Backend backend) {
      released++;
    }
  }

  @Test
  void nothingIsComputedForAConstant() {
    CountingBackend counting = new CountingBackend(backend);
    try (Tape t = new Tape(counting.backend())) {
      Variable x = t.input(Shape.matrix(1, 2), 1, 2);
      t.backward(x.then(new MatMul(), t.constant(Shape.matrix(2, 1), 3, 4)));
      assertThat(x.gradient()).containsExactly(3, 4);
      assertThat(counting.calls("matmul")).isEqualTo(2);
    }
  }

  @Test
  void aMissingRuleNamesOperationAndArgument() {
    Variable x = tape.input(tensor(1, 2));
    Variable y = twice(x);
    assertThatThrownBy(() -> tape.apply(new Probe(), y, x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Probe has no gradient rule for argument 0");
  }

  @Test
  void aMissingRuleDoesNotMatterForAConstant() {
    Variable c = twice(tape.constant(tensor(1, 2)));
    Variable x = tape.input(tensor(3, 4));
    Variable y = tape.apply(new Probe(), c, x);
    tape.backward(y, tensor(5, 6));
    assertThat(gradient(x)).containsExactly(5, 6);
  }

  @Test
  void aBroadcastArgumentOfAddGetsTheSumOfTheItems() {
    Variable a = tape.input(backend.upload(new Shape(2, 1, 2), new double[] {1, 2, 3, 4}));
    Variable b = tape.input(tensor(10, 20));
    Variable y = tape.apply(new Add(), a, b);
    assertThat(backend.download(y.value())).containsExactly(11, 22, 13, 24);
    tape.backward(y, backend.upload(y.shape(), new double[] {1, 2, 3, 5}));
    assertThat(gradient(a)).containsExactly(1, 2, 3, 5);
    assertThat(gradient(b)).containsExactly(4, 7);
  }

  @Test
  void anOperationThatDoesNotFitIsNamedWithItsShapes() {
    Variable a = tape.input(backend.upload(new Shape(1, 3, 4), new double[12]));
    Variable b = tape.input(backend.upload(new Shape(1, 5, 2), new double[10]));
    assertThatThrownBy(() -> a.then(new MatMul(), b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "MatMul of [1, 3, 4] and [1, 5, 2]:"
                + " [1, 3, 4] has 4 columns, but [1, 5, 2] has 5 rows");
    assertThatThrownBy(() -> a.then(new Multiply(), b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Multiply of [1, 3, 4] and [1, 5, 2]:"
                + " they have 3 and 5 along ROWS, and neither is 1");
    assertThatThrownBy(() -> a.then(new CrossEntropy(0, 1, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("CrossEntropy of [1, 3, 4]: row 4 outside 0..3");
    assertThatThrownBy(() -> a.then(new MatMul()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("MatMul of [1, 3, 4]: it does not take 1 arguments");
    assertThatThrownBy(() -> a.then(new Add(), a, a))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Add of [1, 3, 4] and [1, 3, 4] and [1, 3, 4]: it does not take 3 arguments");
    assertThatThrownBy(() -> a.then(new Activate(Activation.TANH), b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Activate of [1, 3, 4] and [1, 5, 2]: it does not take 2 arguments");
  }

  @Test
  void anOperationThatDoesNotFitLeavesNothingBehind() {
    Variable a = tape.input(tensor(1, 2));
    long before = backend.arenaBytes();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> a.then(new MatMul(), a)).isInstanceOf(RuntimeException.class);
    }
    assertThat(backend.arenaBytes()).isEqualTo(before);
  }

  /** What it saved for the first application would be gone, and its gradient wrong. */
  @Test
  void anOperationIsAppliedOnce() {
    Activate tanh = new Activate(Activation.TANH);
    Variable x = tape.input(tensor(1, 2));
    Variable y = x.then(tanh);
    assertThatThrownBy(() -> y.then(tanh))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Activate was applied before; make a new one");
  }

  @Test
  void aNumberIsSweptWithoutASeed() {
    Variable x = tape.input(tensor(3, 5));
    Variable y = x.then(new Multiply(), x).then(new Sum());
    assertThat(backend.download(y.value())).containsExactly(34);
    tape.backward(y);
    assertThat(gradient(x)).containsExactly(6, 10);
  }

  @Test
  void moreThanANumberNeedsASeed() {
    Variable x = tape.input(tensor(3, 5));
    assertThatThrownBy(() -> tape.backward(x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 1, 2]");
  }

  @Test
  void anUnusedInputHasNoGradient() {
    Variable unused = tape.input(tensor(1, 2, 3));
    Variable x = tape.input(tensor(3, 4));
    tape.backward(twice(x), tensor(1, 1));
    assertThatThrownBy(() -> tape.gradient(unused))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[1, 1, 3]");
  }

  @Test
  void aSeedOfAnotherShapeIsRefused() {
    Variable y = twice(tape.input(tensor(3, 4)));
    Tensor seed = tensor(1, 1, 1);
    assertThatThrownBy(() -> tape.backward(y, seed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 1, 3]")
        .hasMessageContaining("[1, 1, 2]");
  }

  @Test
  void theSweepIsDoneOnce() {
    Variable x = tape.input(tensor(3, 4));
    Variable y = twice(x);
    Tensor seed = tensor(1, 1);
    tape.backward(y, seed);
    assertThatThrownBy(() -> tape.backward(y, seed)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> twice(y)).isInstanceOf(IllegalStateException.class);
    assertThat(gradient(x)).containsExactly(2, 2);
  }

  @Test
  void variablesTellTheirShape() {
    Variable x = tape.input(tensor(3, 4));
    assertThat(x.shape()).isEqualTo(ROW);
    assertThat(x.needsGradient()).isTrue();
    assertThat(tape.constant(tensor(1)).needsGradient()).isFalse();
    assertThat(tape.backend()).isSameAs(backend);
  }

  @Test
  void closingTwiceReleasesOnce() {
    Tensor kept = tensor(3, 4);
    tape.input(kept);
    tape.close();
    tape.close();
    assertThat(backend.download(kept)).containsExactly(3, 4);
  }
}
