package dev.gsig.transformer.internal;

import dev.gsig.ehr.internal.FileKind;
import dev.gsig.ehr.internal.FileSet;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.transformer.safetensors.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Files of a model folder that gsig makes, and how they tell it. */
public final class ModelFiles {
  /** The weights. */
  public static final String WEIGHTS = "model.safetensors";

  /** What was trained, and how it went. */
  public static final String TRAINING = "training.json";

  /** A training that has not come to its end. */
  public static final String CHECKPOINT = "checkpoint.safetensors";

  /** Texts for codes. */
  public static final String DESCRIPTIONS = "descriptions.json";

  /** All that is replaced with a model. A baseline stays: it is refused with other weights. */
  public static final FileSet SET =
      FileSet.of("model of gsig")
          .with(Pattern.quote(WEIGHTS), new FileKind("model of gsig", ModelFiles::isModel))
          .with(Pattern.quote(TRAINING), new FileKind("training of gsig", ModelFiles::isTraining))
          .with(
              Pattern.quote(CHECKPOINT),
              new FileKind("checkpoint of gsig", ModelFiles::isCheckpoint))
          .with("config.json", "vocab.json")
          .withKept(DESCRIPTIONS);

  private static final String MADE_BY = "made_by";
  private static final String GSIG = "gsig";

  private ModelFiles() {}

  /** What the metadata of weights say, so that they are known to be of gsig. */
  public static Map<String, String> metadata() {
    return new TreeMap<>(Map.of("format", "pt", MADE_BY, GSIG));
  }

  /** Weights that earlier versions trained have no mark, but the report beside them. */
  private static boolean isModel(Path file) {
    try (Safetensors tensors = Safetensors.open(file)) {
      Path training = file.resolveSibling(TRAINING);
      return GSIG.equals(tensors.metadata().get(MADE_BY))
          || (Files.isRegularFile(training) && isTraining(training));
    }
  }

  private static boolean isTraining(Path file) {
    JsonObject report = Json.read(file);
    return report.has("training_patients") && report.has("settings") && report.has("epochs");
  }

  private static boolean isCheckpoint(Path file) {
    try (Safetensors tensors = Safetensors.open(file)) {
      return tensors.metadata().containsKey("state") && tensors.metadata().containsKey("settings");
    }
  }
}
