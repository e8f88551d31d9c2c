package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ModelImport;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published families as their files are, folders of Hugging Face and bare weights, against PyTorch
 * in float64 ({@code tools/fixtures/make_family_fixtures.py}): logits, gradients and integrated
 * gradients, relative to the largest entry.
 */
class FamilyParityTest {
  private static final Path ROOT = Path.of("src/test/resources/families");
  private static final WorstDifferences WORST = new WorstDifferences();

  @TempDir Path out;

  static Stream<Arguments> models() throws IOException {
    return WorstDifferences.models(ROOT);
  }

  @AfterAll
  static void report() {
    WORST.print("families against PyTorch");
  }

  private static Model load(Path folder, String backend) {
    if (Files.exists(folder.resolve("config.json"))) {
      return Model.load(folder, backend);
    }
    JsonObject said = Json.read(folder.resolve("said.json"));
    Map<String, Object> sets = new LinkedHashMap<>();
    said.keys().forEach(key -> sets.put(key, said.raw(key)));
    ImportSettings settings =
        new ImportSettings(
            folder.resolve("model.safetensors"),
            null,
            sets,
            folder.resolve("vocab.json"),
            null,
            null,
            null,
            null,
            false,
            false);
    return Model.load(folder, () -> ModelImport.open(settings), backend);
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("models")
  void agreesWithPyTorch(Path folder, String backend) {
    double tolerance = backend.equals("ejml") ? 1e-9 : 1e-4;
    String baseline = Json.read(folder.resolve("case.json")).string("baseline");
    SequenceBaseline start =
        baseline.equals("zero") ? SequenceBaselines.ZERO : SequenceBaselines.PAD;
    try (Model model = load(folder, backend);
        Safetensors expected = Safetensors.open(folder.resolve("expected.safetensors"))) {
      List<Trajectory> cohort = CohortReader.readAll(folder.resolve("cohort.jsonl"));
      assertThat(cohort).hasSizeGreaterThan(3);
      for (int i = 0; i < cohort.size(); i++) {
        String p = "p" + i + ".";
        Trajectory patient = cohort.get(i);
        double[] logits = model.logits(patient);
        WORST.assertClose(backend + ": logits", expected.read(p + "logits"), logits, tolerance);
        int predicted = model.prediction(logits).predictedClass();
        ExplainOptions options =
            Options.plain(Quadrature.RIGHT, 50)
                .baselines(start, TabularBaselines.ZERO)
                .build()
                .toBuilder()
                .explainedClass(logits.length == 1 ? 1 : predicted)
                .build();
        Explainer explainer = Explainer.of(model, null, options);
        WORST.assertClose(
            backend + ": gradients",
            expected.read(p + "gradient"),
            gradient(explainer, model, patient, predicted),
            tolerance);
        double[] ig = expected.read(p + "ig");
        double[] found = explainer.explainRaw(patient).values();
        WORST.assertClose(
            backend + ": integrated gradients", ig, Arrays.copyOf(found, ig.length), tolerance);
      }
    }
  }

  /** Where no ReLU makes the gradient jump, the integral is the difference of scores. */
  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("models")
  void attributionsAddUp(Path folder, String backend) {
    JsonObject aCase = Json.read(folder.resolve("case.json"));
    if (!backend.equals("ejml") || aCase.bool("kinks", false)) {
      return;
    }
    try (Model model = load(folder, backend)) {
      Trajectory patient = CohortReader.readAll(folder.resolve("cohort.jsonl")).get(0);
      ExplainOptions options =
          Options.plain(Quadrature.GAUSS_LEGENDRE, 512)
              .baselines(SequenceBaselines.PAD, TabularBaselines.ZERO)
              .build()
              .toBuilder()
              .explainedClass(1)
              .build();
      Attribution a = Explainer.of(model, null, options).explain(patient);
      WORST.note("completeness gap", a.completenessGapRelative());
      assertThat(a.completenessGapRelative()).isLessThan(1e-6);
    }
  }

  private static double[] gradient(
      Explainer explainer, Model model, Trajectory patient, int predicted) {
    TokenSequence sequence = model.tokenize(patient);
    return model.withWorkspace(
        workspace -> {
          try (ModelPath path = explainer.patients().path(workspace, patient, sequence)) {
            path.explain(explainer.patients().scoreFunction(predicted));
            int size = sequence.length() * model.config().embeddingSize();
            // The path is of scaled rows, PyTorch's gradient of rows as they are stored.
            double scale = model.config().embeddingScale();
            double[] gradient = path.at(new double[] {1})[0];
            return Arrays.stream(gradient, 0, size).map(g -> scale * g).toArray();
          }
        });
  }
}
