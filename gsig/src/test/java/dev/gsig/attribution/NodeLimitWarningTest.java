package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.internal.WarningCounts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a search that took all the gradients it may take. */
class NodeLimitWarningTest {
  @TempDir Path temp;

  private List<String> warnings(boolean shared) {
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .baselines(SequenceBaselines.PAD, TabularBaselines.ZERO)
            .sharedAttribution(shared)
            .build();
    WarningCounts counts = new WarningCounts();
    int limited = 0;
    for (int seed = 5000; seed < 5006; seed++) {
      RandomModel random = new RandomModel(seed).relu();
      try (Model model = Model.load(random.write(temp.resolve(shared + "-" + seed)))) {
        Attribution a = Explainer.of(model, null, options).explain(random.patient());
        counts.add(a);
        limited += a.notes().nodeLimitReached() ? 1 : 0;
      }
    }
    assertThat(limited).isPositive();
    return List.of(counts.toString().split("\\. (?=[a-z0-9])"));
  }

  @Test
  void whatIsOpenIsComputedInFull() {
    assertThat(warnings(false))
        .anyMatch(line -> line.contains("what was still open was computed in full"))
        .noneMatch(line -> line.contains("--attribution exact"));
  }

  @Test
  void orIsTheBestByEstimates() {
    assertThat(warnings(true))
        .anyMatch(
            line ->
                line.contains("reached its limit for")
                    && line.contains("whose theta is the best by estimates"))
        .noneMatch(line -> line.contains("computed in full. "));
  }
}
