package dev.gsig.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;

/**
 * The primitives of the numeric core on backend-owned buffers, each with its gradient beside it.
 *
 * <p>A backend instance is confined to one thread and owns an arena; {@link #fork} gives another
 * thread its own instance over the same weights. Host data are {@code double} in row-major order.
 * {@code B} is the batch, {@code L} the rows (positions) and {@code d} the columns (features) of a
 * tensor. Outputs named {@code y}, {@code gx}, ... are modified, everything else is not. Where a
 * gradient takes {@code accumulate}, true adds to what {@code gx} holds and false overwrites it.
 * Shapes that do not fit are a programming error: {@link IllegalArgumentException}.
 */
public interface Backend extends AutoCloseable {
  /** Name as on the command line, for example {@code simd}. */
  String name();

  /** One line for people: precision, kernels, and why these were chosen. */
  String description();

  /** Decimal digits of a result that this precision supports, for printing. */
  int significantDigits();

  /**
   * A new instance for another thread, sharing nothing but immutable weights and constants. Tensors
   * of this instance that forks read are its own: it is to be closed after them.
   *
   * @throws IllegalStateException if this instance is closed
   */
  Backend fork();

  /**
   * Frees the arena, released or not. Neither this instance nor its tensors can be used afterwards;
   * closing it again does nothing.
   */
  @Override
  void close();

  /**
   * How many items a batch should have; no number changes a result.
   *
   * @param elementsPerItem elements of all tensors that are held for an item at once, roughly
   * @return at least 1
   */
  default int advisedBatch(long elementsPerItem) {
    // A small model's activations stay in the processor's cache: about 4 MiB of floats. A large
    // model's do not, and then a few items at once cost less for each, unless they fill the heap.
    long each = Math.max(1, elementsPerItem);
    long inCache = Math.max(4, Math.min(16, (1L << 20) / each));
    long inHeap = Runtime.getRuntime().maxMemory() / (2 * Float.BYTES) / each;
    return (int) Math.max(1, Math.min(inCache, inHeap));
  }

  /**
   * Whether a large batch keeps the whole device busy. If not, it takes one core, and several
   * threads, each with a fork, are done earlier than one. No answer changes a result.
   */
  default boolean isParallel() {
    return false;
  }

  // ---- memory

  /**
   * A tensor with undefined contents and one holder.
   *
   * @throws DeviceMemoryException if the device that computes, or the heap, has no memory left for
   *     it
   * @throws IllegalStateException if this instance is closed
   */
  Tensor allocate(Shape shape);

  /** Drops one holder; the last one returns the storage to the arena. */
  void release(Tensor t);

  /**
   * Runs a part of a computation that may be given up, for want of memory say. If it throws, the
   * tensors that it made and that still have a holder are gone, and their storage is free.
   *
   * @return what the part returns; its tensors are then kept
   */
  <T> T attempt(Supplier<T> part);

  /**
   * Bytes that this instance's arena holds, in use or ready for reuse: at most an eighth more than
   * were ever in use at the same time, or 8 MiB.
   */
  long arenaBytes();

  /**
   * A new tensor with the given contents, rounded to this backend's precision.
   *
   * @param rowMajor {@code [B, L, d]} values; there may be more, which are not read
   */
  Tensor upload(Shape shape, double[] rowMajor);

  /** The contents in row-major order, exact. */
  default double[] download(Tensor t) {
    double[] rowMajor = new double[t.shape().size()];
    download(t, rowMajor);
    return rowMajor;
  }

  /**
   * Writes the contents in row-major order, exact.
   *
   * @param rowMajor at least {@code B L d} long; what lies behind them is kept
   */
  void download(Tensor t, double[] rowMajor);

  /** A new tensor of {@code f} of every element of {@code x}, computed on the host in float64. */
  default Tensor map(Tensor x, DoubleUnaryOperator f) {
    double[] values = download(x);
    Arrays.setAll(values, i -> f.applyAsDouble(values[i]));
    return upload(x.shape(), values);
  }

