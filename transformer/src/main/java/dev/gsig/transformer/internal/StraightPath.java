package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.LinearWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A straight path {@code x(a) = start + a (end - start)} through what one patient's encoder starts
 * from. Projections of x are straight paths too: {@code W x(a) + b} is computed at the two ends and
 * interpolated, and its gradients are summed over the steps before they go back through W, once:
 * {@code sum_k w_k W^T g_k = W^T sum_k w_k g_k}.
 *
 * <p>Made and closed on the thread of its backend; steps and gradients are computed on that of the
 * tape, and may be on several at the same time.
 */
public final class StraightPath implements AutoCloseable {
  /** A quantity that is linear in the path, and its leaf; weights null for the point itself. */
  private record Part(
      Function<Steps, Variable> leaf, LinearWeights weights, Tensor start, Tensor end) {}

  private final Backend backend;
  private final Shape shape;
  private final Part point;
  private final Part query;
  private final Part keyValue;
  private final List<Part> parts = new ArrayList<>();

  /**
   * Some steps on a path.
   *
   * @param alphas their coefficients a
   */
  public record Stretch(StraightPath path, double[] alphas) {}

  /**
   * Steps on one path or on several, as leaves of a tape; null where the model needs none.
   *
   * @param point x itself, {@code [B, L, d]}
   * @param query the first layer's queries
   * @param keyValue the first layer's keys and values
   */
  public record Steps(Variable point, Variable query, Variable keyValue) {}

  /**
   * A path; does not take over the tensors.
   *
   * @param start {@code [1, L, d]}
   * @param end the same shape
   * @param needsPoint whether x itself is read
   * @param query weights of a projection, or null
   * @param keyValue weights of another, or null
   */
  StraightPath(
      Backend backend,
      Tensor start,
      Tensor end,
      boolean needsPoint,
      LinearWeights query,
      LinearWeights keyValue) {
    this.backend = backend;
    shape = start.shape();
    point = needsPoint ? add(new Part(Steps::point, null, start.retain(), end.retain())) : null;
    this.query = query == null ? null : projection(Steps::query, query, start, end);
    this.keyValue = keyValue == null ? null : projection(Steps::keyValue, keyValue, start, end);
  }

  private Part add(Part part) {
    parts.add(part);
    return part;
  }

  private Part projection(
      Function<Steps, Variable> leaf, LinearWeights weights, Tensor start, Tensor end) {
    return add(new Part(leaf, weights, projected(weights, start), projected(weights, end)));
  }

  private Tensor projected(LinearWeights weights, Tensor x) {
    return new Linear(weights).forward(backend, new Tensor[] {x});
  }

  /**
   * Puts steps on a tape: those of the first stretch, then those of the next.
   *
   * @param stretches of paths through the same model, with as many positions
   * @param needsGradient whether {@link #gradient} or {@link #newSum} will be asked for
   */
  public static Steps steps(Tape tape, List<Stretch> stretches, boolean needsGradient) {
    return new Steps(
        leaf(tape, stretches, path -> path.point, needsGradient),
        leaf(tape, stretches, path -> path.query, needsGradient),
        leaf(tape, stretches, path -> path.keyValue, needsGradient));
  }

  private static Variable leaf(
      Tape tape, List<Stretch> stretches, Function<StraightPath, Part> of, boolean needsGradient) {
    Part any = of.apply(stretches.get(0).path);
    if (any == null) {
      return null;
    }
    Backend backend = tape.backend();
    int items = stretches.stream().mapToInt(s -> s.alphas.length).sum();
    Tensor x = backend.allocate(any.start.shape().withBatch(items));
    int first = 0;
    for (Stretch s : stretches) {
      Part part = of.apply(s.path);
      backend.lerp(part.start, part.end, s.alphas, x, first);
      first += s.alphas.length;
    }
    Variable leaf = needsGradient ? tape.input(x) : tape.constant(x);
    backend.release(x);
    return leaf;
  }

  /**
   * The gradient with respect to x at each step, {@code [B, L, d]}, of this path and of others that
   * are on the tape with it. The caller releases it.
   *
   * @param tape after its backward sweep
   */
  public Tensor gradient(Tape tape, Steps steps) {
    if (parts.size() == 1 && point != null) {
      return tape.gradient(steps.point()).retain();
    }
    Tensor[] gradients = new Tensor[parts.size()];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = tape.gradient(parts.get(i).leaf.apply(steps));
    }
    Tensor g = tape.backend().allocate(shape.withBatch(gradients[0].shape().batch()));
    join(tape.backend(), gradients, g);
    return g;
  }

  /** {@code g = g_point + sum over projections of W^T g_projection}. */
  private void join(Backend backend, Tensor[] gradients, Tensor g) {
    for (int i = 0; i < gradients.length; i++) {
      LinearWeights weights = parts.get(i).weights;
      if (weights == null) {
        backend.copy(gradients[i], g);
      } else {
        backend.linearBackward(gradients[i], weights, g, i > 0);
      }
    }
  }

  /** A sum of gradients over steps, empty. */
  public GradientSum newSum() {
    return new GradientSum();
  }

  /**
   * {@code sum_k w_k g_k} of the gradients with respect to x. Computes on the backend that it is
   * given, the tape's, so that threads may add to it one after the other.
   */
  public final class GradientSum implements AutoCloseable {
    private final Tensor[] sums = new Tensor[parts.size()];

    private GradientSum() {
      for (int i = 0; i < sums.length; i++) {
        sums[i] = backend.allocate(parts.get(i).start.shape());
      }
      clear(backend);
    }

    /** Adds the items {@code from} to {@code to - 1} of the steps, in this order. */
    public void add(Tape tape, Steps steps, double[] weights, int from, int to) {
      for (int i = 0; i < sums.length; i++) {
        Tensor gradients = tape.gradient(parts.get(i).leaf.apply(steps));
        tape.backend().addWeighted(gradients, weights, from, to, sums[i]);
      }
    }

    /** Writes the sum, {@code [1, L, d]}. */
    public void writeTo(Backend backend, Tensor g) {
      join(backend, sums, g);
    }

    /** Starts again from zero. */
    public void clear(Backend backend) {
      for (Tensor sum : sums) {
        backend.fill(sum, 0);
      }
    }

    @Override
    public void close() {
      for (Tensor sum : sums) {
        backend.release(sum);
      }
    }
  }

  @Override
  public void close() {
    for (Part part : parts) {
      backend.release(part.start);
      backend.release(part.end);
    }
    parts.clear();
  }
}
