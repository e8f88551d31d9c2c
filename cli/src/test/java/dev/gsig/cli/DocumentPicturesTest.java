package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pictures of {@code docs/plots.md} and {@code docs/concepts.md} are what is drawn of the demo.
 * With {@code -Dgsig.docs=write} they are made anew.
 */
@Tag("cohort")
class DocumentPicturesTest {
  private static final Path DEMO = Path.of("..", "demo");
  private static final Path PICTURES = Path.of("..", "docs", "img");
  private static final Map<String, String> DRAWN =
      Map.of(
          "waterfall.svg", "patient-1-waterfall.svg",
          "timeline.svg", "patient-3-timeline.svg",
          "drivers.svg", "cohort-drivers.svg");
  private static final int MILLIMETRES = 183;

  @TempDir Path temp;

  @Test
  void thePicturesAreWhatTheProgramDraws() throws IOException {
    Path patients = temp.resolve("patients.jsonl");
    Fixture.write(
        patients,
        String.join("\n", Fixture.lines(DEMO.resolve("test.jsonl")).subList(0, 30)) + "\n");
    Path plots = temp.resolve("plots");
    Cli.Outcome run =
        Cli.run(
            "explain",
            "--model",
            DEMO.resolve("model"),
            "--cohort",
            patients,
            "--out",
            temp.resolve("results.jsonl"),
            "--method",
            "ig",
            "--baseline",
            "manifold-mean-unpadded",
            "--plots",
            plots,
            "--plot-patients",
            3);
    assertThat(run.code()).as(run.err()).isZero();
    for (Map.Entry<String, String> picture : DRAWN.entrySet()) {
      assertKept(picture.getKey(), Fixture.read(plots.resolve(picture.getValue())));
    }
  }

  @Test
  void theFiguresOfConceptsAreWhatIsComputed() throws IOException {
    try (Model model = Model.load(DEMO.resolve("model"))) {
      ConceptFigures figures = new ConceptFigures(DEMO, model);
      assertKept("path.svg", figures.path(MILLIMETRES));
      assertKept("gap.svg", figures.gap(MILLIMETRES));
    }
  }

  private static void assertKept(String name, String drawn) throws IOException {
    MadeFile.assertKept(PICTURES.resolve(name), drawn, DocumentPicturesTest.class);
  }
}
