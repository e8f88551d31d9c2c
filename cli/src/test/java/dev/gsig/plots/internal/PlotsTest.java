package dev.gsig.plots.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.plots.internal.Plots.Bar;
import dev.gsig.plots.internal.Plots.Interval;
import dev.gsig.plots.internal.Plots.Line;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class PlotsTest {
  private static final String SVG = "http://www.w3.org/2000/svg";

  private static Document parse(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  private static int count(Document svg, String element) {
    return svg.getElementsByTagNameNS(SVG, element).getLength();
  }

  @Test
  void linesAreDrawnAsVectorsWithTheirTexts() throws Exception {
    Document svg =
        parse(
            Plots.lines(
                "gap <& title",
                "theta",
                "gap",
                List.of(
                    new Line("8 steps", new double[] {0.1, 1, 5}, new double[] {3, 1, 2}),
                    new Line("512 steps", new double[] {0.1, 1, 5}, new double[] {1, 1, 1.5}))));
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getDocumentElement().getAttribute("width")).isEqualTo("720");
    assertThat(svg.getElementsByTagNameNS(SVG, "title").item(0).getTextContent())
        .isEqualTo("gap <& title");
    assertThat(count(svg, "path")).isGreaterThan(5);
    assertThat(count(svg, "image")).isZero();
  }

  /** Each bar is a shape of its own, as high as it is said to be. */
  @Test
  void barsAreDrawn() throws Exception {
    List<Bar> bars = List.of(new Bar("0 to 1%", 3), new Bar("1 to 2%", 0), new Bar("> 2%", 7));
    String text = Plots.bars("gap", "gap", "patients", bars);
    Document svg = parse(text);
    assertThat(svg.getElementsByTagNameNS(SVG, "title").item(0).getTextContent()).isEqualTo("gap");
    assertThat(count(svg, "image")).isZero();
    for (int i = 0; i < bars.size(); i++) {
      List<Bar> other = new ArrayList<>(bars);
      other.set(i, new Bar(bars.get(i).name(), 5));
      assertThat(Plots.bars("gap", "gap", "patients", other)).as("bar %d", i).isNotEqualTo(text);
    }
    assertThat(Plots.bars("t", "x", "y", List.of(new Bar("only", 0)))).doesNotContain("NaN");
  }

  /** A name that is not drawn could be left out without a difference. */
  @Test
  void everyIntervalHasItsName() throws Exception {
    for (int n : new int[] {1, 5, 34}) {
      List<Interval> rows = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        rows.add(new Interval("method " + i, 0.1 * i, 0.1 * i - 0.05, 0.1 * i + 0.2));
      }
      int paths = count(parse(Plots.intervals("t", "mean", rows)), "path");
      for (int i = 0; i < n; i += Math.max(1, n / 5)) {
        List<Interval> unnamed = new ArrayList<>(rows);
        Interval row = rows.get(i);
        unnamed.set(i, new Interval("", row.value(), row.low(), row.high()));
        assertThat(count(parse(Plots.intervals("t", "mean", unnamed)), "path"))
            .as("row %d of %d", i, n)
            .isLessThan(paths);
      }
    }
  }

  @Test
  void equalValues() throws Exception {
    Document svg = parse(Plots.intervals("t", "x", List.of(new Interval("only", 0, 0, 0))));
    assertThat(count(svg, "path")).isPositive();
  }

  @Test
  void theSameTextAgain() {
    List<Line> lines = List.of(new Line("a", new double[] {1, 2}, new double[] {3, 4}));
    assertThat(Plots.lines("t", "x", "y", lines)).isEqualTo(Plots.lines("t", "x", "y", lines));
  }
}
