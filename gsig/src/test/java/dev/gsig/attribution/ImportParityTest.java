package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every family, saved in every way by PyTorch ({@code tools/fixtures/make_import_fixtures.py}),
 * imported and written as a model folder: logits and gradients against PyTorch in float64, relative
 * to the largest entry.
 */
class ImportParityTest {
  private static final Path ROOT = Path.of("src/test/resources/import");
  private static final Map<String, Double> WORST = new TreeMap<>();

  @TempDir Path out;

  static Stream<Arguments> imports() throws IOException {
    List<Arguments> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(ROOT)) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        for (JsonObject way : Json.read(folder.resolve("case.json")).objects("imports")) {
          String name = folder.getFileName() + ", " + way.string("input");
          all.add(Arguments.of(name, folder, settings(folder, way), "ejml"));
          all.add(Arguments.of(name, folder, settings(folder, way), "simd"));
        }
      }
    }
    return all.stream();
  }

  private static ImportSettings settings(Path folder, JsonObject way) {
    return new ImportSettings(
        folder.resolve(way.string("input")),
        file(folder, way, "config"),
        Map.of(),
        file(folder, way, "vocab"),
        file(folder, way, "map"),
        file(folder, way, "head"),
        null,
        null,
        false,
        false);
  }

  private static Path file(Path folder, JsonObject way, String key) {
    return way.has(key) ? folder.resolve(way.string(key)) : null;
  }

  @AfterAll
  static void report() {
    WORST.forEach((what, d) -> System.out.printf("import against PyTorch, %-30s %.1e%n", what, d));
  }

  @ParameterizedTest(name = "{0} on {3}")
  @MethodSource("imports")
  void agreesWithPyTorch(String name, Path folder, ImportSettings settings, String backend) {
    try (ImportedModel imported = ModelImport.open(settings)) {
      imported.write(out);
    }
    compare(folder, Model.load(out, backend), backend);
  }

  @ParameterizedTest(name = "{0} on {3}")
  @MethodSource("imports")
  void theSameWithoutBeingWritten(
      String name, Path folder, ImportSettings settings, String backend) {
    if (Files.isDirectory(settings.input())) {
      compare(folder, Model.load(settings.input(), backend), backend);
    }
    Model model = Model.load(settings.input(), () -> ModelImport.open(settings), backend);
    compare(folder, model, backend);
    Trajectory patient = CohortReader.readAll(folder.resolve("cohort.jsonl")).get(0);
    try (Model same = model.randomised(0, 1);
        Model other = model.randomised(1, 1)) {
      assertThat(same.logits(patient)).isEqualTo(model.logits(patient));
      assertThat(other.logits(patient)).isNotEqualTo(model.logits(patient));
    }
  }

  private static void compare(Path folder, Model model, String backend) {
    double tolerance = backend.equals("ejml") ? 1e-9 : 1e-4;
    List<Trajectory> cohort = CohortReader.readAll(folder.resolve("cohort.jsonl"));
    Explainer explainer =
        Explainer.of(model, null, options(model.config().valueEmbedding() != null));
    try (Safetensors expected = Safetensors.open(folder.resolve("expected.safetensors"))) {
      for (int i = 0; i < cohort.size(); i++) {
        String p = "p" + i + ".";
        Trajectory patient = cohort.get(i);
        assertClose(
            backend + ": logits", expected.read(p + "logits"), model.logits(patient), tolerance);
        double[] gradient = gradient(explainer, model, patient);
        double[] tabular =
            expected.names().contains(p + "tabular_gradient")
                ? expected.read(p + "tabular_gradient")
                : new double[0];
        double[] wanted = expected.read(p + "gradient");
        int rows =
            model.config().valueEmbedding() == null
                ? gradient.length - tabular.length
                : model.tokenize(patient).length() * model.config().embeddingSize();
        assertClose(
            backend + ": gradients",
            wanted,
            Arrays.copyOf(Arrays.copyOf(gradient, rows), wanted.length),
            tolerance);
        if (tabular.length > 0) {
          double[] found = Arrays.copyOfRange(gradient, rows, gradient.length);
          assertClose(backend + ": tabular gradients", tabular, found, tolerance);
        }
      }
    }
  }

  private static ExplainOptions options(boolean values) {
    ExplainOptions plain = Options.plain(Quadrature.RIGHT, 1).build();
    return values ? plain.toBuilder().valueBaseline(ValueBaseline.ZERO).build() : plain;
  }

  private static double[] gradient(Explainer explainer, Model model, Trajectory patient) {
    TokenSequence sequence = model.tokenize(patient);
    return model.withWorkspace(
        workspace -> {
          try (ModelPath path = explainer.patients().path(workspace, patient, sequence)) {
            int predicted = model.prediction(path.endLogits()).predictedClass();
            path.explain(explainer.patients().scoreFunction(predicted));
            return Arrays.copyOf(path.at(new double[] {1})[0], path.size());
          }
        });
  }

  private static void assertClose(String what, double[] expected, double[] found, double most) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      double off = Math.abs(found[i] - expected[i]) / scale;
      worst = off <= worst ? worst : off;
    }
    WORST.merge(what, worst, Math::max);
    assertThat(worst).as(what).isLessThanOrEqualTo(most);
  }
}
