package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Dropout;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.Multiply;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend.LinearWeights;

/**
 * The feed-forward part of a layer, {@code out(act(in(x)))}; or gated, {@code out(act(in(x)) *
 * times(x))}, which is SwiGLU, GeGLU or ReGLU as act is silu, gelu or relu (Shazeer 2020).
 *
 * @param times null where it is not gated
 */
record FeedForward(Activation act, LinearWeights in, LinearWeights times, LinearWeights out) {
  /** {@code [B, L, d]} to the same shape. */
  Variable apply(Tape tape, Variable x) {
    Variable hidden = tape.apply(new Dense(in, act), x);
    if (times != null) {
      hidden = tape.apply(new Multiply(), hidden, tape.apply(new Linear(times), x));
    }
    return Dropout.on(tape, tape.apply(new Linear(out), hidden));
  }
}
