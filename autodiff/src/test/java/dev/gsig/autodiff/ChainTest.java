package dev.gsig.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.autodiff.op.Activate;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a chain releases, and what it keeps. */
class ChainTest {
  private final Backend backend = Backends.open("ejml");
  private final Tape tape = new Tape(backend);
  private Variable kept;

  @AfterEach
  void close() {
    tape.close();
    backend.close();
  }

  private static Variable tanh(Variable x) {
    return x.then(new Activate(Activation.TANH));
  }

  private Variable row(double... values) {
    return tape.constant(Shape.matrix(1, values.length), values);
  }

  /** Each function makes three values of half a MiB or a MiB, and reads the one before. */
  private static long bytes(String name, int functions) {
    try (Backend backend = Backends.open(name);
        Tape tape = new Tape(backend)) {
      Shape shape = Shape.matrix(256, 512);
      Variable x = tape.constant(shape, new double[shape.size()]);
      tape.chain(x, Collections.nCopies(functions, v -> tanh(tanh(tanh(v)))));
      return backend.arenaBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ejml", "simd"})
  void takesTheMemoryOfOneFunction(String name) {
    assertThat(bytes(name, 50)).isEqualTo(bytes(name, 2)).isPositive();
  }

  @Test
  void theResultAndWhatWasThereBeforeStay() {
    Variable x = row(1, 2);
    Variable before = x.then(new Add(), x);
    Variable y = tape.chain(x, List.of(v -> v.then(new Add(), before), v -> v.then(new Add(), x)));
    assertThat(y.values()).containsExactly(4, 8);
    assertThat(x.values()).containsExactly(1, 2);
    assertThat(before.values()).containsExactly(2, 4);
  }

  @Test
  void withoutFunctionsTheResultIsTheArgument() {
    Variable x = row(1, 2);
    assertThat(tape.chain(x, List.of())).isSameAs(x);
    assertThat(tape.chain(x, List.of(v -> v, v -> v))).isSameAs(x);
    assertThat(x.values()).containsExactly(1, 2);
  }

  @Test
  void aValueThatWasReleasedCannotBeRead() {
    Variable y = tape.chain(row(1, 2), List.of(v -> kept = tanh(v), ChainTest::tanh));
    assertThat(y.values()).hasSize(2);
    assertThatThrownBy(kept::value)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the value [1, 1, 2] was released");
    assertThatThrownBy(kept::values).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> tanh(kept)).isInstanceOf(IllegalStateException.class);
    assertThat(kept.shape()).isEqualTo(Shape.matrix(1, 2));
  }

  /** The rule of a product reads the constant, after the chain has gone on. */
  @Test
  void aConstantThatARecordedRuleReadsStaysAlive() {
    Variable x = tape.input(Shape.matrix(1, 2), 3, 5);
    UnaryOperator<Variable> multiplied =
        v -> {
          Variable unread = row(7, 7);
          Variable factor = row(2, 4).then(new Add(), unread);
          kept = kept == null ? factor : kept;
          return v.then(new Multiply(), factor);
        };
    Variable y = tape.chain(x, Collections.nCopies(4, multiplied));
    // what else is computed must not come to lie where the factors are
    for (int i = 0; i < 20; i++) {
      row(0, 0);
    }
    assertThat(kept.values()).containsExactly(9, 11);
    tape.backward(y, backend.upload(y.shape(), new double[] {1, 1}));
    assertThat(x.gradient()).containsExactly(Math.pow(9, 4), Math.pow(11, 4));
  }

  @Test
  void weightsStayAndAreNotHeld() {
    Tensor table = backend.upload(Shape.matrix(3, 2), new double[] {1, 2, 3, 4, 5, 6});
    Variable y =
        tape.chain(
            row(0, 0),
            Collections.nCopies(
                3, v -> v.then(new Add(), tape.weight(table).then(new Gather(new int[] {2})))));
    assertThat(y.values()).containsExactly(15, 18);
    assertThat(table.isShared()).isFalse();
    tape.close();
    assertThat(backend.download(table)).containsExactly(1, 2, 3, 4, 5, 6);
    backend.release(table);
  }

  @Test
  void aChainWithinAChainKeepsTheOuterArgument() {
    Variable y =
        tape.chain(
            row(1, 2),
            Collections.nCopies(
                3,
                outer ->
                    tape.chain(
                        outer, Collections.nCopies(4, inner -> inner.then(new Add(), outer)))));
    assertThat(y.values()).containsExactly(125, 250);
  }

  /** The tape held it once; whoever made it still does. */
  @Test
  void aConstantTensorMadeInAChainIsTheCallersAgain() {
    Tensor mine = backend.upload(Shape.matrix(1, 2), new double[] {1, 2});
    Variable y =
        tape.chain(row(0, 0), Collections.nCopies(2, v -> v.then(new Add(), tape.constant(mine))));
    assertThat(y.values()).containsExactly(2, 4);
    assertThat(mine.isShared()).isFalse();
    assertThat(backend.download(mine)).containsExactly(1, 2);
  }

  /** Saved values are gone at once, and the rule is never asked. */
  private static final class Saving implements Operation {
    private int released;

    @Override
    public Tensor forward(Backend backend, Tensor[] x) {
      return x[0].retain();
    }

    @Override
    public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
      throw new AssertionError("there is no gradient to be had");
    }

    @Override
    public void release(Backend backend) {
      released++;
    }
  }

  @Test
  void whatAnOperationSavedIsReleasedOnce() {
    Saving saving = new Saving();
    Variable y = row(1, 2).then(saving);
    assertThat(saving.released).isOne();
    tape.backward(y, backend.upload(y.shape(), new double[] {1, 1}));
    assertThat(y.values()).containsExactly(1, 2);
    tape.close();
    assertThat(saving.released).isOne();
  }
}
