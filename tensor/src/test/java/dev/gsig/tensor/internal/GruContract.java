package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** {@link Backend#gruCell} and its gradient. */
interface GruContract extends ContractCase {
  @Test
  default void gruCellAtAllSizes() {
    for (int i = 0; i < SIZES.length; i++) {
      for (int hidden : new int[] {1, 3, 16, 65}) {
        int items = SIZES[i];
        boolean[] active = new boolean[items];
        for (int b = 0; b < items; b++) {
          active[b] = b % 3 != 1;
        }
        checkGru(hidden, active, 2);
      }
    }
  }

  @Test
  default void gruCellOfSaturatedGates() {
    checkGru(7, new boolean[] {true, false, true}, 1e4);
    checkGru(7, new boolean[] {true, false, true}, 1e30);
  }

  @Test
  default void gruCellOfNobody() {
    checkGru(13, new boolean[17], 1);
  }

  private void checkGru(int hidden, boolean[] active, double largest) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    Shape stateShape = Shape.matrix(active.length, hidden);
    Shape gateShape = stateShape.withCols(3 * hidden);
    String what = stateShape + " up to " + largest;
    double[] input = bench.values(gateShape.size(), largest);
    double[] hiddenGates = bench.values(gateShape.size(), 2);
    double[] state = bench.values(stateShape.size());
    double[] gy = bench.values(stateShape.size());
    Reference.Gru expected = Reference.gruCell(hidden, input, hiddenGates, state, active);
    Tensor ti = bench.input(gateShape, input);
    Tensor th = bench.input(gateShape, hiddenGates);
    Tensor ts = bench.input(stateShape, state);
    Tensor y = bench.output(stateShape);
    Tensor gates = bench.output(gateShape);
    backend.gruCell(ti, th, ts, active, y, gates);
    bench.assertClose("y " + what, y, expected.y());
    double[] found = backend.download(y);
    for (int b = 0; b < active.length; b++) {
      for (int c = 0; c < hidden && !active[b]; c++) {
        org.assertj.core.api.Assertions.assertThat(found[b * hidden + c])
            .as("state of inactive item %d", b)
            .isEqualTo(state[b * hidden + c]);
      }
    }

    Reference.GruGradient g =
        Reference.gruCellBackward(hidden, gy, hiddenGates, state, active, expected.gates());
    Tensor gInput = bench.output(gateShape);
    Tensor gHidden = bench.output(gateShape);
    Tensor gState = bench.output(stateShape);
    backend.gruCellBackward(
        bench.input(stateShape, gy), th, ts, active, gates, gInput, gHidden, gState);
    bench.assertClose("input gate gradient " + what, gInput, g.gInputGates());
    bench.assertClose("hidden gate gradient " + what, gHidden, g.gHiddenGates());
    bench.assertClose("state gradient " + what, gState, g.gState());
    bench.assertSame("input gates", ti, input);
    bench.assertSame("hidden gates", th, hiddenGates);
    bench.assertSame("state", ts, state);
  }
}
