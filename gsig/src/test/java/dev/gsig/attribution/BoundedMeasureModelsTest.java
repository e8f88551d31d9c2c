package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bounded measure along the paths of models. */
class BoundedMeasureModelsTest {
  @TempDir Path folder;

  /** float32 rounds the scores and the gradients of a linear model differently. */
  @Test
  void aLinearModelIsCompleteToItsPrecision() {
    HandMadeModel.binary(0.3, 0.7, 0.1).write(folder);
    Options options = Options.zero().steps(50);
    options.method = PathMethods.BOUNDED_MEASURE;
    Explainer explainer = Explainer.of(Model.load(folder, "simd"), null, options.build());
    Attribution a = explainer.explain(HandMadeModel.abThenC(Map.of()));
    assertThat(a.measure().complete()).isTrue();
    assertThat(a.completenessGapRelative()).isLessThan(1e-5);
  }

  @Test
  void onTheDemoItHasTheSameBitsHoweverItIsComputed() {
    Path demo = Path.of("../demo");
    Model model = Model.load(demo.resolve("model"));
    Baseline baseline = Baseline.load(demo.resolve("model/baseline.safetensors"));
    ExplainOptions options = ExplainOptions.DEFAULT.withMethod(PathMethods.BOUNDED_MEASURE);
    List<Trajectory> patients = CohortReader.readAll(demo.resolve("test.jsonl")).subList(0, 6);
    Explainer explainer = Explainer.of(model, baseline, options);
    Explainer oneByOne = Explainer.of(model, baseline, options, new Explainer.Batching(1, false));
    for (Trajectory patient : patients) {
      PathAttribution raw = explainer.explainRaw(patient);
      Attribution a = raw.toAttribution(model, options);
      assertThat(a.measure().complete()).isTrue();
      assertThat(a.completenessGapRelative()).isLessThan(1e-12);
      assertThat(a.l21()).isLessThanOrEqualTo(a.l21AtThetaOne());
      assertThat(a.theta()).isEqualTo(1);
      assertThat(a.notes().gradients()).isLessThan(40);
      Attribution other = oneByOne.explain(patient);
      assertThat(other.measure()).isEqualTo(a.measure());
      assertThat(other.tokens()).isEqualTo(a.tokens());
    }
  }
}
