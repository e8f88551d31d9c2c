package dev.gsig.onnx.internal.tape;

import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.tensor.Backend;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Nodes that together are one thing that the backend has primitives for, such as a layer norm as
 * exporters write it: what is recognised, and what is put on the tape in its place, in one file.
 */
@FunctionalInterface
public interface Pattern {
  /**
   * Recognises the nodes that end at one.
   *
   * @param graph what feeds what
   * @param last the last of the nodes, which depends on a path
   * @return what was recognised; null if it is something else
   */
  Match match(Graph graph, Step last);

  /**
   * Nodes that were recognised. The results of all but the last must be used by no other node.
   *
   * @param names what they are, in words; none where they only move elements about
   * @param steps the nodes
   * @param prepare makes what takes their place, with weights of a backend
   */
  record Match(List<String> names, Set<Step> steps, Function<Backend, Lowering> prepare) {
    /** One node without weights. */
    public static Match of(String name, Step step, Lowering lowering) {
      return new Match(List.of(name), Set.of(step), backend -> lowering);
    }
  }

  /** What takes the place of nodes that were recognised. */
  @FunctionalInterface
  interface Lowering {
    /**
     * Records the result of the last node, {@link Frame#put}, if that is possible with values of
     * these shapes.
     *
     * @param frame the values
     * @return whether it was possible; if not, nothing was put, and the nodes are computed one by
     *     one
     */
    boolean lower(Frame frame);
  }
}
