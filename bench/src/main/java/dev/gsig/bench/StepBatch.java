package dev.gsig.bench;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Some steps of the path from zero to a patient, and the model's passes over them in one batch. */
final class StepBatch implements AutoCloseable {
  private final Backend backend;
  private final Transformer transformer;
  private final Tensor points;
  private final Tensor addend;
  private final Tensor tabular;
  private final TokenBatch batch;

  StepBatch(BenchmarkModel model, String backendName, int steps) {
    Path folder = model.folder();
    ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
    Vocabulary vocabulary = Vocabulary.read(folder.resolve("vocab.json"));
    Trajectory patient = model.patients().get(0);
    TokenSequence sequence = config.tokenizer(vocabulary).tokenize(patient);
    backend = Backends.open(backendName);
    transformer = Transformer.load(folder.resolve("model.safetensors"), config, backend);
    int rows = transformer.rowsFor(sequence.length());
    TokenBatch one = new TokenBatch(List.of(sequence), rows);
    batch = new TokenBatch(Collections.nCopies(steps, sequence), rows);
    points = points(transformer.attributionPoint(backend, one), steps);
    addend = transformer.addend(backend, one);
    tabular = tabular(config, patient, steps);
  }

  /** Equidistant; the last one is the patient. */
  private Tensor points(Tensor end, int steps) {
    Tensor start = backend.allocate(end.shape());
    backend.fill(start, 0);
    double[] alphas = new double[steps];
    Arrays.setAll(alphas, k -> (k + 1.0) / steps);
    Tensor all = backend.allocate(end.shape().withBatch(steps));
    backend.lerp(start, end, alphas, all, 0);
    backend.release(start);
    backend.release(end);
    return all;
  }

  private Tensor tabular(ModelConfig config, Trajectory patient, int steps) {
    double[] one =
        config.tabular().features().stream()
            .mapToDouble(f -> f.normalise(patient.tabular().get(f.name())))
            .toArray();
    double[] rows = new double[steps * one.length];
    Arrays.setAll(rows, i -> one[i % one.length]);
    return backend.upload(Shape.matrix(steps, one.length), rows);
  }

  String description() {
    return backend.name() + ": " + backend.description();
  }

  /** The logit of each step. */
  double[] forward() {
    try (Tape tape = new Tape(backend)) {
      return backend.download(logits(tape, tape.constant(points), tape.constant(tabular)).value());
    }
  }

  /** The gradients of all steps' logits at the points. */
  double[] forwardBackward() {
    try (Tape tape = new Tape(backend)) {
      Variable point = tape.input(points);
      Variable y = logits(tape, point, tape.input(tabular));
      Tensor seed = backend.allocate(y.shape());
      backend.fill(seed, 1);
      tape.backward(y, seed);
      backend.release(seed);
      return backend.download(tape.gradient(point));
    }
  }

  private Variable logits(Tape tape, Variable point, Variable tabularInput) {
    return transformer.logits(tape, point, addend, null, batch, tabularInput);
  }

  @Override
  public void close() {
    backend.close();
  }
}
