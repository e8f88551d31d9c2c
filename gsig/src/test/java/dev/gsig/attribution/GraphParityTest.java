package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exported graphs as model folders against the modules in PyTorch, in float64 ({@code
 * tools/fixtures/make_graph_fixtures.py}, {@code make_graph_variants.py}): logits and integrated
 * gradients, relative to the largest entry, with the backend's primitives and node by node.
 */
class GraphParityTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final WorstDifferences WORST = new WorstDifferences();

  static Stream<Arguments> models() throws IOException {
    return Stream.concat(
            WorstDifferences.models(RESOURCES.resolve("graphs")),
            WorstDifferences.models(RESOURCES.resolve("graph-variants")))
        .flatMap(
            model ->
                Stream.of(true, false)
                    .map(fused -> Arguments.of(model.get()[0], model.get()[1], fused)));
  }

  @AfterAll
  static void report() {
    WORST.print("exported graphs against PyTorch");
  }

  @ParameterizedTest(name = "{0} on {1}, fused: {2}")
  @MethodSource("models")
  void agreesWithPyTorch(Path folder, String backend, boolean fused) {
    double tolerance = backend.equals("ejml") ? 1e-9 : 1e-4;
    try (Model model = Model.load(folder, backend, fused);
        Safetensors expected = Safetensors.open(folder.resolve("expected.safetensors"))) {
      List<Trajectory> cohort = CohortReader.readAll(folder.resolve("cohort.jsonl"));
      assertThat(cohort).hasSize(3);
      for (int i = 0; i < cohort.size(); i++) {
        String p = "p" + i + ".";
        double[] logits = model.logits(cohort.get(i));
        WORST.assertClose(backend + ": logits", expected.read(p + "logits"), logits, tolerance);
        int predicted = model.prediction(logits).predictedClass();
        Explainer explainer = Explainer.of(model, null, options(model, logits, predicted));
        WORST.assertClose(
            backend + ": integrated gradients",
            expected.read(p + "ig"),
            explainer.explainRaw(cohort.get(i)).values(),
            tolerance);
      }
    }
  }

  private static ExplainOptions options(Model model, double[] logits, int predicted) {
    ExplainOptions.Builder options =
        Options.plain(Quadrature.RIGHT, 50)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
            .build()
            .toBuilder()
            .explainedClass(logits.length == 1 ? 1 : predicted);
    return model.inputNames().contains(Model.VALUES)
        ? options.valueBaseline(ValueBaseline.ZERO).build()
        : options.build();
  }
}
