package dev.gsig.onnx.internal.fuse;

import dev.gsig.onnx.internal.tape.Pattern;
import java.util.List;

/** All that is recognised, what is larger before what it consists of. */
public final class Patterns {
  /** Every pattern. */
  public static final List<Pattern> ALL =
      List.of(
          new Movement(),
          new Attentions(),
          new AttentionOperators(),
          new Norms(),
          new Activations(),
          new LinearLayers(),
          new Rotations(),
          new RotaryOperators(),
          new Arithmetic(),
          new Products(),
          new Softmaxes(),
          new Means(),
          new Joins());

  private Patterns() {}
}
