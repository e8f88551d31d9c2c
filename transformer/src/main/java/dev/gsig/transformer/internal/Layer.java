package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.tensor.Backend.NormWeights;

/**
 * One layer of an encoder or a decoder: attention a and feed-forward f, each with a norm. Shared by
 * threads.
 *
 * @param residual false where {@code x +} is left out of what the order says
 * @param attentionNorm null for none
 * @param feedForwardNorm null for none; in a parallel layer for that of attention, whose result
 *     both take
 */
record Layer(
    Order order,
    boolean residual,
    NormWeights attentionNorm,
    SelfAttention attention,
    NormWeights feedForwardNorm,
    FeedForward feedForward) {
  /** Where the norms N and M are. */
  enum Order {
    /** {@code x = N(x + a(x))}, then {@code x = M(x + f(x))}. */
    POST_NORM,
    /** {@code x = x + a(N(x))}, then {@code x = x + f(M(x))}. */
    PRE_NORM,
    /** {@code x = x + a(N(x)) + f(M(x))} (GPT-J, GPT-NeoX). */
    PARALLEL
  }

  /**
   * {@code [B, L, d]} to the same shape; to {@code [1, B, d]} where one row of each item asks: keys
   * and values of all rows, but everything behind them for one.
   */
  Variable apply(Tape tape, Variable x, Sight sight) {
    Variable rows = asking(tape, x, sight);
    if (order == Order.POST_NORM) {
      Variable middle = normSum(tape, attentionNorm, attention.apply(tape, rows, x, sight), rows);
      return normSum(tape, feedForwardNorm, feedForward.apply(tape, middle), middle);
    }
    Variable keys = norm(tape, attentionNorm, x);
    Variable queries = keys == x ? rows : asking(tape, keys, sight);
    Variable attended = plus(tape, rows, attention.apply(tape, queries, keys, sight));
    if (order == Order.PRE_NORM) {
      Variable fed = feedForward.apply(tape, norm(tape, feedForwardNorm, attended));
      return plus(tape, attended, fed);
    }
    Variable fed =
        feedForward.apply(
            tape, feedForwardNorm == null ? queries : norm(tape, feedForwardNorm, rows));
    return tape.apply(new Add(), attended, fed);
  }

  private static Variable asking(Tape tape, Variable x, Sight sight) {
    return sight.only() == null ? x : tape.apply(Gather.ofItems(x.shape(), sight.only()), x);
  }

  private static Variable norm(Tape tape, NormWeights norm, Variable x) {
    return norm == null ? x : tape.apply(new Norm(norm), x);
  }

  private Variable plus(Tape tape, Variable x, Variable f) {
    return residual ? tape.apply(new Add(), x, f) : f;
  }

  private Variable normSum(Tape tape, NormWeights norm, Variable f, Variable x) {
    return norm != null && residual
        ? tape.apply(new Norm(norm), f, x)
        : norm(tape, norm, plus(tape, x, f));
  }
}
