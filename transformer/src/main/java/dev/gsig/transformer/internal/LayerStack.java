package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.transformer.internal.Sight.Outlook;
import dev.gsig.transformer.internal.Sight.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Layers one behind the other, each with its outlook, so that local and global ones can alternate,
 * and a norm behind the last. Shared by threads.
 *
 * @param outlooks one for each layer
 * @param norm null for none
 */
record LayerStack(List<Layer> layers, List<Outlook> outlooks, NormWeights norm) {
  /**
   * {@code [B, L, d]} to the same shape; to {@code [1, B, d]} where one row of each item is all
   * that is read, which the last layer then computes alone.
   *
   * @param only that row of each item; null for all rows
   */
  Variable apply(Tape tape, Variable x, Rows batch, int[] only) {
    List<UnaryOperator<Variable>> chain = new ArrayList<>();
    Map<Outlook, Sight> shared = new HashMap<>();
    int last = layers.size() - 1;
    for (int n = 0; n <= last; n++) {
      Layer layer = layers.get(n);
      Outlook outlook = outlooks.get(n);
      Sight sight =
          n == last && only != null
              ? Sight.of(tape, outlook, batch, only)
              : shared.computeIfAbsent(outlook, o -> Sight.of(tape, o, batch, null));
      chain.add(rows -> layer.apply(tape, rows, sight));
    }
    Variable y = tape.chain(x, chain);
    if (layers.isEmpty() && only != null) {
      y = tape.apply(Gather.ofItems(y.shape(), only), y);
    }
    return norm == null ? y : tape.apply(new Norm(norm), y);
  }
}
