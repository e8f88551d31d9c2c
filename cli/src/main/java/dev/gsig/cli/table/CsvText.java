package dev.gsig.cli.table;

import java.util.regex.Pattern;

/**
 * Text in a cell of CSV (RFC 4180). A spreadsheet runs a cell that begins with {@code =}, {@code
 * +}, {@code -}, {@code @}, a tab or a line end; such a text gets an apostrophe in front, and so
 * does one that has apostrophes in front of such a beginning. Whoever takes one apostrophe from a
 * text that matches {@code ^'+[=+\-@\t\r\n]} has the text again.
 */
public final class CsvText {
  private static final Pattern PLAIN = Pattern.compile("[\\w .:/-]+");
  private static final Pattern RUN = Pattern.compile("^'*[=+\\-@\\t\\r\\n]");

  private CsvText() {}

  /** The cell, in quotes where it needs them. */
  public static String cell(String text) {
    String harmless = RUN.matcher(text).find() ? "'" + text : text;
    return PLAIN.matcher(harmless).matches()
        ? harmless
        : "\"" + harmless.replace("\"", "\"\"") + "\"";
  }
}
