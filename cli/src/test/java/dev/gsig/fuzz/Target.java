package dev.gsig.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What reads files that somebody else made. A new reader of such files enters here: the name that
 * its file has, files to start from (relative to the engine's test resources; a folder stands for
 * all files of that extension in it), and what reads one. {@link FuzzTest} runs them all.
 */
enum Target {
  SAFETENSORS(
      "model.safetensors",
      ModelReaders::safetensors,
      "import/bert-separate-head/head.safetensors",
      "import/torch-encoder-pre-norm/model.safetensors"),
  CONFIG("config.json", ModelReaders::config, "parity"),
  VOCABULARY("vocab.json", DataReaders::vocabulary, "import"),
  VOCABULARY_PICKLE("vocab.pkl", ModelReaders::vocabularyPickle, "import/behrt/vocab.pkl"),
  VOCABULARY_TEXT("vocab.txt", ModelReaders::vocabularyText),
  TOKENIZER("tokenizer.json", ModelReaders::vocabularyText),
  ADDED_TOKENS("added_tokens.json", ModelReaders::tokenizerFile),
  TOKENIZER_CONFIG("tokenizer_config.json", ModelReaders::tokenizerFile),
  SPECIAL_TOKENS("special_tokens_map.json", ModelReaders::tokenizerFile),
  TEXT("any.txt", DataReaders::text),
  PACKED("any.gz", DataReaders::packed),
  TORCH("model.pt", ModelReaders::torch, "import/bert-separate-head/head.pt"),
  PICKLE("data.pkl", ModelReaders::pickle, "import"),
  ONNX(
      "model.onnx",
      ModelReaders::onnx,
      "../../../../onnx/src/test/resources/dev/gsig/onnx/attention.onnx",
      "../../../../onnx/src/test/resources/dev/gsig/onnx/loop.onnx"),
  CHECK("check.npz", DataReaders::check, "import"),
  CHECK_SAFETENSORS("check.safetensors", DataReaders::check, "import"),
  FOLDER("config.json", ModelReaders::folder, "import/bert-folder/folder/config.json", "parity"),
  ENCODER(
      "config.json",
      file -> ModelReaders.family("modernbert", file),
      "families/modernbert/config.json"),
  DECODER(
      "config.json",
      file -> ModelReaders.family("qwen2-window", file),
      "families/qwen2-window/config.json"),
  GPT2("config.json", file -> ModelReaders.family("gpt2", file), "families/gpt2/config.json"),
  CLINICAL(
      "config.json",
      file -> ModelReaders.family("core-behrt", file),
      "families/core-behrt/config.json"),
  SHARDS("model.safetensors.index.json", ModelReaders::shards),
  MAPPING("names.json", ModelReaders::mapping, "import/mapped-names/names.json"),
  SAID("said.json", ModelReaders::said, "import/mapped-names/said.json"),
  DESCRIPTIONS("descriptions.json", DataReaders::descriptions),
  VALUES("values.json", DataReaders::values),
  BINS("bins.json", DataReaders::bins),
  GROUPS("groups.jsonl", DataReaders::groups),
  BASELINE("baseline.safetensors", DataReaders::baseline),
  COHORT("cohort.jsonl", DataReaders::cohort, "parity"),
  RESULTS("results.jsonl", RunReaders::report),
  EXPORTED("results.jsonl", RunReaders::export),
  RESUMED("results.jsonl", RunReaders::resume),
  REPLACED("any", RunReaders::replace),
  CHECKPOINT("checkpoint.safetensors", RunReaders::checkpoint),
  MIMIC_TABLES("mimic.tables", TableReaders::mimic),
  SYNTHEA_TABLES("synthea.tables", TableReaders::synthea),
  MEDS_TABLES("meds.tables", TableReaders::meds),
  PHYSIONET2012_TABLES("physionet2012.tables", TableReaders::physionet2012),
  FHIR_BULK("fhir.tables", FhirReaders::bulk),
  FHIR_BUNDLE("bundle.json", FhirReaders::bundle),
  SERVICE_LINES("request.jsonl", ServiceReaders::lines),
  SERVICE_BUNDLE("request.json", ServiceReaders::bundle),
  SERVICE_HOOK("hook.json", ServiceReaders::hook),
  OMOP_TABLES("omop.tables", TableReaders::omop),
  PARQUET("events.parquet", TableReaders::parquet),
  PROVENANCE("results.jsonl.provenance.json", RunReaders::provenance);

  private static final Path RESOURCES = Path.of("..", "gsig", "src", "test", "resources");

  /** What the file is called; readers go by its ending. */
  final String fileName;

  @SuppressWarnings("ImmutableEnumChecker") // a method, without state of its own
  private final Reader reader;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> starts;

  Target(String fileName, Reader reader, String... starts) {
    this.fileName = fileName;
    this.reader = reader;
    this.starts = List.of(starts);
  }

  /** Reads a file, and holds what it gives against what must be true of it. */
  interface Reader {
    /**
     * @throws dev.gsig.ehr.InvalidInputException if the file is refused
     * @throws AssertionError if it is accepted wrongly
     */
    void read(Path file);
  }

  void read(Path file) {
    reader.read(file);
  }

  /** Files to start from. */
  List<byte[]> seeds() {
    Stream<byte[]> files = starts.stream().map(RESOURCES::resolve).flatMap(this::files);
    return Stream.concat(files, Seeds.madeFor(this).stream()).toList();
  }

  private Stream<byte[]> files(Path start) {
    try (Stream<Path> paths = Files.walk(start)) {
      return paths
          .filter(Files::isRegularFile)
          .filter(p -> p.equals(start) || p.endsWith(fileName))
          .sorted()
          .map(Target::bytes)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of the engine's test resources. */
  static Path resource(String name) {
    return RESOURCES.resolve(name);
  }
}
