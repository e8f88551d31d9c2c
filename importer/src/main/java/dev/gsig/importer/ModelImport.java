package dev.gsig.importer;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.internal.family.BatchNorms;
import dev.gsig.importer.internal.family.ClsVector;
import dev.gsig.importer.internal.family.Draft;
import dev.gsig.importer.internal.family.Factors;
import dev.gsig.importer.internal.family.Families;
import dev.gsig.importer.internal.family.Family;
import dev.gsig.importer.internal.family.MappedNames;
import dev.gsig.importer.internal.family.NumberLayers;
import dev.gsig.importer.internal.family.Options;
import dev.gsig.importer.internal.family.PositionRows;
import dev.gsig.importer.internal.family.Skeleton;
import dev.gsig.importer.internal.family.TableWidths;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens models of other origin. */
public final class ModelImport {
  private static final String HOW = "import";

  /** Files that a model folder of our own has not. */
  private static final List<String> FOREIGN =
      List.of(
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json",
          "vocab.txt",
          TokenizerFiles.TOKENIZER);

  private ModelImport() {}

  /**
   * Opens a model and makes sure that it is complete.
   *
   * @param settings what to open and what the user says about it
   * @return the model, to be closed by the caller
   * @throws IncompleteImportException if weights are missing, left over or of the wrong shape
   * @throws InvalidInputException saying in one line what cannot be read, or what must be told
   */
  public static ImportedModel open(ImportSettings settings) {
    Survey survey = survey(settings);
    try {
      return survey.complete();
    } catch (RuntimeException e) {
      survey.close();
      throw e;
    }
  }