  /**
   * Overwrites the contents, rounded to this backend's precision.
   *
   * @param rowMajor {@code [B, L, d]} values; there may be more, which are not read
   */
  default void write(Tensor y, double[] rowMajor) {
    Tensor values = upload(y.shape(), rowMajor);
    copy(values, y);
    release(values);
  }

  /** Sets every element of {@code y} to {@code value}. */
  void fill(Tensor y, double value);

  /** {@code y = x}, same shape. */
  void copy(Tensor x, Tensor y);

  // ---- linear layers

  /**
   * Weight {@code W [outputs, inputs]} and bias {@code b [outputs]} of a linear layer, stored as
   * its backend likes them. Shared by all forks of the backend; {@link #update(LinearWeights,
   * double[], double[])} alone changes them.
   */
  abstract class LinearWeights {
    private final int outputs;
    private final int inputs;
    private final boolean hasBias;

    /** Creates weights of the given size. */
    protected LinearWeights(int outputs, int inputs, boolean hasBias) {
      this.outputs = outputs;
      this.inputs = inputs;
      this.hasBias = hasBias;
    }

    /** False if it was made without a bias. */
    public final boolean hasBias() {
      return hasBias;
    }

    /** Number of output features. */
    public final int outputs() {
      return outputs;
    }

    /** Number of input features. */
    public final int inputs() {
      return inputs;
    }
  }

  /**
   * Prepares a linear layer.
   *
   * @param weight {@code [outputs, inputs]} row-major, as PyTorch's {@code Linear} stores it
   * @param bias {@code [outputs]}, or null for none
   */
  LinearWeights linearWeights(int outputs, int inputs, double[] weight, double[] bias);

  /**
   * Gives a linear layer other values, as if it were made anew. Nothing may compute with it
   * meanwhile, on this backend or another fork.
   *
   * @param weight as in {@link #linearWeights}
   * @param bias as in {@link #linearWeights}; null if and only if it was null there
   */
  void update(LinearWeights w, double[] weight, double[] bias);

  /** {@code y[.., o] = b[o] + sum_i W[o, i] x[.., i]} for each row. */
  void linear(Tensor x, LinearWeights w, Tensor y);

  /**
   * {@code y = act(z)} and, unless null, {@code derivative = act'(z)} of {@code z[.., o] = b[o] +
   * sum_i W[o, i] x[.., i]}: the same bits as {@link #linear(Tensor, LinearWeights, Tensor)} and
   * {@link #activation} one after the other, in one pass over y.
   */
  default void linear(Tensor x, LinearWeights w, Activation act, Tensor y, Tensor derivative) {
    linear(x, w, y);
    activation(act, y, y, derivative);
  }

  /** {@code gx[.., i] (+)= sum_o W[o, i] gy[.., o]}. */
  void linearBackward(Tensor gy, LinearWeights w, Tensor gx, boolean accumulate);

  // ---- elementwise

  /**
   * {@code y = act(x)} and, unless null, {@code derivative = act'(x)}. {@code y} may be {@code x}.
   */
  void activation(Activation act, Tensor x, Tensor y, Tensor derivative);

  /** {@code y (+)= a * b}, elementwise. Without accumulation {@code y} may be {@code a}. */
  void multiply(Tensor a, Tensor b, Tensor y, boolean accumulate);

  /**
   * {@code y = a + b}; {@code b} may have batch 1 and is then added to every item. {@code y} may be
   * {@code a}.
   */
  void add(Tensor a, Tensor b, Tensor y);

  /** {@code y[.., yCol + c] (+)= x[.., xCol + c]} for {@code c < count}, same batch and rows. */
  void copyColumns(Tensor x, int xCol, Tensor y, int yCol, int count, boolean accumulate);

  // ---- rotary positions

