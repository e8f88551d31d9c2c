package dev.gsig.fuzz;

import dev.gsig.attribution.Model;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.importer.Survey;
import dev.gsig.importer.internal.torch.TorchFile;
import dev.gsig.onnx.OnnxModel;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;

/** Readers of models. */
final class ModelReaders {
  private static final Path MAPPED = Target.resource("import/mapped-names");

  private ModelReaders() {}

  static void safetensors(Path file) {
    try (Safetensors tensors = Safetensors.open(file)) {
      requireSound(tensors);
    }
    survey(ImportSettings.of(file));
  }

  static void torch(Path file) {
    try (TorchFile tensors = TorchFile.open(file, null)) {
      requireSound(tensors);
    }
    survey(ImportSettings.of(file));
  }

  /** Reads a pickle in an archive that is sound, so that more inputs come as far as the pickle. */
  static void pickle(Path file) {
    Path archive = file.resolveSibling("model.pt");
    write(archive, Seeds.archive(Target.bytes(file)));
    torch(archive);
  }

  /** Reads a graph and runs it with small inputs, whose shapes the file says. */
  static void onnx(Path file) {
    OnnxModel.read(file, false).shapes(Map.of());
  }

  static void config(Path file) {
    beside(file, "parity/bert-pooler/model.safetensors", "model.safetensors");
    beside(file, "parity/bert-pooler/vocab.json", "vocab.json");
    Model model = Model.load(file.getParent(), "simd");
    Fuzzed.requireFinite(model.logits(Seeds.PATIENT), "the logits");
  }

  static void folder(Path file) {
    beside(file, "import/bert-folder/folder/pytorch_model.bin", "pytorch_model.bin");
    beside(file, "import/bert-folder/folder/vocab.txt", "vocab.txt");
    Model model = Model.load(file.getParent(), "simd");
    Fuzzed.requireFinite(model.logits(Seeds.PATIENT), "the logits");
  }

  /** Configurations of a family, beside the weights of one of its models. */
  static void family(String name, Path file) {
    beside(file, "families/" + name + "/model.safetensors", "model.safetensors");
    beside(file, "families/" + name + "/vocab.json", "vocab.json");
    beside(file, "families/qwen2-window/tokenizer_config.json", "tokenizer_config.json");
    try (Model model = Model.load(file.getParent(), "simd")) {
      Fuzzed.requireFinite(model.logits(Seeds.PATIENT), "the logits");
    }
  }

  static void shards(Path file) {
    beside(file, "import/bert-separate-head/head.safetensors", "head.safetensors");
    beside(file, "import/bert-separate-head/head.pt", "head.bin");
    survey(ImportSettings.of(file));
  }

  static void mapping(Path file) {
    named(MAPPED.resolve("said.json"), file);
  }

  /** What {@code --config} names: keys that the weights do not tell. */
  static void said(Path file) {
    named(file, MAPPED.resolve("names.json"));
  }

  private static void named(Path said, Path names) {
    Path weights = MAPPED.resolve("model.safetensors");
    Path vocabulary = MAPPED.resolve("vocab.json");
    complete(
        new ImportSettings(
            weights, said, Map.of(), vocabulary, names, null, null, null, true, false));
  }

  static void vocabularyPickle(Path file) {
    Path weights = Target.resource("import/behrt/model.safetensors");
    survey(new ImportSettings(weights, null, Map.of(), file, null, null, null, null, true, false));
  }

  /** What is read beside a vocabulary. */
  static void tokenizerFile(Path file) {
    beside(file, "import/bert-folder/folder/vocab.txt", "vocab.txt");
    vocabularyText(file.resolveSibling("vocab.txt"));
  }

  /** A code a line. */
  static void vocabularyText(Path file) {
    vocabularyPickle(file);
  }

  private static void survey(ImportSettings settings) {
    try (Survey survey = ModelImport.survey(settings)) {
      Fuzzed.require(!survey.family().isBlank(), "a model without a family");
    }
  }

  private static void complete(ImportSettings settings) {
    try (ImportedModel imported = ModelImport.open(settings)) {
      requireSound(imported.tensors());
    }
  }

  /** As many values as the shape says, none of them NaN, and the same again from a copy. */
  private static void requireSound(TensorSource tensors) {
    for (String name : tensors.names()) {
      if (tensors.dtype(name).isReadable()) {
        long count = tensors.shape(name).stream().reduce(1L, Math::multiplyExact);
        double[] values = tensors.read(name);
        Fuzzed.require(values.length == count, name + " of " + tensors.shape(name));
        Fuzzed.requireFinite(values, name);
        Fuzzed.require(Arrays.equals(values, tensors.read(name)), name + " reads differently");
      }
    }
  }

  /** Puts a copy of a fixture's file beside a file, once. */
  private static void beside(Path file, String resource, String name) {
    Path copy = file.resolveSibling(name);
    try {
      if (!Files.exists(copy)) {
        Files.copy(Target.resource(resource), copy, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
