package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gsig import}: what the user says holds, and nothing that was there is lost. */
class ImportToldTest {
  private static final Path CASES = Path.of("..", "gsig", "src", "test", "resources", "import");

  @TempDir Path folder;

  private Path out;

  @BeforeEach
  void setUp() {
    out = folder.resolve("model");
  }

  private Cli.Outcome importCase(String name, String input, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of(
                "import",
                "--input",
                CASES.resolve(name).resolve(input),
                "--vocab",
                CASES.resolve(name).resolve("vocab.json"),
                "--out",
                out));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  private static Path said(String name) {
    return CASES.resolve(name).resolve("said.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sep_token_id", "mask_token_id", "unk_token_id", "cls_token_id"})
  void aModelWithoutASpecialTokenThatTheVocabularyHas(String token) throws IOException {
    Path without = Files.writeString(folder.resolve("without.json"), "{\"" + token + "\": null}");
    Object[] rest = {
      "--set",
      "num_attention_heads=3",
      "--set",
      "hidden_act=gelu",
      "--set",
      "pooling=mean",
      "--set",
      "layer_norm_eps=1e-12",
      "--set",
      "mean_over=real"
    };
    Cli.Outcome plain = importCase("bert", "model.pth", rest);
    assertThat(plain.code()).as(plain.err()).isZero();
    assertThat(plain.out()).contains("assumed    " + token);
    assertThat(Json.read(out.resolve("config.json")).has(token)).isTrue();
    out = folder.resolve("by-file");
    Cli.Outcome byFile = importCase("bert", "model.pth", with(rest, "--config", without));
    assertThat(byFile.code()).as(byFile.err()).isZero();
    assertThat(Json.read(out.resolve("config.json")).has(token)).isFalse();
    out = folder.resolve("by-set");
    Cli.Outcome bySet = importCase("bert", "model.pth", with(rest, "--set", token + "=null"));
    assertThat(bySet.code()).as(bySet.err()).isZero();
    assertThat(Json.read(out.resolve("config.json")).has(token)).isFalse();
    assertThat(bySet.out()).doesNotContain("assumed    " + token);
    Cli.Outcome info = Cli.run("info", "--model", out);
    assertThat(info.out())
        .doesNotContain(token.substring(0, 3).toUpperCase(java.util.Locale.ROOT) + " ");
  }

  private static Object[] with(Object[] some, Object... more) {
    List<Object> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray();
  }

  /** A model folder without SEP stays one without, whatever its vocabulary holds. */
  @Test
  void aModelFolderIsImportedAsItIs() throws IOException {
    Object[] said = {"--config", said("torch-encoder"), "--set", "sep_token_id=null"};
    assertThat(importCase("torch-encoder", "model.pt", said).code()).isZero();
    Path ours = out;
    String config = Files.readString(ours.resolve("config.json"));
    Files.writeString(
        ours.resolve("config.json"), config.replaceFirst("\\{", "{\"sep_token_id\": null,"));
    Path again = folder.resolve("again");
    Cli.Outcome copied = Cli.run("import", "--input", ours, "--out", again);
    assertThat(copied.code()).as(copied.err()).isZero();
    assertThat(Json.read(again.resolve("config.json")).has("sep_token_id")).isFalse();
  }

  @Test
  void aModelIsReplacedOnlyWhenThatIsSaid() throws IOException {
    Object[] said = {"--config", said("torch-encoder")};
    assertThat(importCase("torch-encoder", "model.pt", said).code()).isZero();
    byte[] before = Files.readAllBytes(out.resolve("model.safetensors"));
    Object[] other = {"--config", said("torch-encoder-pre-norm")};
    Cli.Outcome refused = importCase("torch-encoder-pre-norm", "model.pt", other);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.errLines()).hasSize(1);
    assertThat(refused.err()).contains("config.json: exists already").contains("--overwrite");
    assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(before);
    Cli.Outcome replaced =
        importCase("torch-encoder-pre-norm", "model.pt", with(other, "--overwrite"));
    assertThat(replaced.code()).as(replaced.err()).isZero();
    assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isNotEqualTo(before);
  }

  @Test
  void aMissingActivationIsHuggingFacesDefaultAndSaidSo() throws IOException {
    Path bert = copyOfBert("\"hidden_act\": \"gelu\",", "");
    Cli.Outcome imported = Cli.run("import", "--input", bert, "--out", out);
    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(imported.out()).contains("assumed    hidden_act \"gelu\" (Hugging Face's default)");
    assertThat(Json.read(out.resolve("config.json")).string("hidden_act")).isEqualTo("gelu");
    out = folder.resolve("bare");
    Cli.Outcome bare = importCase("bert", "model.pth", "--set", "num_attention_heads=3");
    assertThat(bare.err()).contains("hidden_act (the activation");
  }

  @Test
  void moreNamesThanLabelsAreRefused() throws IOException {
    Path bert = copyOfBert("\"1\": \"yes\"", "\"1\": \"yes\", \"2\": \"perhaps\"");
    Cli.Outcome refused = Cli.run("import", "--input", bert, "--out", out);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("names 3 labels, but the head has 2");
    assertThat(out).doesNotExist();
    assertThat(Cli.run("info", "--model", bert).code()).isEqualTo(2);
  }

  private Path copyOfBert(String from, String to) throws IOException {
    Path bert = Files.createDirectories(folder.resolve("bert"));
    Path source = CASES.resolve("bert-folder").resolve("folder");
    for (String name : List.of("pytorch_model.bin", "vocab.txt")) {
      Files.copy(source.resolve(name), bert.resolve(name));
    }
    String config = Files.readString(source.resolve("config.json"));
    assertThat(config).contains(from);
    Files.writeString(bert.resolve("config.json"), config.replace(from, to));
    JsonObject sound = Json.read(bert.resolve("config.json"));
    assertThat(sound.keys()).isNotEmpty();
    return bert;
  }
}