  /**
   * Which features {@link #rotate} turns: pairs within each head, beside each other or half of what
   * is turned apart. Features of a head that are in no pair, and columns behind the heads, stay.
   *
   * @param heads number of heads
   * @param headSize width of each head
   * @param pairs of each head, the first {@code 2 pairs} of its features
   * @param interleaved whether pair i is features 2i and 2i + 1 (RoFormer, GPT-J), not i and i +
   *     pairs (GPT-NeoX, Llama)
   */
  record Rotation(int heads, int headSize, int pairs, boolean interleaved) {
    public Rotation {
      if (heads < 1 || pairs < 1 || headSize < 2 * pairs) {
        throw new IllegalArgumentException(
            pairs + " pairs in each of " + heads + " heads of " + headSize + " features");
      }
    }

    /** Width of all heads together. */
    public int width() {
      return heads * headSize;
    }

    /** From a pair's first feature to that of the next pair. */
    public int step() {
      return interleaved ? 2 : 1;
    }

    /** From a pair's first feature to its second. */
    public int apart() {
      return interleaved ? 1 : pairs;
    }
  }

  /**
   * Turns pairs of features (p, q) by an angle of their own in each row, as rotary positions do (Su
   * et al. 2021, RoFormer, equation 34): {@code y_p = cos x_p - sin x_q}, {@code y_q = cos x_q +
   * sin x_p}; {@code y} may be {@code x}.
   *
   * @param turns {@code [B, L, 2*pairs]}, or with batch 1 for all items: of each row the cosines of
   *     its angles, pair by pair, then their sines; the heads share them
   * @param transposed true for the gradient: by the negative angles
   */
  void rotate(Rotation rotation, Tensor x, Tensor turns, boolean transposed, Tensor y);

  // ---- products of two tensors, transposes, softmax

  /**
   * {@code y (+)= op(a) op(b)} item by item, {@code op(x)} being x or its transpose. Where a or b
   * has batch 1 it serves every item; where y alone has, it is the sum over the items.
   *
   * @param a op(a) is {@code [.., n, k]}
   * @param b op(b) is {@code [.., k, m]}
   * @param y {@code [.., n, m]}, neither a nor b
   */
  void matmul(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor y, boolean accumulate);

  /** {@code y[b, c, r] = x[b, r, c]}; y is not x. */
  void transpose(Tensor x, Tensor y);

  /** {@code y[.., c] = exp(x[.., c]) / sum_j exp(x[.., j])} for each row; {@code y} may be x. */
  void softmax(Tensor x, Tensor y);

  /** {@code y[.., c] = x[.., c] - log(sum_j exp(x[.., j]))} for each row; {@code y} may be x. */
  void logSoftmax(Tensor x, Tensor y);

  // ---- layer norm, root-mean-square norm

  /**
   * Scale {@code gamma [size]}, shift {@code beta [size]} or none, and {@code epsilon} of a layer
   * norm or a root-mean-square norm, stored as its backend likes them. Shared by all forks of the
   * backend; {@link #update(NormWeights, double[], double[])} alone changes them.
   */
  abstract class NormWeights {
    private final int size;
    private final boolean centred;
    private final boolean hasBias;

    /**
     * Creates weights for {@code size} features.
     *
     * @param centred whether rows are made to have mean 0: layer norm
     * @param hasBias whether there is a beta
     */
    protected NormWeights(int size, boolean centred, boolean hasBias) {
      this.size = size;
      this.centred = centred;
      this.hasBias = hasBias;
    }

    /** Number of features. */
    public final int size() {
      return size;
    }

    /** True of a layer norm, false of a root-mean-square norm. */
    public final boolean isCentred() {
      return centred;
    }

    /** Whether there is a beta. */
    public final boolean hasBias() {
      return hasBias;
    }
  }

  /**
   * Prepares a layer norm.
   *
   * @param gamma {@code [d]}
   * @param beta {@code [d]}, or null for none
   */
  default NormWeights normWeights(double[] gamma, double[] beta, double epsilon) {
    return normWeights(true, gamma, beta, epsilon);
  }

  /**
   * Prepares a norm.
   *
   * @param centred true for a layer norm (Ba, Kiros and Hinton 2016), false for a root-mean-square
   *     norm (Zhang and Sennrich 2019), which leaves the mean where it is
   * @param gamma {@code [d]}
   * @param beta {@code [d]}, or null for none
   */
  NormWeights normWeights(boolean centred, double[] gamma, double[] beta, double epsilon);

