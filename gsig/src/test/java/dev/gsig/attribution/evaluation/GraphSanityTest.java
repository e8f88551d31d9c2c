package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.SanityCheck.RankCorrelation;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sanity check of a graph: a BERT of one layer, as PyTorch exports it. */
class GraphSanityTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final List<String> LAYERS =
      List.of("classifier", "bert.pooler", "bert.encoder.layer.0", "bert.embeddings");

  @TempDir Path folder;

  private List<Trajectory> cohort;

  @BeforeEach
  void aModelFolder() throws IOException {
    Path other = RESOURCES.resolve("graphs").resolve("fixed");
    Files.copy(RESOURCES.resolve("native-graphs/bert.onnx"), folder.resolve("model.onnx"));
    Files.copy(other.resolve("vocab.json"), folder.resolve("vocab.json"));
    Files.writeString(
        folder.resolve("inputs.json"),
        "{\"inputs\": {\"input_ids\": \"tokens\", \"attention_mask\": \"mask\"},"
            + " \"output\": \"logits\", \"max_position_embeddings\": 16, \"pad_token_id\": 0,"
            + " \"cls_token_id\": 1, \"sep_token_id\": 2, \"unk_token_id\": 3}");
    cohort = CohortReader.readAll(other.resolve("validation.jsonl"));
  }

  /** As those of the native model: classifier, pooling, encoder.layer.0, embeddings. */
  @Test
  void itsLayersAreThoseOfTheModule() {
    try (Model model = Model.load(folder, "ejml")) {
      assertThat(model.weightParts()).isEqualTo(LAYERS);
    }
  }

  /** A layer's draws depend on the seed alone, and what is not drawn stays. */
  @Test
  void onlyTheChosenLayersChange() {
    Trajectory patient = cohort.get(0);
    try (Model model = Model.load(folder, "ejml");
        Model none = model.randomised(0, 1);
        Model one = model.randomised(1, 1);
        Model again = model.randomised(1, 1);
        Model other = model.randomised(1, 2);
        Model all = model.randomised(LAYERS.size(), 1)) {
      assertThat(none.logits(patient)).isEqualTo(model.logits(patient));
      assertThat(one.logits(patient)).isEqualTo(again.logits(patient));
      assertThat(one.logits(patient)).isNotEqualTo(model.logits(patient));
      assertThat(one.logits(patient)).isNotEqualTo(other.logits(patient));
      assertThat(all.logits(patient)).isNotEqualTo(one.logits(patient));
      assertThat(none.version()).isEqualTo(model.version());
      assertThat(one.version()).isNotEqualTo(model.version());
    }
  }

  /** Once all weights are random the attributions have nothing in common with the model's. */
  @Test
  void attributionsForgetTheModel() {
    EvaluationOptions options =
        new EvaluationOptions(
            List.of(EvaluatedMethods.IG, EvaluatedMethods.RANDOM),
            List.of(SequenceBaselines.ZERO),
            8,
            TabularBaselines.ZERO,
            Target.LOGIT,
            null,
            RemovalRules.DELETE,
            SequenceBaselines.ZERO,
            List.of(50.0),
            3);
    List<Double> found = new ArrayList<>();
    try (Model model = Model.load(folder, "simd")) {
      Evaluator evaluator = Evaluator.of(model, null, null, options);
      for (int seed = 0; seed < 10; seed++) {
        List<SanityCheck.Step> steps = SanityCheck.run(evaluator, cohort, 2, seed, () -> {});
        assertThat(steps).extracting(SanityCheck.Step::part).isEqualTo(LAYERS);
        for (List<RankCorrelation> patient : steps.get(LAYERS.size() - 1).patients()) {
          if (patient.get(0).signed() != null) {
            found.add(patient.get(0).signed());
          }
          if (patient.get(1).signed() != null) {
            assertThat(patient.get(1)).isEqualTo(new RankCorrelation(1.0, 1.0));
          }
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(40);
    double mean = found.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    assertThat(mean).isBetween(-0.3, 0.3);
  }
}
