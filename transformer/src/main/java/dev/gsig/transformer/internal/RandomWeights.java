package dev.gsig.transformer.internal;

import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The weights of a model, some of its parts replaced by random numbers: each value of a tensor is
 * drawn from a normal distribution with the mean and the standard deviation of the tensor's own
 * values, so that layer norms stay near 1 and activations in their range. For the sanity check of
 * Adebayo et al., "Sanity checks for saliency maps" (NeurIPS 2018), section 3.
 */
public final class RandomWeights implements TensorSource {
  private static final String CLASSIFIER = "classifier";
  private static final String POOLING = "pooling";
  private static final String EMBEDDINGS = "embeddings";
  private static final String LAYER = "encoder.layer.";

  private final TensorSource in;
  private final Set<String> parts;
  private final long seed;

  /**
   * Replaces parts.
   *
   * @param in the model's own weights; closed with this
   * @param parts names as {@link #parts} has them
   * @param seed a tensor's draws depend on it and on the tensor's name alone
   */
  public RandomWeights(TensorSource in, Set<String> parts, long seed) {
    this.in = in;
    this.parts = Set.copyOf(parts);
    this.seed = seed;
  }

  /**
   * The parts that weights belong to, from the logits to the input: the classifier with the tabular
   * branch, the pooling with norms around it, the layers from the last to the first, the
   * embeddings.
   *
   * @param names of the weights
   */
  public static List<String> parts(Collection<String> names) {
    return names.stream()
        .map(RandomWeights::part)
        .distinct()
        .sorted(Comparator.comparingInt(RandomWeights::depth))
        .toList();
  }

  private static String part(String stored) {
    String name = Weights.canonical(stored);
    if (name.startsWith("classifier.")
        || name.startsWith("tabular.")
        || name.startsWith(WeightLayout.HEAD + ".")) {
      return CLASSIFIER;
    }
    if (name.startsWith("embeddings.")) {
      return EMBEDDINGS;
    }
    return name.startsWith(LAYER) ? LAYER + name.split("\\.")[2] : POOLING;
  }

  private static int depth(String part) {
    return switch (part) {
      case CLASSIFIER -> -2;
      case POOLING -> -1;
      case EMBEDDINGS -> Integer.MAX_VALUE;
      // The last layer comes first.
      default -> Integer.MAX_VALUE - 1 - Integer.parseInt(part.substring(LAYER.length()));
    };
  }

  @Override
  public double[] read(String name) {
    double[] values = in.read(name);
    if (parts.contains(part(name))) {
      draw(values, Weights.canonical(name), seed);
    }
    return values;
  }

  /**
   * Replaces the values of a tensor by random ones of their mean and standard deviation.
   *
   * @param values the tensor's; modified
   * @param name of the tensor
   * @param seed the draws depend on it and on the name alone
   */
  public static void draw(double[] values, String name, long seed) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / values.length);
    Random random = new Random(31 * seed + name.hashCode());
    Arrays.setAll(values, i -> mean + deviation * random.nextGaussian());
  }

  @Override
  public Set<String> names() {
    return in.names();
  }

  @Override
  public DType dtype(String name) {
    return in.dtype(name);
  }

  @Override
  public List<Long> shape(String name) {
    return in.shape(name);
  }

  @Override
  public String source() {
    return in.source();
  }

  @Override
  public void close() {
    in.close();
  }
}
