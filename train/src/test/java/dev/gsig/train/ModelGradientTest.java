package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.transformer.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every configuration that explanations are tested with can be trained: the gradient of the loss
 * with respect to all weights agrees with a central difference, for labels and for masked codes.
 */
class ModelGradientTest {
  private static final Path MODELS = Path.of("../gsig/src/test/resources/parity");
  private static final double STEP = 1e-6;

  static List<Path> models() throws IOException {
    try (Stream<Path> folders = Files.list(MODELS)) {
      return folders.filter(f -> Files.exists(f.resolve("config.json"))).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theGradientOfTheLossAgreesWithACentralDifference(Path folder) {
    ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
    Vocabulary vocabulary = Vocabulary.read(folder.resolve("vocab.json"));
    List<Example> examples = examples(folder, config, vocabulary);
    boolean masks = config.specialTokens().mask() != null;
    PretrainingTask pretraining = masks ? PretrainingTask.MASKED_CODES : null;
    Parameters parameters = new Parameters(ParameterShapes.of(config, examples, pretraining));
    int gru = config.gru() == null ? 0 : config.gru().hiddenSize();
    Initializer.fill(parameters, config.specialTokens().pad(), gru, 3);
    List<String> names =
        parameters.entries().stream()
            .map(Parameters.Entry::name)
            .filter(n -> !n.startsWith("cls."))
            .toList();
    int labels = config.classifier().numLabels();
    boolean several = config.classifier().labels().multiLabel();
    // of several labels, for those without each and for those with it
    double[] weights = new double[several ? 2 * labels : Math.max(2, labels)];
    java.util.Arrays.setAll(weights, k -> 1 + 0.5 * k);
    check(new Classification(config, parameters, names, weights), examples, parameters);
    if (masks) {
      int[] codes = {5, 6, 7};
      List<MaskedCodes> items = new ArrayList<>();
      for (Example e : examples) {
        MaskedCodes item = MaskedCodes.of(e.tokens(), config.specialTokens(), codes, 11);
        if (item != null) {
          items.add(item);
        }
      }
      check(new Pretraining(config, parameters, names), items, parameters);
    }
  }

  private static List<Example> examples(Path folder, ModelConfig config, Vocabulary vocabulary) {
    List<Example> examples = new ArrayList<>();
    for (Trajectory t : CohortReader.readAll(folder.resolve("cohort.jsonl"))) {
      int which = examples.size();
      boolean several = config.classifier().labels().multiLabel();
      List<Integer> labels =
          IntStream.range(0, config.classifier().numLabels())
              .mapToObj(k -> (which + k) % 2)
              .toList();
      Trajectory labelled =
          new Trajectory(
              t.subjectId(),
              t.visits(),
              t.tabular(),
              several ? null : which % 2,
              several ? labels : null);
      try {
        examples.add(Example.of(labelled, config, config.tokenizer(vocabulary)));
      } catch (InvalidInputException e) {
        // some fixtures have patients that cannot be read, to test that this is said
        assertThat(e).hasMessageContaining(t.subjectId());
      }
    }
    return examples;
  }

  private static <T> void check(Task<T> task, List<T> items, Parameters parameters) {
    double[] theta = parameters.values();
    double[] direction = new double[theta.length];
    Random random = new Random(17);
    for (String name : task.trained()) {
      Parameters.Entry e = parameters.entry(name);
      for (int i = e.offset(); i < e.offset() + e.size(); i++) {
        direction[i] = random.nextGaussian();
      }
    }
    try (Backend base = Backends.open("ejml");
        BackendWorkers workers = new BackendWorkers(base, 1);
        BatchGradient batch = new BatchGradient(workers, 0, theta.length)) {
      batch.compute(task, items, theta, 0);
      double analytic = 0;
      for (int i = 0; i < theta.length; i++) {
        analytic += batch.gradient()[i] * direction[i];
      }
      double plus = batch.compute(task, items, moved(theta, direction, STEP), 0);
      double minus = batch.compute(task, items, moved(theta, direction, -STEP), 0);
      double numeric = (plus - minus) / (2 * STEP);
      assertThat(Math.abs(analytic)).isGreaterThan(1e-4);
      assertThat(Math.abs(analytic - numeric)).isLessThan(1e-6 * Math.max(1, Math.abs(numeric)));
    }
  }

  private static double[] moved(double[] theta, double[] direction, double h) {
    double[] moved = theta.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += h * direction[i];
    }
    return moved;
  }
}
