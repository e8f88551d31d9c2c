package dev.gsig.plots.internal;

import java.util.Locale;

/**
 * A picture under construction, in points (1/72 inch) from the upper left corner. Text stays text,
 * in a font that is everywhere; the same calls give the same bytes.
 */
public final class Svg {
  /** Stands as a comment near the beginning of every plot: by it they are told from others'. */
  public static final String MARK = "Drawn by gsig";

  private static final double POINTS_PER_MILLIMETRE = 72 / 25.4;
  private static final String FONTS = "Helvetica, Arial, 'Liberation Sans', sans-serif";

  private final int millimetres;
  private final StringBuilder body = new StringBuilder();

  /** Which end of a text stands at its place. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** An empty picture of a width in millimetres. */
  Svg(int millimetres) {
    this.millimetres = millimetres;
  }

  /** The width in points. */
  double width() {
    return millimetres * POINTS_PER_MILLIMETRE;
  }

  /** A straight line. */
  void line(double x1, double y1, double x2, double y2, String colour, double width) {
    element(
        "line", "x1", x1, "y1", y1, "x2", x2, "y2", y2, "stroke", colour, "stroke-width", width);
  }

  /** A dashed line. */
  void dashes(double x1, double y1, double x2, double y2, String colour, double width) {
    element(
        "line",
        "x1",
        x1,
        "y1",
        y1,
        "x2",
        x2,
        "y2",
        y2,
        "stroke",
        colour,
        "stroke-width",
        width,
        "stroke-dasharray",
        "2 1.5");
  }

  /** A filled rectangle. */
  void rectangle(double x, double y, double width, double height, String fill) {
    element("rect", "x", x, "y", y, "width", width, "height", height, "fill", fill);
  }

  /** A rectangle of slanting lines, for what is not known. */
  void hatched(double x, double y, double width, double height, String colour) {
    element(
        "rect",
        "x",
        x,
        "y",
        y,
        "width",
        width,
        "height",
        height,
        "fill",
        "none",
        "stroke",
        colour,
        "stroke-width",
        0.5);
    double step = 2;
    for (double at = step; at < width + height; at += step) {
      double left = Math.max(0, at - height);
      double right = Math.min(width, at);
      line(x + left, y + at - left, x + right, y + at - right, colour, 0.4);
    }
  }

  /** A dot. */
  void dot(double x, double y, double radius, String fill) {
    element("circle", "cx", x, "cy", y, "r", radius, "fill", fill);
  }

  /** A dot through which others are seen. */
  void glass(double x, double y, double radius, String fill) {
    element(
        "circle",
        "cx",
        x,
        "cy",
        y,
        "r",
        radius,
        "fill",
        fill,
        "fill-opacity",
        0.6,
        "stroke",
        fill,
        "stroke-width",
        0.5);
  }

  /** Lines from point to point. */
  void path(double[] x, double[] y, String colour, double width) {
    element(
        "polyline",
        "points",
        points(x, y),
        "fill",
        "none",
        "stroke",
        colour,
        "stroke-width",
        width,
        "stroke-linejoin",
        "round");
  }

  /** An area through which others are seen. */
  void area(double[] x, double[] y, String fill) {
    element("polygon", "points", points(x, y), "fill", fill, "fill-opacity", 0.18);
  }

  /** A filled shape. */
  void shape(double[] x, double[] y, String fill) {
    element("polygon", "points", points(x, y), "fill", fill);
  }

  /**
   * A text on one line.
   *
   * @param y of its base line
   */
  void text(double x, double y, Anchor anchor, Font font, String text) {
    body.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y)).append('"');
    if (anchor != Anchor.START) {
      attribute("text-anchor", anchor.name().toLowerCase(Locale.ROOT));
    }
    if (font.size() != Font.TEXT.size()) {
      attribute("font-size", font.size());
    }
    if (font.bold()) {
      attribute("font-weight", "bold");
    }
    attribute("fill", font.colour());
    body.append('>').append(escape(text)).append("</text>\n");
  }

  /**
   * The file.
   *
   * @param height of the picture in points
   * @param title what it shows, also for those who cannot see it
   * @param description the rest of what can be said in words
   */
  String file(double height, String title, String description) {
    String size = number(width()) + " " + number(height);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--"
        + MARK
        + "-->\n<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\""
        + millimetres
        + "mm\" height=\""
        + number(height / POINTS_PER_MILLIMETRE)
        + "mm\" viewBox=\"0 0 "
        + size
        + "\" font-family=\""
        + FONTS
        + "\" font-size=\""
        + number(Font.TEXT.size())
        + "\">\n<title>"
        + escape(title)
        + "</title>\n<desc>"
        + escape(description)
        + "</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        + body
        + "</svg>\n";
  }

  private void element(String name, Object... attributes) {
    body.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      attribute((String) attributes[i], attributes[i + 1]);
    }
    body.append("/>\n");
  }

  private void attribute(String name, Object value) {
    String text = value instanceof Number number ? number(number.doubleValue()) : value.toString();
    body.append(' ').append(name).append("=\"").append(escape(text)).append('"');
  }

  private static String points(double[] x, double[] y) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < x.length; i++) {
      points.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
    }
    return points.toString();
  }

  /** To a hundredth of a point, which nobody sees. */
  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
    return text.equals("-0") ? "0" : text;
  }

  /** Text as XML has it; what XML cannot hold becomes the sign that says so. */
  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  private static boolean isAllowed(int c) {
    return c >= 0x20 && (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
  }
}