  /**
   * Gives a norm other values of gamma and beta, as if it were made anew with the same epsilon.
   * Nothing may compute with it meanwhile, on this backend or another fork.
   *
   * @param beta null if and only if it was null there
   */
  void update(NormWeights w, double[] gamma, double[] beta);

  /**
   * With {@code s = x + residual} per row, mean m and biased variance v over the features: {@code
   * normalized = (s - m) / sqrt(v + epsilon)}, {@code y = gamma * normalized + beta}. Where the
   * norm is not centred, m is 0 and v the mean of the squares.
   *
   * @param residual same shape as x, or null
   * @param normalized saved for the gradient, same shape as x
   * @param reciprocalDeviation saved for the gradient, {@code [B, L, 1]}: 1 / sqrt(v + epsilon)
   */
  void layerNorm(
      Tensor x,
      Tensor residual,
      NormWeights w,
      Tensor y,
      Tensor normalized,
      Tensor reciprocalDeviation);

  /**
   * Gradient with respect to {@code s}, which is that of {@code x} and that of {@code residual}:
   * with {@code u = gamma * gy}, {@code gs = (u - mean(u) - normalized * mean(u * normalized)) *
   * reciprocalDeviation}, without {@code mean(u)} where the norm is not centred. {@code gs} may be
   * {@code gy}.
   */
  void layerNormBackward(
      Tensor gy, NormWeights w, Tensor normalized, Tensor reciprocalDeviation, Tensor gs);

  // ---- attention

  /**
   * What scaled dot-product attention needs to know besides its tensors.
   *
   * @param heads number of heads
   * @param keyValueHeads number of heads that the keys and the values have: a divisor of {@code
   *     heads}, each serving as many heads in turn (Ainslie et al. 2023, grouped queries)
   * @param headSize width of each head
   * @param scale factor on the scores before masking, usually {@code 1/sqrt(headSize)}
   * @param maskValue added to the scaled score of a masked key; negative infinity removes the key
   * @param slopes of each head, by how much a score falls for each position between query and key
   *     (Press et al. 2022, ALiBi); none if empty
   */
  record AttentionSpec(
      int heads,
      int keyValueHeads,
      int headSize,
      double scale,
      double maskValue,
      List<Double> slopes) {
    /** Each head with keys and values of its own, and no slopes. */
    public AttentionSpec(int heads, int headSize, double scale, double maskValue) {
      this(heads, heads, headSize, scale, maskValue, List.of());
    }

    public AttentionSpec {
      if (heads < 1 || headSize < 1) {
        throw new IllegalArgumentException("heads and head size must be positive");
      }
      if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
        throw new IllegalArgumentException(
            keyValueHeads + " heads of keys and values do not divide " + heads + " heads");
      }
      slopes = List.copyOf(slopes);
      if (!slopes.isEmpty() && slopes.size() != heads) {
        throw new IllegalArgumentException(slopes.size() + " slopes for " + heads + " heads");
      }
      if (!slopes.stream().allMatch(Double::isFinite)) {
        throw new IllegalArgumentException("slopes must be finite");
      }
      if (!Double.isFinite(scale)) {
        throw new IllegalArgumentException("scale must be finite");
      }
      if (Double.isNaN(maskValue) || maskValue == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("mask value must be finite or negative infinity");
      }
    }

    /** Width of all heads together. */
    public int width() {
      return heads * headSize;
    }

    /** Width of the keys of all their heads, which is that of the values. */
    public int keyWidth() {
      return keyValueHeads * headSize;
    }

    /** How many heads share keys and values. */
    public int group() {
      return heads / keyValueHeads;
    }

    /** By how much a score of this head falls for each position between; 0 without slopes. */
    public double slope(int head) {
      return slopes.isEmpty() ? 0 : slopes.get(head);
    }

