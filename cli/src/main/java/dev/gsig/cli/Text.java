package dev.gsig.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text for people: what comes from data is made harmless, numbers are made readable. */
final class Text {
  private static final String CUT = "...";

  private Text() {}

  /**
   * Makes text from data fit for one line of a terminal: control and format characters, line
   * separators and half surrogate pairs become {@code \\uXXXX}, so that nothing moves the cursor,
   * changes colours or reverses what follows.
   *
   * @param text any text
   * @return the text with such characters escaped
   */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isHarmless(c)) {
                out.appendCodePoint(c);
              } else {
                for (char half : Character.toChars(c)) {
                  out.append(String.format(Locale.ROOT, "\\u%04x", (int) half));
                }
              }
            });
    return out.toString();
  }

  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /**
   * Cuts text to a number of characters, with dots where something is missing.
   *
   * @param text any text
   * @param width the most characters to keep, at least 1
   * @return the text, or its start
   */
  static String shorten(String text, int width) {
    if (length(text) <= width) {
      return text;
    }
    String dots = CUT.substring(0, Math.min(CUT.length(), width));
    int end = text.offsetByCodePoints(0, width - dots.length());
    return text.substring(0, end).stripTrailing() + dots;
  }

  /** The number of characters, a pair of surrogates being one. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * Breaks text between words.
   *
   * @param text any text, without line breaks
   * @param width the most characters of a line; a longer word has a line of its own
   * @return at least one line
   */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (line.length() > 0 && length(line.toString()) + 1 + length(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** {@code 1 code}, {@code 2 codes}. */
  static String count(long n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }

  /** A ratio as a percentage with one digit behind the point; {@code -} for none. */
  static String percent(Double ratio) {
    return ratio == null ? "-" : decimal(100 * ratio, 1) + "%";
  }

  /** A ratio as a percentage without digits behind the point, but for those next to 0 and 1. */
  static String roughPercent(double ratio) {
    return decimal(100 * ratio, ratio < 0.01 || ratio > 0.99 ? 1 : 0) + "%";
  }

  /** A number as people write it, to four significant digits: {@code 85}, {@code 0.0312}. */
  static String significant(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return value == 0 ? "0" : Double.toString(value);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
    int magnitude = rounded.precision() - rounded.scale();
    return magnitude < -4 || magnitude > 12 ? rounded.toString() : rounded.toPlainString();
  }

  /** A number in full as people write it, without needless digits: {@code 1}, {@code 61.5}. */
  static String exact(double value) {
    return value == 0 ? "0" : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** A number with a fixed count of digits behind the point. */
  static String decimal(double value, int digits) {
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    // A small negative number must not be shown as -0.
    return text.matches("-[0.]+") ? text.substring(1) : text;
  }

  /** {@code 0.8 s}, {@code 95 s}, {@code 12 min 5 s}. */
  static String duration(Duration time) {
    double seconds = time.toMillis() / 1e3;
    if (seconds < 60) {
      return decimal(seconds, 1) + " s";
    }
    return time.toMinutes() + " min " + time.toSecondsPart() + " s";
  }

  /** A path as an argument of a command that the user may copy. */
  static String argument(Path path) {
    String text = path.toString();
    return text.matches("[\\w./\\\\:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** A path, relative to the current folder where it lies in it. */
  static Path display(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = path.toAbsolutePath().normalize();
    return absolute.startsWith(here) && !absolute.equals(here)
        ? here.relativize(absolute)
        : absolute;
  }
}
