package dev.gsig.bench.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * all-MiniLM-L6-v2, a pretrained BERT of 6 layers, imported through a mapping file: its hidden
 * states for 60 sequences of 60 lengths against ONNX Runtime.
 */
class MiniLmTest {
  private static final int SEQUENCES = 60;
  private static final int CLS = 101;
  private static final int SEP = 102;
  private static final int FIRST_WORD = 1000;
  private static final int VOCABULARY = 30522;

  @TempDir static Path folder;

  private static final List<int[]> INPUTS = new ArrayList<>();
  private static final List<double[]> EXPECTED = new ArrayList<>();

  @BeforeAll
  static void runOnnx() throws IOException, OrtException {
    byte[] onnx;
    try (InputStream in = MiniLmTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
      onnx = in.readAllBytes();
    }
    write(OnnxWeights.read(onnx));
    Random random = new Random(11);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(onnx)) {
      for (int i = 0; i < SEQUENCES; i++) {
        int[] ids =
            random.ints(i == SEQUENCES - 1 ? 512 : 2 + 3 * i, FIRST_WORD, VOCABULARY).toArray();
        ids[0] = CLS;
        ids[ids.length - 1] = SEP;
        INPUTS.add(ids);
        EXPECTED.add(hiddenStates(environment, session, ids));
      }
    }
  }

  private static double[] hiddenStates(OrtEnvironment environment, OrtSession session, int[] ids)
      throws OrtException {
    long[][] tokens = {Arrays.stream(ids).asLongStream().toArray()};
    long[][] ones = {IntStream.range(0, ids.length).mapToLong(i -> 1).toArray()};
    long[][] zeros = new long[1][ids.length];
    try (OnnxTensor input = OnnxTensor.createTensor(environment, tokens);
        OnnxTensor mask = OnnxTensor.createTensor(environment, ones);
        OnnxTensor types = OnnxTensor.createTensor(environment, zeros);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", input, "attention_mask", mask, "token_type_ids", types))) {
      float[][] rows = ((float[][][]) result.get(0).getValue())[0];
      double[] flat = new double[rows.length * rows[0].length];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = rows[i / rows[0].length][i % rows[0].length];
      }
      return flat;
    }
  }

  /** The encoder has no head; one is given to it that nothing here reads. */
  private static void write(Map<String, NamedTensor> weights) throws IOException {
    Map<String, NamedTensor> all = new TreeMap<>(weights);
    all.put("classifier.weight", NamedTensor.f32(new double[384], 1, 384));
    all.put("classifier.bias", NamedTensor.f32(new double[1], 1));
    SafetensorsWriter.write(folder.resolve("minilm.safetensors"), Map.of(), all);
    String layer = "encoder.layer.{n}.";
    String names =
        List.of(
                "attention.self.query",
                "attention.self.key",
                "attention.self.value",
                "attention.output.dense",
                "intermediate.dense",
                "output.dense")
            .stream()
            .map(
                part ->
                    "\"%s%s.weight\": \"/encoder/layer.{n}/%s/MatMul^T\""
                        .formatted(layer, part, part.replace('.', '/')))
            .collect(Collectors.joining(",", "{", "}"));
    Files.writeString(folder.resolve("names.json"), names);
    Files.writeString(folder.resolve("vocab.json"), "{\"word\": 1000}");
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"num_attention_heads": 12, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
         "pad_token_id": 0, "cls_token_id": 101, "sep_token_id": 102, "mask_token_id": 103,
         "unk_token_id": 100, "pooling": "mean", "mean_over": "real"}
        """);
  }

  @ParameterizedTest(name = "{0} within {1}")
  @CsvSource({"ejml, 1e-5", "simd, 5e-5"})
  void agreesWithOnnxRuntime(String name, double tolerance) {
    ImportSettings settings =
        new ImportSettings(
            folder.resolve("minilm.safetensors"),
            folder.resolve("config.json"),
            Map.of(),
            folder.resolve("vocab.json"),
            folder.resolve("names.json"),
            null,
            null,
            null,
            false,
            false);
    Backend backend = Backends.open(name);
    double worst = 0;
    try (ImportedModel imported = ModelImport.open(settings)) {
      assertThat(imported.report().leftOver()).isEmpty();
      Tokenizer tokenizer = imported.config().tokenizer(imported.vocabulary());
      Transformer model = Transformer.load(imported.tensors(), imported.config(), backend);
      // The table of two token types is not kept: its first row is added to the positions.
      assertThat(model.parameterCount()).isEqualTo(22_565_376L - 2 * 384 + 385);
      for (int i = 0; i < INPUTS.size(); i++) {
        int[] ids = INPUTS.get(i);
        TokenSequence sequence = tokenizer.ofIds(ids, null, new int[ids.length]);
        TokenBatch batch = new TokenBatch(List.of(sequence), ids.length);
        Tensor hidden = model.hiddenStates(backend, batch);
        double[] found = backend.download(hidden);
        backend.release(hidden);
        assertThat(found).hasSameSizeAs(EXPECTED.get(i));
        for (int k = 0; k < found.length; k++) {
          double off = Math.abs(found[k] - EXPECTED.get(i)[k]);
          worst = off <= worst ? worst : off;
        }
      }
    }
    System.out.printf(Locale.ROOT, "MiniLM against ONNX Runtime, %s: %.1e%n", name, worst);
    assertThat(worst).isLessThanOrEqualTo(tolerance);
  }
}
