package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gsig import} of names that no family has prints the beginning of a mapping file. */
class ImportSkeletonTest {
  private static final Path CASE =
      Path.of("..", "gsig", "src", "test", "resources", "import", "mapped-names");

  @TempDir Path folder;

  private Cli.Outcome run(Path weights, Object... more) {
    List<Object> args = new ArrayList<>(List.of("import", "--input", weights));
    args.addAll(List.of("--out", folder.resolve("model"), "--vocab", CASE.resolve("vocab.json")));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  /** What the file leaves open is filled in as a person would; the rest is right as it stands. */
  @Test
  void whatItTellsIsRightAndTheRestIsLeftOpen() throws IOException {
    Path weights = CASE.resolve("model.pt");
    Cli.Outcome refused = run(weights);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("belong to no known family", "--map", "tell with --set or --config: ")
        .contains("num_attention_heads", "hidden_act", "norm_first", "pooling")
        .contains("the beginning of a mapping file is on standard output");
    JsonObject skeleton = Json.object(refused.out(), "printed");
    JsonObject names = Json.read(CASE.resolve("names.json"));
    Map<String, String> filled = new LinkedHashMap<>();
    int open = 0;
    for (String target : skeleton.keys()) {
      String source = skeleton.string(target);
      if (source.startsWith("?")) {
        assertThat(source).contains(names.string(target).replace("^T", ""));
        open++;
      } else {
        assertThat(source).as(target).isEqualTo(names.string(target));
      }
      filled.put(target, names.string(target));
    }
    assertThat(open).as("what a square matrix hides").isEqualTo(1);
    filled.put(
        "encoder.layer.{n}.attention.output.dense.bias",
        names.string("encoder.layer.{n}.attention.output.dense.bias"));

    Path printed = Files.writeString(folder.resolve("printed.json"), refused.out());
    Cli.assertRefused(run(weights, "--map", printed), "is still open");
    Path complete = Files.writeString(folder.resolve("names.json"), Json.write(filled));
    Cli.Outcome imported =
        run(
            weights,
            "--map",
            complete,
            "--config",
            CASE.resolve("said.json"),
            "--check",
            CASE.resolve("check.npz"));
    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(imported.out()).contains("no causal mask");
  }

  /** Layers without biases, a norm at the end and a head: nothing is left to be filled in. */
  @Test
  void usualNamesOfOnesOwnNeedNothingMore() throws IOException {
    Random random = new Random(5);
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    put(tensors, random, "emb.weight", 31, 8);
    put(tensors, random, "pos.weight", 20, 8);
    for (String block : List.of("blocks.0.", "blocks.1.")) {
      put(tensors, random, block + "attn.in_proj_weight", 24, 8);
      put(tensors, random, block + "attn.out_proj.weight", 8, 8);
      for (String norm : List.of("ln1", "ln2")) {
        put(tensors, random, block + norm + ".weight", 8);
        put(tensors, random, block + norm + ".bias", 8);
      }
      put(tensors, random, block + "ff.0.weight", 16, 8);
      put(tensors, random, block + "ff.0.bias", 16);
      put(tensors, random, block + "ff.3.weight", 8, 16);
      put(tensors, random, block + "ff.3.bias", 8);
    }
    put(tensors, random, "ln_f.weight", 8);
    put(tensors, random, "ln_f.bias", 8);
    put(tensors, random, "classifier.weight", 1, 8);
    put(tensors, random, "classifier.bias", 1);
    Path weights = folder.resolve("own.safetensors");
    SafetensorsWriter.write(weights, Map.of(), tensors);

    Cli.Outcome refused = run(weights);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.out()).doesNotContain("?").contains("blocks.{n}.attn.in_proj_weight#2/3");
    Path names = Files.writeString(folder.resolve("names.json"), refused.out());
    Object[] said = {
      "--map",
      names,
      "--set",
      "num_attention_heads=2",
      "--set",
      "hidden_act=gelu",
      "--set",
      "norm_first=true",
      "--set",
      "pooling=mean",
      "--set",
      "mean_over=real",
      "--set",
      "causal=false",
      "--set",
      "embedding_scale=1",
      "--set",
      "layer_norm_eps=1e-5",
      "--set",
      "import.norm=encoder"
    };
    Cli.Outcome imported = run(weights, said);
    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(imported.out())
        .contains("encoder.LayerNorm.weight  <-  ln_f.weight")
        .contains("no bias in encoder.layer.0.attention.self.query.bias");
  }

  private static void put(
      Map<String, NamedTensor> tensors, Random random, String name, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    tensors.put(name, NamedTensor.f32(random.doubles(size, -1, 1).toArray(), shape));
  }
}
