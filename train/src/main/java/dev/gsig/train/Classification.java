package dev.gsig.train;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fine-tuning on labels. One logit z: {@code log(1 + exp(z)) - y z}; more: softmax cross-entropy,
 * or for a multi-label model the mean of the former over the labels. Each patient counts with the
 * weight of the class, each label of a multi-label model with that of its value.
 */
final class Classification implements Objective {
  private final ModelConfig config;
  private final Parameters parameters;
  private final List<String> names;
  private final double[] classWeights;
  private final boolean multiLabel;

  /**
   * The task.
   *
   * @param names the model's parameters
   * @param classWeights one for each class; for a multi-label model two for each label, of those
   *     without it and of those with it
   */
  Classification(
      ModelConfig config, Parameters parameters, List<String> names, double[] classWeights) {
    this.config = config;
    this.parameters = parameters;
    this.names = names;
    this.classWeights = classWeights;
    multiLabel = config.classifier().labels().multiLabel();
  }

  @Override
  public List<String> trained() {
    return names;
  }

  @Override
  public double weight(Example item) {
    if (!multiLabel) {
      return classWeights[item.label()];
    }
    double sum = 0;
    for (int k = 0; k < item.truth().length; k++) {
      sum += weight(k, item.truth()[k]);
    }
    return sum / item.truth().length;
  }

  private double weight(int label, int value) {
    return classWeights[2 * label + value];
  }

  @Override
  public Transformer model(double[] vector, Backend loader) {
    return Transformer.load(parameters.source(names, vector), config, loader);
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public double sweep(Tape tape, Transformer model, List<Example> items, double total) {
    return sweep(tape, logits(tape, model, items), items, total);
  }

  static Variable logits(Tape tape, Transformer model, List<Example> items) {
    TokenBatch batch = batch(model, items);
    Variable side = null;
    if (model.config().tabular() != null) {
      int features = model.config().tabular().features().size();
      double[] values = new double[items.size() * features];
      for (int b = 0; b < items.size(); b++) {
        System.arraycopy(items.get(b).tabular(), 0, values, b * features, features);
      }
      side = tape.constant(Shape.matrix(items.size(), features), values);
    }
    return model.logits(tape, batch, side);
  }

  private static TokenBatch batch(Transformer model, List<Example> items) {
    int longest = items.stream().mapToInt(e -> e.tokens().length()).max().orElseThrow();
    return new TokenBatch(items.stream().map(Example::tokens).toList(), model.rowsFor(longest));
  }

  private double sweep(Tape tape, Variable logits, List<Example> items, double total) {
    Backend backend = tape.backend();
    if (multiLabel) {
      return sweepLabels(tape, logits, items, total);
    }
    double[] shares = items.stream().mapToDouble(e -> weight(e) / total).toArray();
    int[] labels = items.stream().mapToInt(Example::label).toArray();
    Tensor seed;
    double loss = 0;
    if (logits.shape().cols() == 1) {
      double[] z = backend.download(logits.value());
      for (int b = 0; b < z.length; b++) {
        loss += shares[b] * binaryLoss(z[b], labels[b]);
        z[b] = shares[b] * (Probabilities.sigmoid(z[b]) - labels[b]);
      }
      seed = backend.upload(logits.shape(), z);
    } else {
      seed = backend.allocate(logits.shape());
      double[] losses = backend.softmaxCrossEntropy(logits.value(), labels, shares, seed);
      for (int b = 0; b < losses.length; b++) {
        loss += shares[b] * losses[b];
      }
    }
    tape.backward(logits, seed);
    backend.release(seed);
    return loss;
  }

  private double sweepLabels(Tape tape, Variable logits, List<Example> items, double total) {
    Backend backend = tape.backend();
    int labels = logits.shape().cols();
    double[] z = backend.download(logits.value());
    double loss = 0;
    for (int i = 0; i < z.length; i++) {
      int label = i % labels;
      int y = items.get(i / labels).truth()[label];
      double share = weight(label, y) / (labels * total);
      loss += share * binaryLoss(z[i], y);
      z[i] = share * (Probabilities.sigmoid(z[i]) - y);
    }
    Tensor seed = backend.upload(logits.shape(), z);
    tape.backward(logits, seed);
    backend.release(seed);
    return loss;
  }

  @Override
  public Metrics quality(List<Example> patients, double[][] probabilities) {
    return multiLabel
        ? Metrics.macro(truth(patients), probabilities)
        : Metrics.of(patients.stream().mapToInt(Example::label).toArray(), probabilities);
  }

  static List<int[]> truth(List<Example> patients) {
    return patients.stream().map(Example::truth).toList();
  }

  /** {@code log(1 + exp(z)) - y z}, without overflow. */
  static double binaryLoss(double z, int label) {
    return Math.max(z, 0) - label * z + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
  }

  /** The probabilities of the classes, one column for one logit. */
  @Override
  public List<double[]> scores(Backend backend, Transformer model, List<Example> items) {
    try (Tape tape = new Tape(backend)) {
      Variable logits = logits(tape, model, items);
      int labels = logits.shape().cols();
      double[] z = backend.download(logits.value());
      List<double[]> rows = new ArrayList<>();
      for (int b = 0; b < items.size(); b++) {
        double[] row = Arrays.copyOfRange(z, b * labels, (b + 1) * labels);
        rows.add(multiLabel ? Probabilities.sigmoids(row) : Probabilities.of(row));
      }
      return rows;
    }
  }
}
