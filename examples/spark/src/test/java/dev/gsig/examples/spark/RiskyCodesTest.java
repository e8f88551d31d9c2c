package dev.gsig.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RiskyCodesTest {
  private static final Path DEMO = Path.of("..", "..", "demo");
  private static final Path MODEL = DEMO.resolve("model");
  private static final int PATIENTS = 12;

  @TempDir private Path folder;

  /** What the job prints, against the same sums over what the engine says without Spark. */
  @Test
  void printsTheCodesThatRaiseTheRiskMost() throws IOException {
    Path cohort = folder.resolve("cohort.jsonl");
    List<String> lines = Files.readAllLines(DEMO.resolve("test.jsonl")).subList(0, PATIENTS);
    Files.write(cohort, lines);

    List<String> printed = run(MODEL, cohort, folder.resolve("attributions.parquet"));

    assertThat(printed.get(0)).isEqualTo(PATIENTS + " patients explained");
    assertThat(printed.subList(1, printed.size())).containsExactlyElementsOf(expected(cohort));
  }

  @Test
  void whoCannotBeExplainedIsCounted() throws IOException {
    Path cohort = folder.resolve("cohort.jsonl");
    List<String> lines = Files.readAllLines(DEMO.resolve("test.jsonl")).subList(0, 1);
    Files.write(cohort, Stream.concat(lines.stream(), Stream.of("{}")).toList());

    assertThat(run(MODEL, cohort, folder.resolve("attributions.parquet")))
        .element(1)
        .asString()
        .startsWith("1 left out: ");
  }

  private static List<String> run(Object... args) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      RiskyCodes.main(Stream.of(args).map(Object::toString).toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static List<String> expected(Path cohort) {
    Model model = Model.load(MODEL);
    Baseline baseline = Baseline.load(MODEL.resolve(Baseline.FILE_NAME));
    Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);
    Map<String, List<Scored>> byCode =
        CohortReader.readAll(cohort).stream()
            .map(explainer::explain)
            .flatMap(RiskyCodesTest::scored)
            .collect(Collectors.groupingBy(Scored::code, TreeMap::new, Collectors.toList()));
    return byCode.entrySet().stream()
        .filter(code -> patients(code.getValue()) >= 3)
        .sorted(Comparator.comparingDouble(code -> -mean(code.getValue())))
        .limit(10)
        .map(
            code ->
                String.format(
                    Locale.ROOT,
                    "%+.4f  %s (%d patients)",
                    mean(code.getValue()),
                    code.getKey(),
                    patients(code.getValue())))
        .toList();
  }

  private record Scored(String subjectId, String code, double signed) {}

  private static Stream<Scored> scored(Attribution of) {
    return of.tokens().stream()
        .map(token -> new Scored(of.subjectId(), token.code(), token.scores().signed()));
  }

  private static long patients(List<Scored> code) {
    return code.stream().map(Scored::subjectId).distinct().count();
  }

  private static double mean(List<Scored> code) {
    return code.stream().mapToDouble(Scored::signed).average().orElseThrow();
  }
}
