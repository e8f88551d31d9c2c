package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.GruCell;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.Gru;
import dev.gsig.transformer.config.GruRead;
import dev.gsig.transformer.config.Positions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A one-layer bidirectional GRU with PyTorch's weights ({@code gru.weight_ih_l0}, ...), read at the
 * last position or as the final states of both directions. Shared by threads.
 */
final class BidirectionalGru {
  private record Direction(LinearWeights input, LinearWeights hidden) {}

  private final Gru config;
  private final Direction forward;
  private final Direction reverse;

  BidirectionalGru(Gru config, Weights weights, Backend backend) {
    this.config = config;
    forward = direction(weights, backend, "");
    reverse = direction(weights, backend, "_reverse");
  }

  private static Direction direction(Weights weights, Backend backend, String suffix) {
    return new Direction(
        weights.linear(
            backend, List.of("gru.weight_ih_l0" + suffix), List.of("gru.bias_ih_l0" + suffix)),
        weights.linear(
            backend, List.of("gru.weight_hh_l0" + suffix), List.of("gru.bias_hh_l0" + suffix)));
  }

  /** {@code [B, L, d]} to {@code [1, B, 2*hidden]}: forward, then reverse. */
  Variable apply(Tape tape, Variable x, int[] lengths) {
    int[] last = lengths.clone();
    if (config.over() == Positions.ALL) {
      Arrays.fill(last, x.shape().rows());
    }
    Variable ahead = run(tape, x, last, forward, false);
    // at the last position the reverse direction has read nothing but that position
    Variable back =
        config.read() == GruRead.LAST_POSITION
            ? readLast(tape, x, last)
            : run(tape, x, last, reverse, true);
    return tape.apply(new Concatenate(), ahead, back);
  }

  private Variable run(Tape tape, Variable x, int[] lengths, Direction d, boolean backwards) {
    int longest = Arrays.stream(lengths).max().orElseThrow();
    Variable gates = tape.apply(new Linear(d.input), x);
    List<UnaryOperator<Variable>> steps = new ArrayList<>();
    for (int step = 0; step < longest; step++) {
      int position = backwards ? longest - 1 - step : step;
      steps.add(state -> step(tape, gates, position, state, d, lengths));
    }
    return tape.chain(initialState(tape, lengths.length), steps);
  }

  private static Variable step(
      Tape tape, Variable gates, int position, Variable state, Direction d, int[] lengths) {
    int[] rows = new int[lengths.length];
    Arrays.fill(rows, position);
    boolean[] active = new boolean[lengths.length];
    for (int b = 0; b < active.length; b++) {
      active[b] = position < lengths[b];
    }
    Variable now = tape.apply(Gather.ofItems(gates.shape(), rows), gates);
    return step(tape, now, state, d, active);
  }

  private Variable readLast(Tape tape, Variable x, int[] lengths) {
    int[] rows = Arrays.stream(lengths).map(n -> n - 1).toArray();
    boolean[] active = new boolean[lengths.length];
    Arrays.fill(active, true);
    Variable row = tape.apply(Gather.ofItems(x.shape(), rows), x);
    Variable gates = tape.apply(new Linear(reverse.input), row);
    return step(tape, gates, initialState(tape, lengths.length), reverse, active);
  }

  private static Variable step(
      Tape tape, Variable inputGates, Variable state, Direction d, boolean[] active) {
    Variable hiddenGates = tape.apply(new Linear(d.hidden), state);
    return tape.apply(new GruCell(active), inputGates, hiddenGates, state);
  }

  private Variable initialState(Tape tape, int items) {
    Backend backend = tape.backend();
    Tensor zero = backend.allocate(Shape.matrix(items, config.hiddenSize()));
    backend.fill(zero, 0);
    Variable state = tape.constant(zero);
    backend.release(zero);
    return state;
  }
}