  /**
   * Looks at a model that may be incomplete.
   *
   * @param settings what to open and what the user says about it
   * @return what is known, to be closed by the caller
   * @throws InvalidInputException if a file cannot be read or its names are of no known family
   */
  public static Survey survey(ImportSettings settings) {
    Path folder = Files.isDirectory(settings.input()) ? settings.input() : null;
    Path weights = folder == null ? settings.input() : WeightFiles.find(folder);
    Map<String, Object> given = given(settings, folder);
    Object how = given.remove(HOW);
    if (how != null && !(how instanceof Map)) {
      throw new InvalidInputException("\"" + HOW + "\" in the configuration must be an object");
    }
    Map<String, Object> hints = how == null ? Map.of() : Maps.object(how);
    Options options = new Options(given, hints, settings.head() != null, settings.checked());
    Path vocabulary =
        settings.vocabulary() == null && folder != null
            ? Vocabularies.find(folder)
            : settings.vocabulary();
    Map<String, Integer> codes = vocabulary == null ? null : Vocabularies.read(vocabulary);
    Map<String, Object> special =
        codes == null
            ? new LinkedHashMap<>()
            : SpecialIds.of(codes, Vocabularies.folder(vocabulary));
    TensorSource in = WeightFiles.open(weights, settings.key());
    if (settings.head() != null) {
      in = WeightFiles.withHead(in, settings.head(), settings.key());
    }
    try {
      Draft draft = new Draft(in, options);
      MappedNames names = settings.map() == null ? null : MappedNames.read(settings.map());
      if (names != null) {
        names.name(draft);
      }
      Family family = family(settings, draft, names);
      if (family == null) {
        throw unknown(settings, weights, in, draft, codes, special);
      }
      family.apply(draft);
      TableWidths.require(draft);
      BatchNorms.fold(draft);
      PositionRows.cut(draft);
      ClsVector.find(draft, special);
      DecoderTokens.tell(
          draft, codes, special, codes == null ? null : Vocabularies.folder(vocabulary));
      if (codes != null) {
        noteCapitals(draft, codes, vocabulary);
      }
      Factors.apply(draft);
      NumberLayers.apply(draft);
      Path values = codes == null ? null : Vocabularies.values(vocabulary);
      return new Survey(settings, weights, in, draft, family, codes, values, special);
    } catch (RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** A tokenizer that makes letters small never finds a code with a capital; gsig does. */
  private static void noteCapitals(Draft draft, Map<String, Integer> codes, Path vocabulary) {
    Path lowerCasing = TokenizerFiles.lowerCasing(Vocabularies.folder(vocabulary));
    long capitals =
        codes.keySet().stream()
            .filter(code -> !code.matches("\\[.*]|<.*>"))
            .filter(code -> !code.equals(code.toLowerCase(Locale.ROOT)))
            .count();
    if (lowerCasing != null && capitals > 0) {
      draft.note(
          "codes",
          "looked up as they are written, "
              + capitals
              + " of them with capitals; "
              + lowerCasing.getFileName()
              + " says that the tokenizer makes letters small: was the model trained with it, or"
              + " with the ids themselves?");
    }
  }

  /** The folder's own configuration, the user's over it, single settings over both. */
  private static Map<String, Object> given(ImportSettings settings, Path folder) {
    Map<String, Object> given = new LinkedHashMap<>();
    if (folder != null && Files.exists(folder.resolve("config.json"))) {
      JsonObject own = Json.read(folder.resolve("config.json"));
      given = Maps.of(own);
      if (isHuggingFace(own)) { // there null leaves a token to the tokenizer's files
        given.keySet().removeIf(key -> !own.has(key) && ModelConfig.keys().contains(key));
        if (settings.head() == null && !settings.tells(HeadMeaning.PROBLEM_TYPE)) {
          HeadMeaning.requireSequenceScores(own, predictsNext(given));
        }
      }
    }
    if (settings.config() != null) {
      given = Maps.merged(given, Maps.of(Json.read(settings.config())));
    }
    for (Map.Entry<String, Object> entry : settings.sets().entrySet()) {
      Maps.set(given, entry.getKey(), entry.getValue());
    }
    return given;
  }

  private static boolean predictsNext(Map<String, Object> given) {
    return Families.ALL.stream()
        .filter(Family::predictsNext)
        .anyMatch(family -> family.name().equals(given.get("model_type")));
  }

  /**
   * The family that the user named or that is recognised; else the names of the mapping file, null
   * without one.
   */
  private static Family family(ImportSettings settings, Draft draft, MappedNames mapped) {
    List<String> names = Families.ALL.stream().map(Family::name).toList();
    if (settings.family() != null) {
      return Families.ALL.stream()
          .filter(family -> family.name().equals(settings.family()))
          .peek(family -> requireRecognised(family, draft))
          .findFirst()
          .orElseThrow(
              () ->
                  new InvalidInputException(
                      "--family "
                          + settings.family()
                          + " is not known; choose one of "
                          + String.join(", ", names)));
    }
    return Families.ALL.stream()
        .filter(family -> family.recognises(draft))
        .findFirst()
        .orElse(mapped);
  }

  /** What is still asked when the skeleton of a mapping file is complete. */
  private static UnknownNamesException unknown(
      ImportSettings settings,
      Path weights,
      TensorSource in,
      Draft draft,
      Map<String, Integer> codes,
      Map<String, Object> special) {
    Map<String, String> skeleton = Skeleton.of(draft);
    Draft trial = new Draft(in, draft.options());
    String asked;
    try {
      Family mapped = Skeleton.apply(trial, skeleton);
      // not closed: its checkpoint is the caller's
      Survey survey = new Survey(settings, weights, in, trial, mapped, codes, null, special);
      asked = String.join(", ", survey.questions().keySet());
    } catch (InvalidInputException e) {
      asked = "";
    }
    return new UnknownNamesException(
        draft.source()
            + ": the names of its weights ("
            + String.join(", ", draft.names().stream().limit(3).toList())
            + ", ...) belong to no known family ("
            + String.join(", ", Families.ALL.stream().map(Family::name).toList())
            + "); say what they are in a mapping file (--map)"
            + (asked.isEmpty() ? "" : ", and tell with --set or --config: " + asked),
        skeleton);
  }

  private static void requireRecognised(Family family, Draft draft) {
    if (!family.recognises(draft)) {
      throw new InvalidInputException(
          draft.source()
              + ": has no names of "
              + family.description()
              + "; leave --family out, or name the weights in a mapping file (--map)");
    }
  }

  /**
   * Whether a folder is no model folder of our own but may be one that can be opened all the same:
   * Hugging Face's, known by its configuration or its files.
   */
  public static boolean isForeign(Path folder) {
    if (!Files.isDirectory(folder) || !Files.exists(folder.resolve("config.json"))) {
      return false;
    }
    if (!Files.exists(folder.resolve("model.safetensors"))
        || !Files.exists(folder.resolve("vocab.json"))) {
      return FOREIGN.stream().anyMatch(file -> Files.exists(folder.resolve(file)));
    }
    return isHuggingFace(Json.read(folder.resolve("config.json")));
  }

  /**
   * What is assumed of a folder that is used as it stands, without an import that would tell.
   *
   * @param folder a model folder, of which nothing is assumed, or one that {@link #isForeign} knows
   * @return a sentence with keys and values; null where nothing is assumed
   * @throws InvalidInputException if the folder cannot be used
   */
  public static String assumptions(Path folder) {
    if (!isForeign(folder)) {
      return null;
    }
    List<String> assumed;
    try (ImportedModel model = open(ImportSettings.of(folder))) {
      assumed = model.report().assumed();
    }
    return assumed.isEmpty()
        ? null
        : folder
            + " leaves open, and it is assumed: "
            + assumed.stream()
                .map(line -> line.replaceFirst(" \\(.*", ""))
                .collect(Collectors.joining(", "))
            + "; 'gsig import' says why, and takes other values";
  }

  /**
   * The files that the codes of a model, and the statistics of their values, are read from.
   *
   * @param folder a model folder, or one that {@link #isForeign} knows
   * @return the vocabulary first; what is not there is not among them
   */
  public static List<Path> vocabularyFiles(Path folder) {
    Path own = folder.resolve("vocab.json");
    Path found = isForeign(folder) ? Vocabularies.find(folder) : null;
    List<Path> codes = found == null ? List.of(own) : Vocabularies.files(found);
    Path values = folder.resolve(CodeValues.FILE_NAME);
    return Files.exists(values) ? Stream.concat(codes.stream(), Stream.of(values)).toList() : codes;
  }

  private static boolean isHuggingFace(JsonObject config) {
    return config.keys().contains("architectures")
        || config.keys().contains("transformers_version");
  }
}
