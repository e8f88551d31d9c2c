package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.transformer.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All contenders must read the same inputs, whenever and wherever these were written. */
class SyntheticModelTest {
  @Test
  void writesTheSameBytesAgain(@TempDir Path one, @TempDir Path other) throws IOException {
    Path first = SyntheticModel.S.writeTo(one);
    Path second = SyntheticModel.S.writeTo(other);
    assertThat(names(first))
        .containsExactly(
            "baseline.safetensors",
            "config.json",
            "model.safetensors",
            "patients.jsonl",
            "vocab.json");
    for (String name : names(first)) {
      assertThat(second.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
    }
  }

  @Test
  void patientsFillTheModelsLength(@TempDir Path root) {
    Path folder = SyntheticModel.S.writeTo(root);
    ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
    Tokenizer tokenizer = config.tokenizer(Vocabulary.read(folder.resolve("vocab.json")));
    assertThat(CohortReader.readAll(folder.resolve(SyntheticModel.PATIENTS_FILE)))
        .isNotEmpty()
        .allSatisfy(
            patient -> {
              TokenSequence sequence = tokenizer.tokenize(patient);
              assertThat(sequence.length()).isEqualTo(SyntheticModel.LENGTH);
              assertThat(sequence.truncatedTokens()).isZero();
              assertThat(sequence.unknownCodes()).isZero();
            });
  }

  @Test
  void anOlderModelIsWrittenAnew(@TempDir Path root) throws IOException {
    Path folder = SyntheticModel.S.writeTo(root);
    Path weights = folder.resolve("model.safetensors");
    byte[] right = Files.readAllBytes(weights);
    Files.write(weights, new byte[8]);

    SyntheticModel.S.writeAnewTo(root);

    assertThat(weights).hasBinaryContent(right);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
