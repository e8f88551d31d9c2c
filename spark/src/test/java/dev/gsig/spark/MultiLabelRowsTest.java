package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels and names of classes survive as rows: the line of a row is that of {@code explain}. */
class MultiLabelRowsTest {
  @ParameterizedTest
  @ValueSource(strings = {"multi-label", "multi-label-named", "multi-class-named", "bert-pooler"})
  void aRowIsTheLine(String name) {
    Path folder = Path.of("..", "gsig", "src", "test", "resources", "parity", name);
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .steps(4)
            .baselines(SequenceBaselines.PAD, TabularBaselines.ZERO)
            .build();
    try (Model model = Model.load(folder)) {
      Explainer explainer = Explainer.of(model, null, options);
      AttributionJson json = new AttributionJson(model.significantDigits());
      for (Trajectory patient : CohortReader.readAll(folder.resolve("cohort.jsonl"))) {
        Row row = Attributions.row(explainer.explain(patient), json);
        assertThat(Attributions.line(row)).isEqualTo(json.write(explainer.explain(patient)));
        Row again = Trajectories.row(patient);
        assertThat(Trajectories.of(again, Trajectories.schema())).isEqualTo(patient);
      }
    }
  }
}
