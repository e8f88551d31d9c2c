package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.evaluation.WhatIf;
import dev.gsig.attribution.evaluation.WhatIfJson;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.cli.table.Column;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/formats.md names every key of config.json and of results, and every column of a table. */
class FormatsPageTest {
  private static final Path DEMO = Path.of("..", "demo");

  private final String page;

  FormatsPageTest() throws IOException {
    page = Files.readString(Path.of("..", "docs", "formats.md"));
  }

  private void hasAll(Collection<String> names) {
    assertThat(names).isNotEmpty();
    assertThat(names.stream().filter(name -> !page.contains("`" + name + "`"))).isEmpty();
  }

  @Test
  void keysOfConfigurations() {
    hasAll(ModelConfig.keys());
  }

  @Test
  void columnsOfTables() {
    hasAll(
        ExportRows.ALL.stream()
            .flatMap(rows -> rows.columns().stream())
            .map(Column::name)
            .toList());
  }

  @Test
  void columnsOfEvaluationsAndStudies() {
    hasAll(List.of((EvaluationFiles.COLUMNS + "," + StudyFiles.COLUMNS).split(",")));
    hasAll(Stream.of(Metric.values()).map(Metric::label).toList());
  }

  @Test
  void keysOfResults() throws IOException {
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.GSIG, PathMethods.IG, PathMethods.BOUNDED_MEASURE)
            .build();
    try (Model model = Model.load(DEMO.resolve("model"));
        CohortReader cohort = CohortReader.open(DEMO.resolve("test.jsonl"))) {
      Explainer explainer =
          Explainer.of(model, Baseline.load(DEMO.resolve("model/baseline.safetensors")), options);
      Trajectory patient = cohort.iterator().next();
      Attribution attribution = explainer.explain(patient);
      Map<String, Object> line = new AttributionJson(6, null).toMap(attribution);
      List<Change> changes = new ArrayList<>(WhatIf.ofDrivers(attribution, 1));
      changes.add(Change.with("age", 60));
      new WhatIfJson(6)
          .addTo(
              line,
              attribution,
              WhatIf.of(model, explainer, RemovalRules.DELETE)
                  .answers(patient, attribution, changes));
      Set<String> keys = new TreeSet<>();
      collect(line, keys);
      assertThat(keys).contains("what_if", "with", "difference");
      hasAll(keys);
    }
  }

  private static void collect(Object json, Set<String> keys) {
    if (json instanceof Map<?, ?> object) {
      object.forEach(
          (key, value) -> {
            keys.add((String) key);
            collect(value, keys);
          });
    } else if (json instanceof Collection<?> list) {
      list.forEach(value -> collect(value, keys));
    }
  }
}
