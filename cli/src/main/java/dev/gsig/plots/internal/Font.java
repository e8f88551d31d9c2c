package dev.gsig.plots.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * A size and colour of letters, and how much room they take: the widths of Helvetica, which Arial
 * and Liberation Sans share (Adobe Font Metrics, 1/1000 of the size).
 *
 * @param size in points
 * @param bold whether letters are heavy; counted as a tenth wider
 * @param colour as SVG names it
 */
record Font(double size, boolean bold, String colour) {
  /** Names, figures, axes. */
  static final Font TEXT = new Font(7, false, "#222222");

  /** What is said beside it. */
  static final Font NOTE = new Font(7, false, "#555555");

  /** What the picture shows. */
  static final Font TITLE = new Font(8, true, "#000000");

  private static final String CUT = "...";

  /** From the space to the tilde. */
  private static final int[] WIDTHS = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584
  };

  /** Of any other letter; enough for those of East Asia. */
  private static final int OTHER = 1000;

  private static final int LATIN = 667;

  /** How wide a text is, in points. */
  double width(String text) {
    double sum = text.codePoints().map(Font::units).sum() * size / 1000;
    return bold ? 1.1 * sum : sum;
  }

  private static int units(int letter) {
    if (letter >= ' ' && letter <= '~') {
      return WIDTHS[letter - ' '];
    }
    return letter < 0x250 ? LATIN : OTHER;
  }

  /** The text, or its beginning and dots, so that it is no wider than the room. */
  String cut(String text, double room) {
    if (width(text) <= room) {
      return text;
    }
    int end = text.length();
    while (end > 0 && width(text.substring(0, end).stripTrailing() + CUT) > room) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end).stripTrailing() + CUT;
  }

  /** Lines no wider than the room, broken between words; a longer word is cut. */
  List<String> wrap(String text, double room) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : text.split(" ")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty() && width(longer) > room) {
        lines.add(line);
        longer = word;
      }
      line = cut(longer, room);
    }
    lines.add(line);
    return lines;
  }
}
