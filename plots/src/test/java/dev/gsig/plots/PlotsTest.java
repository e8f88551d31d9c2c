package dev.gsig.plots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.plots.Plots.Interval;
import dev.gsig.plots.Plots.Line;
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
