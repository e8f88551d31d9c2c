package dev.gsig.plots.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A plot as a reader of XML sees it. */
final class Drawn {
  private final Element root;

  /** A text and the rectangle that it covers, by the widths of Helvetica. */
  record Words(String text, double left, double top, double right, double bottom) {
    private boolean overlaps(Words other) {
      return left < other.right - 0.05
          && other.left < right - 0.05
          && top < other.bottom - 0.05
          && other.top < bottom - 0.05;
    }
  }

  Drawn(String svg) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      Document document =
          factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
      root = document.getDocumentElement();
    } catch (Exception e) {
      throw new AssertionError("not well-formed: " + e.getMessage(), e);
    }
    assertThat(root.getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
    assertThat(svg).doesNotContain("NaN", "Infinity", "null");
  }

  /** The elements of a name. */
  List<Element> all(String name) {
    NodeList nodes = root.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  String attribute(String name) {
    return root.getAttribute(name);
  }

  static double number(Element element, String name) {
    return element.getAttribute(name).isEmpty()
        ? 0
        : Double.parseDouble(element.getAttribute(name));
  }

  /** The texts that can be seen. */
  List<String> texts() {
    return words().stream().map(Words::text).toList();
  }

  private List<Words> words() {
    List<Words> words = new ArrayList<>();
    for (Element text : all("text")) {
      double size = text.hasAttribute("font-size") ? number(text, "font-size") : 7;
      assertThat(size).isBetween(7.0, 8.0);
      boolean bold = text.hasAttribute("font-weight");
      double width = new Font(size, bold, "").width(text.getTextContent());
      double x = number(text, "x");
      double left =
          switch (text.getAttribute("text-anchor")) {
            case "middle" -> x - width / 2;
            case "end" -> x - width;
            default -> x;
          };
      double y = number(text, "y");
      words.add(
          new Words(text.getTextContent(), left, y - 0.72 * size, left + width, y + 0.2 * size));
    }
    return words;
  }

  /** No text covers another one, and nothing leaves the picture. */
  void assertLegible() {
    String[] box = attribute("viewBox").split(" ");
    double width = Double.parseDouble(box[2]);
    double height = Double.parseDouble(box[3]);
    List<Words> words = words();
    for (int i = 0; i < words.size(); i++) {
      Words one = words.get(i);
      assertThat(one.left >= 0 && one.right <= width && one.top >= 0 && one.bottom <= height)
          .as("'%s' inside of the picture", one.text)
          .isTrue();
      for (Words other : words.subList(0, i)) {
        assertThat(one.overlaps(other)).as("'%s' over '%s'", one.text, other.text).isFalse();
      }
    }
    for (Element dot : all("circle")) {
      double r = number(dot, "r");
      assertInside(width, number(dot, "cx") - r, number(dot, "cx") + r);
      assertInside(height, number(dot, "cy") - r, number(dot, "cy") + r);
    }
    for (Element line : all("line")) {
      assertInside(width, number(line, "x1"), number(line, "x2"));
      assertInside(height, number(line, "y1"), number(line, "y2"));
    }
    for (Element bar : all("rect").subList(1, all("rect").size())) {
      assertInside(width, number(bar, "x"), number(bar, "x") + number(bar, "width"));
      assertInside(height, number(bar, "y"), number(bar, "y") + number(bar, "height"));
    }
    for (String shape : List.of("polyline", "polygon")) {
      for (Element each : all(shape)) {
        for (String point : each.getAttribute("points").split(" ")) {
          assertInside(width, Double.parseDouble(point.split(",")[0]));
          assertInside(height, Double.parseDouble(point.split(",")[1]));
        }
      }
    }
  }

  private static void assertInside(double end, double... values) {
    assertThat(DoubleStream.of(values).allMatch(v -> v >= 0 && v <= end)).isTrue();
  }
}
