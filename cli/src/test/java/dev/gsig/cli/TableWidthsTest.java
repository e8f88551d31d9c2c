package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PyTorch's own checkpoints, one table of which is narrower or wider than the encoder. */
class TableWidthsTest {
  private static final Path CASES = Path.of("..", "gsig", "src", "test", "resources", "import");

  @TempDir Path temp;

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "torch-encoder, pos_embedding, 10, position",
    "torch-encoder, code_embedding.weight, 16, word",
    "torch-multimodal, model.age_emb.weight, 10, age",
    "torch-multimodal, model.visit_emb.weight, 13, visit",
    "bert-folder, bert.embeddings.word_embeddings.weight, 10, word",
    "bert-folder, bert.embeddings.position_embeddings.weight, 16, position",
    "bert-folder, bert.embeddings.token_type_embeddings.weight, 10, token type",
    "behrt, module.bert.embeddings.age_embeddings.weight, 20, age",
  })
  void aTableThatDoesNotFitIsNamedWithBothWidths(
      String name, String table, int width, String input) {
    Path folder = CASES.resolve(name);
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    try (Safetensors stored = Safetensors.open(folder.resolve("model.safetensors"))) {
      for (String each : stored.names()) {
        int[] shape = stored.shape(each).stream().mapToInt(Math::toIntExact).toArray();
        double[] values = stored.read(each);
        if (each.equals(table)) {
          assertThat(shape[shape.length - 1]).isEqualTo(12);
          shape[shape.length - 1] = width;
          values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          floats[i] = (float) values[i];
        }
        tensors.put(each, NamedTensor.f32(floats, shape));
      }
    }
    Path weights = temp.resolve("weights.safetensors");
    SafetensorsWriter.write(weights, Map.of(), tensors);
    Path out = temp.resolve("model");

    Cli.assertRefused(
        Cli.run(
            "import",
            "--input",
            weights,
            "--config",
            folder.resolve("said.json"),
            "--vocab",
            folder.resolve("vocab.json"),
            "--out",
            out),
        table,
        ", taken for the table of the "
            + input
            + " embedding, is "
            + width
            + " wide, but the"
            + " encoder 12; where a layer projects it, save the product");
    assertThat(out).doesNotExist();
  }
}
