package dev.gsig.attribution;

import static dev.gsig.attribution.HandMadeModel.abThenC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPathTest {
  @TempDir Path folder;

  /** Of the path from zero, of the logit of class 1. */
  private static <R> R onPath(Model model, Trajectory patient, Function<ModelPath, R> use) {
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    return model.withWorkspace(
        workspace -> {
          try (ModelPath path =
              explainer.patients().path(workspace, patient, model.tokenize(patient))) {
            path.explain(new ScoreFunction(false, 1, 1, false));
            return use.apply(path);
          }
        });
  }

  @Test
  void eitherScoreMayBeAskedForFirst() {
    Model model = HandMadeModel.binary(6, 3, 0.5).load(folder);
    Trajectory patient = abThenC(Map.of());
    assertThat(onPath(model, patient, ModelPath::startScore)).isCloseTo(0.5, within(1e-13));
    assertThat(onPath(model, patient, ModelPath::endScore)).isCloseTo(8.5, within(1e-13));
  }

  @ParameterizedTest
  @CsvSource({"defaults-only, false", "bert-pooler, true"})
  void knowsWhetherTheActivationsHaveKinks(String name, boolean smooth) {
    Fixture fixture = Fixture.named(name);
    Trajectory patient = fixture.cohort().get(0);
    assertThat(onPath(fixture.model("simd"), patient, ModelPath::isSmooth)).isEqualTo(smooth);
  }
}
