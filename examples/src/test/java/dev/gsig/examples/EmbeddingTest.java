package dev.gsig.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
class EmbeddingTest {
  static final Path MODEL = Path.of("..", "demo", "model");
  static final Path COHORT = Path.of("..", "demo", "test.jsonl");

  private static final String MODULE = "jdk.incubator.vector";

  @TempDir Path temp;

  /** Without the flag: the scalar kernels, one line that says how to get the others, same text. */
  @Test
  void aPlainClassPathIsEnough() throws Exception {
    Child.Output plain = Child.run(temp, List.of(), Embedding.class, MODEL, COHORT, 2);

    assertThat(plain.code()).as(plain.err()).isZero();
    assertThat(plain.out().lines()).hasSize(8);
    assertThat(plain.out())
        .containsPattern("(?m)^p[0-9]+: probability 0\\.[0-9]{3}, theta [0-9.]+, completeness gap")
        .containsPattern("(?m)^  [+-]0\\.[0-9]{4}  [dmp]_[0-9]+ \\([A-Z].*\\)$");
    assertThat(plain.err().lines().filter(line -> line.contains("--add-modules " + MODULE)))
        .as(plain.err())
        .singleElement()
        .asString()
        .contains("scalar kernels");

    Child.Output fast =
        Child.run(temp, List.of("--add-modules", MODULE), Embedding.class, MODEL, COHORT, 2);
    assertThat(fast.code()).as(fast.err()).isZero();
    assertThat(fast.out()).isEqualTo(plain.out());
    assertThat(fast.err()).doesNotContain("scalar kernels");
  }

  /** The means of one patient are their own: their score is the baseline's, to the last bit. */
  @Test
  void whoseScoreIsTheBaselinesHasNoPercentage() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("model"));
    for (String file : List.of("config.json", "model.safetensors", "vocab.json")) {
      Files.copy(MODEL.resolve(file), folder.resolve(file));
    }
    Path cohort = Path.of("src/test/resources/score-equals-baseline.jsonl").toAbsolutePath();
    try (Model model = Model.load(folder)) {
      Baseline.estimate(model, CohortReader.readAll(cohort))
          .save(folder.resolve(Baseline.FILE_NAME));
    }
    Child.Output run = Child.run(temp, List.of(), Embedding.class, folder, cohort);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("the baseline's score: nothing to explain");
  }

  @Test
  void aMistakeIsOneLine() throws Exception {
    Child.Output missing =
        Child.run(temp, List.of(), Embedding.class, temp.resolve("nowhere"), COHORT);
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.out()).isEmpty();
    assertThat(missing.err().lines())
        .singleElement()
        .asString()
        .contains("nowhere: is not a folder");

    Child.Output usage = Child.run(temp, List.of(), Embedding.class);
    assertThat(usage.code()).isEqualTo(2);
    assertThat(usage.err()).startsWith("usage: Embedding MODEL_DIR COHORT.jsonl");
  }
}
