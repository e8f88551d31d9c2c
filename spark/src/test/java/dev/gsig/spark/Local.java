package dev.gsig.spark;

import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Spark in this JVM, the demo, and what the engine says without Spark. */
final class Local {
  static final Path DEMO = Path.of("..", "demo");
  static final Path MODEL = DEMO.resolve("model");

  /** GS-IG with so few steps that a test is quick. */
  static final ExplainOptions QUICK = steps(8);

  private Local() {}

  static SparkSession session(String master) {
    return Sessions.open(master);
  }

  static ExplainOptions steps(int steps) {
    return ExplainOptions.DEFAULT.toBuilder().steps(steps).build();
  }

  static List<Trajectory> patients(int count) {
    return CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, count);
  }

  /** The lines of the engine's own explainer, computed without Spark. */
  static List<String> lines(List<Trajectory> patients, ExplainOptions options) {
    Model model = Model.load(MODEL, "simd");
    Baseline baseline = Baseline.load(MODEL.resolve(Baseline.FILE_NAME));
    Explainer explainer = Explainer.of(model, baseline, options);
    AttributionJson json = new AttributionJson(model.significantDigits());
    return patients.stream().map(explainer::explain).map(json::write).toList();
  }

  /** The lines of the files that a job wrote, in the order of their partitions. */
  static List<String> written(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .sorted()
          .flatMap(file -> read(file).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
