package dev.gsig.train;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.train.TrainingState.Phase;
import dev.gsig.transformer.internal.ModelFiles;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training state in a safetensors file, in float64 so that it comes back bit for bit. What it was
 * made with is in the file's metadata, and must be the same when it is resumed.
 */
final class Checkpoint {
  /** Name of the file in the model folder. */
  static final String FILE_NAME = ModelFiles.CHECKPOINT;

  private static final String STATE = "state";
  private static final String SETTINGS = "settings";

  private Checkpoint() {}

  /**
   * Writes a state, whole or not at all.
   *
   * @param settings what it was made with, by name
   */
  static void write(Path file, TrainingState state, Map<String, String> settings) {
    Map<String, Object> progress = new LinkedHashMap<>();
    progress.put("phase", state.phase.name());
    progress.put("epoch", (long) state.epoch);
    progress.put("step", (long) state.step);
    progress.put("optimizer_steps", state.adam.steps());
    progress.put("best_epoch", (long) state.bestEpoch);
    progress.put("history", state.history.stream().map(EpochReport::toJson).toList());
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    put(tensors, "parameters", state.parameters.values());
    put(tensors, "mean", state.adam.mean());
    put(tensors, "square", state.adam.square());
    put(tensors, "best", state.best);
    double figure = state.bestEpoch == 0 ? 0 : state.bestFigure;
    put(tensors, "sums", new double[] {state.lossSum, state.lossWeight, figure});
    Map<String, String> metadata =
        Map.of(STATE, Json.write(progress), SETTINGS, Json.write(settings));
    SafetensorsWriter.write(file, metadata, tensors);
  }

  private static void put(Map<String, NamedTensor> tensors, String name, double[] values) {
    tensors.put(name, NamedTensor.f64(values, values.length));
  }

  /**
   * Reads a state into a fresh one.
   *
   * @param settings what is to be gone on with
   * @throws InvalidInputException if the file is no checkpoint, or was made with other settings;
   *     the message names the first that differs
   */
  static void read(Path file, TrainingState state, Map<String, String> settings) {
    try (Safetensors tensors = Safetensors.open(file)) {
      Map<String, String> metadata = tensors.metadata();
      if (!metadata.containsKey(STATE) || !metadata.containsKey(SETTINGS)) {
        throw new InvalidInputException(
            file + ": is no checkpoint; remove it, or start again with --overwrite");
      }
      requireSame(file, Json.object(metadata.get(SETTINGS), file.toString()), settings);
      JsonObject progress = Json.object(metadata.get(STATE), file.toString());
      state.phase = phase(progress);
      state.epoch = progress.integer("epoch");
      state.step = progress.integer("step");
      state.bestEpoch = progress.integer("best_epoch");
      state.adam.resumeAt(progress.integer("optimizer_steps"));
      progress.objects("history").forEach(h -> state.history.add(EpochReport.fromJson(h)));
      copy(tensors, "parameters", state.parameters.values());
      copy(tensors, "mean", state.adam.mean());
      copy(tensors, "square", state.adam.square());
      copy(tensors, "best", state.best);
      double[] sums = new double[3];
      copy(tensors, "sums", sums);
      state.lossSum = sums[0];
      state.lossWeight = sums[1];
      state.bestFigure = state.bestEpoch == 0 ? Double.NEGATIVE_INFINITY : sums[2];
    }
  }

  private static Phase phase(JsonObject progress) {
    String name = progress.string("phase");
    for (Phase phase : Phase.values()) {
      if (phase.name().equals(name)) {
        return phase;
      }
    }
    throw progress.invalid("phase", "must be one of " + Arrays.toString(Phase.values()));
  }

  private static void requireSame(Path file, JsonObject found, Map<String, String> wanted) {
    for (Map.Entry<String, String> w : wanted.entrySet()) {
      String before = found.has(w.getKey()) ? found.string(w.getKey()) : "nothing";
      if (!before.equals(w.getValue())) {
        throw new InvalidInputException(
            file
                + ": was made with another "
                + w.getKey()
                + (w.getKey().startsWith("--") ? " (" + before + ", not " + w.getValue() + ")" : "")
                + "; resume it as it was begun, or start again with --overwrite");
      }
    }
  }

  private static void copy(Safetensors tensors, String name, double[] to) {
    if (!tensors.shape(name).equals(List.of((long) to.length))) {
      throw new InvalidInputException(
          tensors.source()
              + ": holds another model's '"
              + name
              + "'; start again with --overwrite");
    }
    System.arraycopy(tensors.read(name), 0, to, 0, to.length);
  }
}
