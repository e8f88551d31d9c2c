package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file that Git LFS did not fetch is named as that, whichever reader meets it. */
class GitLfsPointerTest {
  private static final Path CASE = Path.of("..", "gsig", "src", "test", "resources", "import/bert");
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 438000000\n";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "model.safetensors, import --out OUT --input FILE",
    "model.pt, import --out OUT --input FILE",
    "model.ckpt, info --model FILE",
    "model.safetensors.index.json, import --out OUT --input FILE",
    "vocab.json, import --out OUT --input MODEL --vocab FILE",
    "vocab.pkl, import --out OUT --input MODEL --vocab FILE",
    "vocab.txt, import --out OUT --input MODEL --vocab FILE",
    "names.json, import --out OUT --input MODEL --map FILE",
    "check.npz, import --out OUT --input HF --check FILE",
    "check.safetensors, import --out OUT --input HF --check FILE",
    "cohort.jsonl, explain --model HF --baseline zero --out OUT --cohort FILE",
  })
  void isNamed(String name, String commandLine) throws IOException {
    Path file = Files.writeString(folder.resolve(name), POINTER);
    List<Object> args = new ArrayList<>();
    for (String word : commandLine.split(" ")) {
      args.add(
          switch (word) {
            case "FILE" -> file;
            case "OUT" -> folder.resolve("out");
            case "MODEL" -> CASE.resolve("model.pth");
            case "HF" -> CASE.resolve("folder");
            default -> word;
          });
    }
    Cli.Outcome refused = Cli.run(args.toArray());
    assertThat(refused.code()).as(refused.err()).isEqualTo(2);
    assertThat(refused.errLines()).hasSize(1);
    assertThat(refused.err()).contains(name + ": is a Git LFS pointer").contains("git lfs pull");
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
