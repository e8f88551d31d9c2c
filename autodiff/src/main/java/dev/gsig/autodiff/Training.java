package dev.gsig.autodiff;

import dev.gsig.autodiff.op.Dropout;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What training adds to a {@link Tape}: sums of the gradients with respect to weights, and dropout.
 * A tape without it, as explanations use, computes neither. Belongs to the thread of its backend.
 */
public final class Training implements AutoCloseable {
  private final Backend backend;
  private final double dropout;
  private final SplittableRandom seeds;
  private final IdentityHashMap<Object, Map<Integer, GradientSlot>> sums = new IdentityHashMap<>();

  /**
   * Training of one batch.
   *
   * @param dropout share of the activations that {@link Dropout} sets to 0, from 0 to below 1
   * @param seed decides which
   */
  public Training(Backend backend, double dropout, long seed) {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be from 0 to below 1, but is " + dropout);
    }
    this.backend = backend;
    this.dropout = dropout;
    this.seeds = new SplittableRandom(seed);
  }

  /** Share of the activations that are set to 0. */
  public double dropout() {
    return dropout;
  }

  /** A seed for the next operation that draws; the same on every run. */
  public long nextSeed() {
    return seeds.nextLong();
  }

  /**
   * Where the gradient of a part of some weights adds up.
   *
   * @param weights what an operation computes with, by identity
   * @param part 0 for the weight, gamma or table, 1 for the bias or beta
   * @param shape of the gradient
   */
  public GradientSlot sum(Object weights, int part, Shape shape) {
    return sums.computeIfAbsent(weights, w -> new TreeMap<>())
        .computeIfAbsent(part, p -> new GradientSlot(backend, shape, true));
  }

  /**
   * The gradient of a part of some weights after {@link Tape#backward}; stays this object's.
   *
   * @param weights what the operations computed with, by identity
   * @param part 0 for the weight, gamma or table, 1 for the bias or beta
   * @return {@code [1, outputs, inputs]} of a linear weight, {@code [1, 1, d]} of a bias, gamma or
   *     beta, {@code [1, entries, d]} of a table; null if no operation of the tape used it
   */
  public Tensor gradient(Object weights, int part) {
    Map<Integer, GradientSlot> parts = sums.get(weights);
    return parts == null || parts.get(part) == null ? null : parts.get(part).sum();
  }

  /** Releases the gradients. */
  @Override
  public void close() {
    sums.values().forEach(parts -> parts.values().forEach(GradientSlot::release));
  }
}
