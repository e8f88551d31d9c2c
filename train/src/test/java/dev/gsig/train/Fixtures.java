package dev.gsig.train;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.transformer.config.ModelConfig;
import java.nio.file.Path;
import java.util.List;

/** The models that tools/fixtures/make_training_fixtures.py has PyTorch train. */
final class Fixtures {
  static final Path ROOT = Path.of("src/test/resources/train");

  private Fixtures() {}

  static ModelConfig config(String name) {
    return ModelConfig.read(ROOT.resolve(name).resolve("config.json"));
  }

  static List<Trajectory> cohort(String name) {
    return CohortReader.readAll(ROOT.resolve(name).resolve("cohort.jsonl"));
  }

  static TrainingCohort trainingCohort(String name) {
    Path file = ROOT.resolve(name).resolve("cohort.jsonl");
    Vocabulary vocabulary = Vocabulary.read(ROOT.resolve(name).resolve("vocab.json"));
    List<Trajectory> all = cohort(name);
    return TrainingCohort.of(all, file, all, file, config(name), vocabulary);
  }

  /** Options that a test changes what it is about of. */
  static TrainOptions options(int pretrainEpochs, int epochs, double dropout, int threads) {
    return new TrainOptions(
        null,
        pretrainEpochs,
        epochs,
        5,
        3e-3,
        Optimizer.ADAMW,
        0.05,
        dropout,
        0.2,
        ClassWeighting.parse("balanced"),
        1,
        100,
        7,
        threads,
        0);
  }
}
