package dev.gsig.attribution;

import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** One committed parity model with the numbers that PyTorch computed for it. */
public record Fixture(Path folder) {
  /** Tests of other modules run in a folder beside this one's. */
  private static final Path ROOT = Path.of("..", "gsig", "src", "test", "resources", "parity");

  public static Stream<Fixture> all() {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders.filter(Files::isDirectory).sorted().map(Fixture::new).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Fixture named(String name) {
    return new Fixture(ROOT.resolve(name));
  }

  public Model model(String backend) {
    return Model.load(folder, backend);
  }

  public List<Trajectory> cohort() {
    return CohortReader.readAll(folder.resolve("cohort.jsonl"));
  }

  public Baseline baseline(Model model) {
    return Baseline.estimate(model, CohortReader.readAll(folder.resolve("validation.jsonl")));
  }

  /** The case's options, exact search over the compatibility grid. */
  public ExplainOptions options() {
    JsonObject json = Json.read(folder.resolve("case.json"));
    return ExplainOptions.DEFAULT.toBuilder()
        .steps(json.integer("steps"))
        .theta(ThetaCandidates.auto(), ThetaCandidates.Search.EXACT)
        .baselines(
            one(
                SequenceBaselines.named(),
                SequenceBaseline::label,
                json.string("sequence_baseline")),
            one(TabularBaselines.named(), TabularBaseline::label, json.string("tabular_baseline")))
        .target(one(Target.ofClasses(), Target::label, json.string("target")))
        .explainedClass(json.integerOrNull("class"))
        .build();
  }

  /** The one of that label. */
  public static <T> T one(List<T> values, Function<T, String> label, String text) {
    return values.stream().filter(v -> label.apply(v).equals(text)).findFirst().orElseThrow();
  }

  public Safetensors expected() {
    return Safetensors.open(folder.resolve("expected.safetensors"));
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
