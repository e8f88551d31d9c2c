package dev.gsig.fuzz;

import dev.gsig.train.ClassWeighting;
import dev.gsig.train.EpochReport;
import dev.gsig.train.ModelSize;
import dev.gsig.train.ModelTraining;
import dev.gsig.train.Optimizer;
import dev.gsig.train.TrainListener;
import dev.gsig.train.TrainOptions;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.Pooling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** A short training that stops behind its first epoch and leaves a checkpoint. */
final class TrainingRun {
  private static final Path CONFIG = Seeds.CASE.resolve("config.json");

  private TrainingRun() {}

  /** Writes the patients of a fixture as a cohort folder. */
  static void writeCohort(Path folder) {
    try {
      Files.createDirectories(folder);
      copy("validation.jsonl", folder.resolve("train.jsonl"));
      copy("cohort.jsonl", folder.resolve("validation.jsonl"));
      copy("vocab.json", folder.resolve("vocab.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(String name, Path to) throws IOException {
    Files.copy(Seeds.CASE.resolve(name), to, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The command that goes on with it. */
  static List<Object> resumed(Path cohort, Path out) {
    return List.of(
        "train",
        "--cohort",
        cohort,
        "--out",
        out,
        "--config",
        CONFIG,
        "--pretrain-epochs",
        0,
        "--epochs",
        2,
        "--threads",
        1,
        "--resume");
  }

  /** The checkpoint. */
  static byte[] checkpoint() {
    TrainListener stops =
        new TrainListener() {
          @Override
          public void epoch(EpochReport done) {
            throw new CancellationException();
          }
        };
    try {
      Path cohort = Files.createTempDirectory("gsig-fuzz");
      writeCohort(cohort);
      Path out = cohort.resolve("trained");
      ModelTraining training =
          ModelTraining.of(
              cohort,
              out,
              CONFIG,
              new ModelSize(
                  ModelSize.Kind.ENCODER,
                  16,
                  1,
                  4,
                  32,
                  16,
                  8,
                  Set.of(EmbeddingInput.POSITION, EmbeddingInput.VISIT),
                  Pooling.CLS,
                  null),
              new TrainOptions(
                  null,
                  0,
                  2,
                  32,
                  1e-3,
                  Optimizer.ADAMW,
                  0.01,
                  0.2,
                  0.1,
                  ClassWeighting.parse("none"),
                  1,
                  4,
                  1,
                  1,
                  0),
              "simd",
              ModelTraining.Existing.REFUSE);
      try {
        training.run(stops);
        throw new IllegalStateException("was not stopped");
      } catch (CancellationException e) {
        return Files.readAllBytes(out.resolve("checkpoint.safetensors"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