    /** True when masked keys take no part at all, so that they need not be computed. */
    public boolean removesMaskedKeys() {
      return maskValue == Double.NEGATIVE_INFINITY;
    }

    /**
     * Shape of probabilities, for a backend that keeps them: {@code [batch*heads, queries, keys
     * rounded up to 16]}.
     */
    public Shape probabilities(Shape query, Shape keyValue) {
      return new Shape(query.batch() * heads, query.rows(), (keyValue.rows() + 15) / 16 * 16);
    }
  }

  /**
   * Multi-head scaled dot-product attention. Key {@code j} of item {@code b} is masked when it is
   * padding: {@code p = softmax_j(scale * q k_j + (masked ? maskValue : 0) - slope |position -
   * j|)}, {@code y = sum_j p_j v_j}, head by head; keys outside a query's range take no part in it.
   *
   * @param query {@code [B, Lq, heads*headSize]}
   * @param keyValue {@code [B, Lk, 2*keyValueHeads*headSize]}: keys, then values
   * @param mask of B items with 1 to Lk keys, and of Lq queries each if it is ranged; ranges and
   *     slopes go with the removal of masked keys only
   * @param y {@code [B, Lq, heads*headSize]}
   * @param saved saved for the gradient, of the shape that {@link #savedByAttention} tells
   */
  void attention(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor y,
      Tensor saved);

  /**
   * {@link #attention(AttentionSpec, Tensor, Tensor, AttentionMask, Tensor, Tensor)} of padding.
   */
  default void attention(
      AttentionSpec spec, Tensor query, Tensor keyValue, int[] lengths, Tensor y, Tensor saved) {
    attention(spec, query, keyValue, AttentionMask.padding(lengths), y, saved);
  }

  /**
   * Shape of what {@link #attention} saves: the probabilities, in {@link
   * AttentionSpec#probabilities}, where entries of removed keys are undefined; or, in a shape of
   * the backend's own, something to compute them from again.
   */
  default Shape savedByAttention(AttentionSpec spec, Shape query, Shape keyValue) {
    return spec.probabilities(query, keyValue);
  }

  /**
   * Gradient of {@link #attention}: overwrites {@code gQuery} (shape of query) and {@code
   * gKeyValue} (shape of keyValue).
   */
  void attentionBackward(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      AttentionMask mask,
      Tensor saved,
      Tensor gy,
      Tensor gQuery,
      Tensor gKeyValue);

  /** The gradient where padding is all that is masked. */
  default void attentionBackward(
      AttentionSpec spec,
      Tensor query,
      Tensor keyValue,
      int[] lengths,
      Tensor saved,
      Tensor gy,
      Tensor gQuery,
      Tensor gKeyValue) {
    AttentionMask mask = AttentionMask.padding(lengths);
    attentionBackward(spec, query, keyValue, mask, saved, gy, gQuery, gKeyValue);
  }

  // ---- rows

  /**
   * Takes rows of all items, counted through: with {@code r = b * L + l}, {@code y[r] (+)=
   * x[rows[r]]}.
   *
   * @param x {@code [B', L', d]}, for example a table {@code [1, entries, d]}
   * @param rows B*L numbers from 0 to B'*L' - 1; another is an {@link IndexOutOfBoundsException}
   * @param y {@code [B, L, d]}
   */
  void gather(Tensor x, int[] rows, Tensor y, boolean accumulate);

  /**
   * Gradient of {@link #gather}: {@code gx[rows[r]] += gy[r]} in ascending order of r; rows that
   * are not named are kept.
   *
   * @param gy {@code [B, L, d]}
   * @param rows B*L numbers from 0 to B'*L' - 1; another is an {@link IndexOutOfBoundsException}
   * @param gx {@code [B', L', d]}
   */
  void scatterAdd(Tensor gy, int[] rows, Tensor gx);

  /** {@code y[0, b] = mean over l < lengths[b] of x[b, l]}. */
  void meanRows(Tensor x, int[] lengths, Tensor y);

  /** {@code gx[b, l] = gy[0, b] / lengths[b]} for {@code l < lengths[b]}, else 0. */
  void meanRowsBackward(Tensor gy, int[] lengths, Tensor gx);

  // ---- recurrence

  /**
   * One step of a GRU for all items, PyTorch's formula: {@code r = sigmoid(i_r + h_r)}, {@code z =
   * sigmoid(i_z + h_z)}, {@code n = tanh(i_n + r h_n)}, {@code y = (1 - z) n + z h}; an item that
   * is not active keeps its state, {@code y = h}.
   *
   * @param inputGates {@code [1, B, 3*hidden]}: i_r, i_z, i_n, bias included
   * @param hiddenGates {@code [1, B, 3*hidden]}: h_r, h_z, h_n, bias included
   * @param state {@code [1, B, hidden]}: h
   * @param active which of the B items take the step
   * @param y {@code [1, B, hidden]}
   * @param gates saved for the gradient, {@code [1, B, 3*hidden]}: r, z, n
   */
  void gruCell(
      Tensor inputGates,
      Tensor hiddenGates,
      Tensor state,
      boolean[] active,
      Tensor y,
      Tensor gates);

  /**
   * Gradient of {@link #gruCell}: overwrites {@code gInputGates}, {@code gHiddenGates} and the
   * direct part of {@code gState} (that through hiddenGates is the caller's linear layer).
   */
  void gruCellBackward(
      Tensor gy,
      Tensor hiddenGates,
      Tensor state,
      boolean[] active,
      Tensor gates,
      Tensor gInputGates,
      Tensor gHiddenGates,
      Tensor gState);

  // ---- linear combinations of items

  /**
   * Points on the line between two tensors: {@code y[first + k] = start + a_k (end - start)};
   * exactly {@code start} where {@code a_k = 0} and exactly {@code end} where {@code a_k = 1}.
   * Other items of y are kept.
   *
   * @param start {@code [1, L, d]}
   * @param end {@code [1, L, d]}
   * @param alphas one coefficient for each item that is written
   * @param y {@code [B, L, d]}
   * @param first number of the first item that is written, at most {@code B - alphas.length}
   */
  void lerp(Tensor start, Tensor end, double[] alphas, Tensor y, int first);

  /**
   * {@code sum = sum + weights[k] x[k]}, one item after the other in ascending order.
   *
   * @param x {@code [weights.length, L, d]}
   * @param from first item of x to add
   * @param to one past the last
   * @param sum {@code [1, L, d]}
   */
  void addWeighted(Tensor x, double[] weights, int from, int to, Tensor sum);

  // ---- training: gradients with respect to weights, and the loss over a vocabulary

  /**
   * Gradient of {@link #linear} with respect to the weight: {@code gw[0, o, i] (+)= sum_{b,l} gy[b,
   * l, o] x[b, l, i]}.
   *
   * @param x {@code [B, L, inputs]}
   * @param gy {@code [B, L, outputs]}
   * @param gw {@code [1, outputs, inputs]}
   */
  void linearWeightGradient(Tensor x, Tensor gy, Tensor gw, boolean accumulate);

  /**
   * {@code y[0, 0, c] (+)= sum_{b,l} x[b, l, c]}: the gradient with respect to a bias.
   *
   * @param y {@code [1, 1, d]}
   */
  void sumRows(Tensor x, Tensor y, boolean accumulate);

  /**
   * Softmax cross-entropy of each row and its gradient: {@code loss[m] = log(sum_v exp(z[m, v])) -
   * z[m, t_m]} and {@code gLogits[m, v] = weights[m] (softmax(z[m])[v] - [v = t_m])}.
   *
   * @param logits z, {@code [1, M, V]}
   * @param targets t, M numbers from 0 to V - 1; another is an {@link IndexOutOfBoundsException}
   * @param weights of the rows in the gradient, M of them
   * @param gLogits {@code [1, M, V]}
   * @return the M losses, not weighted
   */
  double[] softmaxCrossEntropy(Tensor logits, int[] targets, double[] weights, Tensor gLogits);
}
