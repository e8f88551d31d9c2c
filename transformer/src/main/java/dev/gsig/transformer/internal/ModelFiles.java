package dev.gsig.transformer.internal;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.internal.FileKind;
import dev.gsig.ehr.internal.FileSet;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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

  /** A graph in the ONNX format. */
  public static final String GRAPH = "model.onnx";

  /** What the inputs of a graph hold. */
  public static final String INPUTS = "inputs.json";

  private static final String CONFIG = "config.json";
  private static final String VOCABULARY = "vocab.json";

  /** All that is replaced with a model. A baseline stays: it is refused with other weights. */
  public static final FileSet SET = set(List.of());

  /** The key that says who made a file. */
  public static final String MADE_BY = "made_by";

  /** What {@link #MADE_BY} says of files of gsig. */
  public static final String GSIG = "gsig";

  /** What the metadata said before there was a mark. */
  private static final Map<String, String> UNMARKED = Map.of("format", "pt");

  private ModelFiles() {}

  /**
   * All that is replaced with a model.
   *
   * @param more names of further files of the model
   */
  public static FileSet set(List<String> more) {
    return FileSet.of("model of gsig")
        .with(Pattern.quote(WEIGHTS), new FileKind("model of gsig", ModelFiles::isModel))
        .with(Pattern.quote(INPUTS), new FileKind("model of gsig", ModelFiles::isOfGraph))
        .with(Pattern.quote(TRAINING), new FileKind("training of gsig", ModelFiles::isTraining))
        .with(
            Pattern.quote(CHECKPOINT), new FileKind("checkpoint of gsig", ModelFiles::isCheckpoint))
        .with(CONFIG, GRAPH, VOCABULARY, CodeValues.FILE_NAME)
        .with(more.toArray(String[]::new))
        .withKept(DESCRIPTIONS);
  }

  private static boolean isOfGraph(Path file) {
    return GSIG.equals(Json.read(file).raw(MADE_BY));
  }

  /** The text of a file beside the weights: one key a line. */
  public static String text(Map<String, ?> object) {
    return object.entrySet().stream()
        .map(e -> "  " + Json.write(e.getKey()) + ": " + Json.write(e.getValue()))
        .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
  }

  /** What the metadata of weights say, so that they are known to be of gsig. */
  public static Map<String, String> metadata() {
    return new TreeMap<>(Map.of("format", "pt", MADE_BY, GSIG));
  }

  /**
   * Weights of earlier versions have no mark: those that were trained have the report beside them,
   * and those that were imported a configuration and a vocabulary in gsig's form.
   */
  private static boolean isModel(Path file) throws IOException {
    try (Safetensors tensors = Safetensors.open(file)) {
      Path training = file.resolveSibling(TRAINING);
      return GSIG.equals(tensors.metadata().get(MADE_BY))
          || (Files.isRegularFile(training) && isTraining(training))
          || (tensors.metadata().equals(UNMARKED)
              && isOwn(file.resolveSibling(CONFIG), true)
              && isOwn(file.resolveSibling(VOCABULARY), false));
    }
  }

  /**
   * Whether a file has the text that an import gives it: others write an object or a list inside
   * over several lines, and keys that mean nothing here.
   */
  private static boolean isOwn(Path file, boolean config) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    JsonObject json = Json.read(file);
    Map<String, Object> object = new LinkedHashMap<>();
    boolean nested = false;
    for (String key : json.keys()) {
      object.put(key, json.raw(key));
      nested |= json.raw(key) instanceof Map || json.raw(key) instanceof List;
    }
    boolean ours = !config || (nested && ModelConfig.keys().containsAll(json.keys()));
    return ours && Files.readString(file).equals(text(object));
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
