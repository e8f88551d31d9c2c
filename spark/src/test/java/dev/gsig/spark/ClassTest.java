package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --class} by number and by name, against what {@code gsig explain} writes. */
class ClassTest {
  private static final Path MODELS = Path.of("..", "gsig", "src", "test", "resources", "parity");

  @TempDir private Path folder;

  private Object[] args(String model, String of, Object... more) {
    Path at = MODELS.resolve(model);
    Object[] args = {
      "--model",
      at,
      "--cohort",
      at.resolve("cohort.jsonl"),
      "--steps",
      2,
      "--backend",
      "simd",
      "--baseline",
      "pad",
      "--tabular-baseline",
      "zero",
      "--out",
      folder.resolve(of)
    };
    return Stream.of(args, more).flatMap(Stream::of).toArray();
  }

  private static Object[] explain(Object[] args) {
    return Stream.of(new Object[] {"explain"}, args).flatMap(Stream::of).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "multi-label-named,copd,2",
    "multi-label-named,0,0",
    "multi-label,1,1",
    "multi-class-named,icu,2",
    "bert-pooler,0,0",
    "bert-pooler,1,1"
  })
  void theClassThatIsNamedIsExplained(String model, String name, int number) throws IOException {
    Commands.gsig(explain(args(model, "alone.jsonl", "--class", name))).ok();

    Commands.Outcome outcome =
        Commands.gsigSpark(args(model, "out", "--class", name, "--master", "local[2]")).ok();

    List<String> lines = Local.written(folder.resolve("out"));
    assertThat(lines)
        .isEqualTo(Files.readAllLines(folder.resolve("alone.jsonl")))
        .isNotEmpty()
        .allMatch(line -> line.contains("\"explained_class\":" + number + ","));
    assertThat(outcome.said()).doesNotContain("most probable");
  }

  @ParameterizedTest
  @CsvSource({"multi-label-named,label", "multi-class-named,class", "bert-pooler,class"})
  void whichClassesWereChosenIsSaid(String model, String what) throws IOException {
    Commands.Outcome one = Commands.gsig(explain(args(model, "alone.jsonl"))).ok();
    Commands.Outcome two = Commands.gsigSpark(args(model, "out")).ok();

    String note = "gsig: note: what is explained is each patient's most probable " + what + " (";
    assertThat(two.lines())
        .filteredOn(line -> line.startsWith(note))
        .singleElement()
        .isIn(one.lines());
    assertThat(Local.written(folder.resolve("out")))
        .isEqualTo(Files.readAllLines(folder.resolve("alone.jsonl")));
  }

  @ParameterizedTest
  @CsvSource({"multi-label-named,asthma", "multi-label-named,3", "bert-pooler,2"})
  void oneThatIsNotThereIsRefusedAsElsewhere(String model, String name) {
    Commands.Outcome one = Commands.gsig(explain(args(model, "alone.jsonl", "--class", name)));
    Commands.Outcome two = Commands.gsigSpark(args(model, "out", "--class", name));

    assertThat(two.code()).isEqualTo(one.code()).isEqualTo(2);
    assertThat(two.said()).isEqualTo(one.said()).contains("does not exist; the model has the");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void programsNameItInTheirOptions() throws IOException {
    Path model = MODELS.resolve("multi-label-named");
    Commands.gsig(explain(args("multi-label-named", "alone.jsonl", "--class", "ckd"))).ok();
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.GSIG, PathMethods.IG)
            .steps(2)
            .baselines(SequenceBaselines.PAD, TabularBaselines.ZERO)
            .explainedClass(1)
            .build();
    ExplainOptions missing = options.toBuilder().explainedClass(3).build();

    try (SparkSession spark = Local.session("local[1]")) {
      Dataset<Row> patients =
          spark
              .createDataFrame(
                  CohortReader.readAll(model.resolve("cohort.jsonl")).stream()
                      .map(Trajectories::row)
                      .toList(),
                  Trajectories.schema())
              .coalesce(1);
      CohortExplainer explainer = CohortExplainer.of(spark, Settings.of(model, options));
      assertThat(Attributions.lines(explainer.explain(patients)).collectAsList())
          .isEqualTo(Files.readAllLines(folder.resolve("alone.jsonl")));
      assertThatThrownBy(() -> CohortExplainer.of(spark, Settings.of(model, missing)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("class 3 does not exist");
    }
  }
}
