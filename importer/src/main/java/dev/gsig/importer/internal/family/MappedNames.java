package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.Similar;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names from a mapping file, {@code {"target": "source", ...}}: {@code {n}} in both is a number,
 * any other {@code {x}} in the source a number over which rows are concatenated; {@code #i/k}
 * behind the source takes a block of rows, {@code ^T} transposes. A target has the name of a weight
 * of the model folder. What the file names holds, whatever else is recognised: it amends a family.
 * Tensors that carry a name of the model folder already need no entry.
 */
public final class MappedNames implements Family {
  private final Path file;
  private final Map<String, String> sources = new LinkedHashMap<>();

  private MappedNames(Path file) {
    this.file = file;
  }

  /**
   * Reads a mapping file.
   *
   * @param file the file
   * @return the family
   * @throws InvalidInputException if it is no object of texts
   */
  public static MappedNames read(Path file) {
    JsonObject json = Json.read(file);
    Map<String, String> sources = new LinkedHashMap<>();
    for (String target : json.keys()) {
      String source = json.string(target);
      if (source.startsWith(Skeleton.OPEN)) {
        throw json.invalid(target, "is still open: put the name of a weight in place of " + source);
      }
      sources.put(target, source);
    }
    return of(sources, file);
  }

  /** Names that stand in no file yet. */
  static MappedNames of(Map<String, String> sources, Path file) {
    MappedNames names = new MappedNames(file);
    sources.forEach((target, source) -> names.sources.put(ModelFolder.plain(target), source));
    return names;
  }

  @Override
  public String name() {
    return "map";
  }

  @Override
  public String description() {
    return "the names of " + file;
  }

  @Override
  public boolean recognises(Draft draft) {
    return false;
  }

  /** Maps what the file names, before a family maps the rest. */
  public void name(Draft draft) {
    sources.forEach(
        (target, source) -> {
          if (!draft.name(target, source)) {
            throw unknown(draft, target, source);
          }
        });
  }

  /** Maps what needs no entry, where no family is recognised. */
  @Override
  public void apply(Draft draft) {
    draft.expectLayersWithoutBias();
    ModelFolder.sameNames(draft);
    askOfCode(draft);
    HeadFinder.find(draft);
    FinalNorm.find(draft);
  }

  /** Asks what only the code of a model tells, where its names are those of a model folder. */
  static void askOfCode(Draft draft) {
    askOfEncoder(draft);
    CausalMask.ask(draft);
    GruNames.find(draft);
    positions(draft);
    norms(draft);
    draft.note(
        "residual", "true (what attention and feed-forward read is added to what they write)");
    draft.note("attention_scale", "head_size (scores are divided by the root of a head's width)");
  }

  private static void positions(Draft draft) {
    if (!draft.targets().containsKey("embeddings.position_embeddings.weight")) {
      Map<String, Object> inputs = new LinkedHashMap<>();
      UnstoredPositions.ask(draft, inputs);
      draft.fact("embedding_inputs", inputs);
    }
  }

  /** A norm without bias is a layer norm that has none, or one of another kind. */
  private static void norms(Draft draft) {
    String norm = "encoder.layer.0.output.LayerNorm";
    if (draft.targets().containsKey(norm + ".weight")
        && !draft.targets().containsKey(norm + ".bias")) {
      draft.expectNormsWithoutBias();
      draft.ask(
          "norm",
          draft.targets().get(norm + ".weight").from()
              + " has no bias: rms_norm if it divides by the root of the mean square, layer_norm if"
              + " it subtracts the mean, too");
    }
  }

  private static void askOfEncoder(Draft draft) {
    draft.askUnlessChecked(
        "norm_first", false, "whether norms act before attention and feed-forward");
    draft.askUnlessChecked(
        "pooling", "cls", "what the head reads: cls, last, mean, max, attention or bigru");
    Factors.ask(draft);
  }

  private InvalidInputException unknown(Draft draft, String target, String source) {
    return new InvalidInputException(
        file
            + ": "
            + Json.quote(target)
            + " is to come from "
            + Json.quote(source)
            + ", which "
            + draft.source()
            + " does not hold; nearest are "
            + String.join(", ", Similar.nearest(source, draft.names(), 3)));
  }
}
