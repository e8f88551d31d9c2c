package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Embeddings and readouts that BERT has not, values beside the codes among them, against PyTorch in
 * float64 ({@code tools/fixtures/make_block_fixtures.py}), relative to the largest entry.
 */
class BlockParityTest {
  private static final Path ROOT = Path.of("src/test/resources/blocks");
  private static final WorstDifferences WORST = new WorstDifferences();

  static Stream<Arguments> models() throws IOException {
    return WorstDifferences.models(ROOT);
  }

  @AfterAll
  static void report() {
    WORST.print("blocks against PyTorch");
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("models")
  void agreesWithPyTorch(Path folder, String backend) {
    double tolerance = backend.equals("ejml") ? 1e-9 : 1e-4;
    try (Model model = Model.load(folder, backend);
        Safetensors expected = Safetensors.open(folder.resolve("expected.safetensors"))) {
      List<Trajectory> cohort = CohortReader.readAll(folder.resolve("cohort.jsonl"));
      assertThat(cohort).hasSize(4);
      for (int i = 0; i < cohort.size(); i++) {
        String p = "p" + i + ".";
        Trajectory patient = cohort.get(i);
        double[] logits = model.logits(patient);
        WORST.assertClose(backend + ": logits", expected.read(p + "logits"), logits, tolerance);
        Explainer explainer = Explainer.of(model, null, options(Quadrature.RIGHT, 50));
        WORST.assertClose(
            backend + ": gradients",
            joined(model, expected, p + "gradient", p + "value_gradient"),
            gradient(explainer, model, patient),
            tolerance);
        WORST.assertClose(
            backend + ": integrated gradients",
            joined(model, expected, p + "ig", p + "value_ig"),
            explainer.explainRaw(patient).values(),
            tolerance);
      }
    }
  }

  /** Where no maximum makes the gradient jump, the integral is the difference of scores. */
  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("models")
  void attributionsAddUp(Path folder, String backend) {
    if (!backend.equals("ejml") || Json.read(folder.resolve("case.json")).bool("kinks", false)) {
      return;
    }
    try (Model model = Model.load(folder, backend)) {
      for (Trajectory patient : CohortReader.readAll(folder.resolve("cohort.jsonl"))) {
        Attribution a =
            Explainer.of(model, null, options(Quadrature.GAUSS_LEGENDRE, 256)).explain(patient);
        WORST.note("completeness gap", a.completenessGapRelative());
        assertThat(a.completenessGapRelative()).isLessThan(1e-6);
      }
    }
  }

  private static ExplainOptions options(Quadrature rule, int steps) {
    return Options.plain(rule, steps)
        .baselines(SequenceBaselines.PAD, TabularBaselines.MEAN)
        .build();
  }

  /** The entries of the codes' rows, then, of a model that reads them, those of the values. */
  private static double[] joined(Model model, Safetensors tensors, String codes, String values) {
    DoubleStream all = DoubleStream.of(tensors.read(codes));
    return model.inputNames().contains(Model.VALUES)
        ? DoubleStream.concat(all, DoubleStream.of(tensors.read(values))).toArray()
        : all.toArray();
  }

  private static double[] gradient(Explainer explainer, Model model, Trajectory patient) {
    TokenSequence sequence = model.tokenize(patient);
    int predicted = model.predict(patient).predictedClass();
    return model.withWorkspace(
        workspace -> {
          try (ModelPath path = explainer.patients().path(workspace, patient, sequence)) {
            path.explain(explainer.patients().scoreFunction(predicted));
            int last = path.spans().get(path.spans().size() - 1).end();
            return Arrays.copyOf(path.at(new double[] {1})[0], last);
          }
        });
  }
}
