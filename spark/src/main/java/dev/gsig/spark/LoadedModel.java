package dev.gsig.spark;

import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.UnknownCodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model with its baseline and references, in memory. Each JVM loads one once, however many tasks
 * use it: the first task does, the others wait for it.
 */
record LoadedModel(Model model, Baseline baseline, ReferenceBank references) {
  /** Models that a JVM keeps; the one not used for longest is let go. */
  private static final int KEPT = 4;

  private static final Map<String, LoadedModel> LOADED =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LoadedModel> eldest) {
          return size() > KEPT;
        }
      };

  private static int loads;

  /** Where a model comes from. */
  private interface Loading {
    LoadedModel load() throws IOException;
  }

  /** The model that was shipped, from memory if this JVM has it. */
  static LoadedModel of(Shipment shipment) {
    return get(shipment, () -> unpack(shipment));
  }

  /**
   * The model on the driver, loaded from its own folder, so that messages name the user's files.
   *
   * @throws InvalidInputException saying in one line what is wrong with which file
   */
  static LoadedModel of(Shipment shipment, Settings settings) {
    Path own = settings.model().resolve(Baseline.FILE_NAME);
    Path baseline = settings.baseline() != null ? settings.baseline() : own;
    return get(shipment, () -> load(settings.model(), baseline, settings.references(), shipment));
  }

  private static LoadedModel get(Shipment shipment, Loading loading) {
    synchronized (LOADED) {
      LoadedModel known = LOADED.get(shipment.key());
      if (known != null) {
        return known;
      }
      try {
        LoadedModel loaded = loading.load();
        LOADED.put(shipment.key(), loaded);
        loads++;
        return loaded;
      } catch (IOException e) {
        throw new UncheckedIOException("the model cannot be unpacked on this machine", e);
      }
    }
  }

  /** How often this JVM has loaded a model. */
  static int loads() {
    synchronized (LOADED) {
      return loads;
    }
  }

  private static LoadedModel unpack(Shipment shipment) throws IOException {
    Path folder = Files.createTempDirectory("gsig-model-");
    try {
      shipment.files().writeTo(folder);
      Path references = folder.resolve(ModelFiles.REFERENCES);
      return load(
          folder,
          folder.resolve(Baseline.FILE_NAME),
          Files.exists(references) ? references : null,
          shipment);
    } finally {
      delete(folder);
    }
  }

  private static LoadedModel load(Path folder, Path baseline, Path references, Shipment shipment) {
    Model model = Model.load(folder, shipment.backend());
    return new LoadedModel(
        model,
        Files.exists(baseline) ? Baseline.load(baseline) : null,
        references == null
            ? null
            : ReferenceBank.of(model, CohortReader.readAll(references), shipment.referenceCount()));
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /**
   * An explainer on this model.
   *
   * @throws InvalidInputException if the options do not fit the model, or need a baseline or
   *     references that are not there
   */
  Explainer explainer(ExplainOptions options) {
    if (!options.startsFromReferences()) {
      return Explainer.of(model, baseline, options);
    }
    if (references == null) {
      throw new InvalidInputException(
          "the method "
              + options.method().label()
              + " starts from validation patients; give a file of them");
    }
    return Explainer.withReferences(model, references, options);
  }

  /** A count of nobody's unknown codes. */
  UnknownCodes unknownCodes() {
    return new UnknownCodes(model.vocabulary(), model.tokenizer().specialTokens());
  }

  /** Rounds to the digits of this model's backend. */
  AttributionJson json() {
    return new AttributionJson(model.significantDigits());
  }
}
