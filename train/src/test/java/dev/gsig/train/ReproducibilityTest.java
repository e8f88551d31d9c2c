package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A seed gives the same bits each time: on any number of threads, interrupted or not. */
class ReproducibilityTest {
  private static final Map<String, String> SETTINGS = Map.of("configuration", "x");
  private static final int EPOCHS = 3;

  @TempDir Path folder;

  private Trainer trainer(
      String name, Backend base, int threads, Path checkpoint, TrainListener listener) {
    boolean pretrains = Fixtures.config(name).specialTokens().mask() != null;
    return new Trainer(
        Fixtures.config(name),
        Fixtures.trainingCohort(name),
        Fixtures.options(pretrains ? 2 : 0, EPOCHS, 0.3, threads),
        checkpoint,
        SETTINGS,
        base,
        listener);
  }

  private record Outcome(double[] last, double[] best, Object history) {}

  private Outcome train(String name, String backend, int threads) {
    try (Backend base = Backends.open(backend);
        Trainer trainer = trainer(name, base, threads, null, TrainListener.NONE)) {
      trainer.run();
      return outcome(trainer);
    }
  }

  private static Outcome outcome(Trainer trainer) {
    return new Outcome(trainer.parameters().values(), trainer.best(), trainer.history());
  }

  private static void assertSameBits(Outcome found, Outcome expected) {
    // isEqualTo compares doubles by their bits
    assertThat(found.last).isEqualTo(expected.last);
    assertThat(found.best).isEqualTo(expected.best);
    assertThat(found.history).isEqualTo(expected.history);
  }

  @ParameterizedTest
  @CsvSource({
    "binary-adamw, simd",
    "classes-gru-adam, simd",
    "multi-label-adamw, simd",
    "next-codes, simd",
    "binary-adamw, ejml"
  })
  void threadsChangeNoBit(String name, String backend) {
    Outcome one = train(name, backend, 1);
    assertSameBits(train(name, backend, 2), one);
    assertSameBits(train(name, backend, 4), one);
  }

  @ParameterizedTest
  @CsvSource({"binary-adamw, 1", "classes-gru-adam, 2", "next-codes, 2"})
  void vectorAndScalarKernelsGiveTheSameBits(String name, int threads) {
    assertSameBits(train(name, "simd-vector", threads), train(name, "simd-scalar", threads));
  }

  @Test
  void anotherSeedGivesOtherWeights() {
    long[] seeds = {Seeds.of(1, 2, 3), Seeds.of(1, 3, 2), Seeds.of(2, 2, 3), Seeds.of(1, 2, 4)};
    assertThat(seeds).doesNotHaveDuplicates();
  }

  /** Stopped after a random step, in either phase, by throwing out of it; then gone on with. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "5"})
  void aResumedRunGivesTheBitsOfAnUninterruptedOne(long seed) {
    String name = seed == 5 ? "next-codes" : seed % 2 == 0 ? "classes-gru-adam" : "binary-adamw";
    Outcome whole = train(name, "simd", 2);
    Path checkpoint = folder.resolve("checkpoint.safetensors");
    int stopAfter = 1 + new Random(seed).nextInt((seed == 5 ? EPOCHS : 2 + EPOCHS) * 4 - 1);
    int[] steps = {0};
    TrainListener stops =
        new TrainListener() {
          @Override
          public void step(boolean pretraining, int epoch, double loss, int patients) {
            if (++steps[0] > stopAfter) {
              throw new CancellationException("stopped");
            }
          }
        };
    try (Backend base = Backends.open("simd")) {
      try (Trainer first = trainer(name, base, 1, checkpoint, stops)) {
        assertThatThrownBy(first::run).isInstanceOf(CancellationException.class);
      }
      try (Trainer second = trainer(name, base, 2, checkpoint, TrainListener.NONE)) {
        second.resume();
        second.run();
        assertSameBits(outcome(second), whole);
      }
      // complete: nothing is left to do, and nothing is done
      try (Trainer third = trainer(name, base, 2, checkpoint, stops)) {
        third.resume();
        third.run();
        assertSameBits(outcome(third), whole);
      }
    }
  }

  @Test
  void aCheckpointOfOtherSettingsIsRefusedByName() {
    Path checkpoint = folder.resolve("checkpoint.safetensors");
    try (Backend base = Backends.open("simd");
        Trainer trainer = trainer("binary-adamw", base, 1, checkpoint, TrainListener.NONE)) {
      trainer.run();
    }
    try (Backend base = Backends.open("simd");
        Trainer other =
            new Trainer(
                Fixtures.config("binary-adamw"),
                Fixtures.trainingCohort("binary-adamw"),
                Fixtures.options(2, EPOCHS, 0.3, 1),
                checkpoint,
                Map.of("--learning-rate", "0.5"),
                base,
                TrainListener.NONE)) {
      assertThatThrownBy(other::resume)
          .hasMessageContaining("another --learning-rate (nothing, not 0.5)")
          .hasMessageContaining("--overwrite");
    }
  }

  /** With an epoch behind the last one, training would never end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"PRETRAINING\" | \"TRAINING\" | must be one of",
        "\"epoch\":0,\"step\" | \"epoch\":9,\"step\" | cannot be in",
        "\"epoch\":0,\"step\" | \"epoch\":-1,\"step\" | cannot be in",
        "\"step\":0 | \"step\":99 | cannot be in",
        "\"step\":0 | \"step\":-1 | cannot be in",
        "\"best_epoch\":0 | \"best_epoch\":1 | cannot be in",
        "\"optimizer_steps\":0 | \"optimizer_steps\":-1 | cannot be in",
        "PRETRAINING | DONE | cannot be in",
      })
  void aStateThatTrainingCannotBeInIsRefused(String part, String other, String message) {
    Path checkpoint = folder.resolve("checkpoint.safetensors");
    TrainListener stops =
        new TrainListener() {
          @Override
          public void step(boolean pretraining, int epoch, double loss, int patients) {
            throw new CancellationException("stopped");
          }
        };
    try (Backend base = Backends.open("simd");
        Trainer trainer = trainer("classes-gru-adam", base, 1, checkpoint, stops)) {
      assertThatThrownBy(trainer::run).isInstanceOf(CancellationException.class);
      Path changed = folder.resolve("changed.safetensors");
      try (Safetensors before = Safetensors.open(checkpoint)) {
        Map<String, String> metadata = new HashMap<>(before.metadata());
        String state = metadata.get("state");
        assertThat(state).contains(part);
        metadata.put("state", state.replace(part, other));
        SafetensorsWriter.write(changed, metadata, before);
      }
      try (Trainer second = trainer("classes-gru-adam", base, 1, changed, stops)) {
        assertThatThrownBy(second::resume)
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining(message);
      }
    }
  }
}
