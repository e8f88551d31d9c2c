package dev.gsig.ehr.internal;

import java.util.Set;
import java.util.regex.Pattern;

/** How values are spelled in tables of text: the one reader of numbers, and of missing values. */
public final class Values {
  /** What databases, R, pandas and spreadsheets write where there is no value. */
  private static final Set<String> MISSING =
      Set.of(
          "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "-nan", "NaT", "NULL", "Null",
          "null", "None", "\\N");

  private static final int LONGEST_MISSING = 4;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");

  private Values() {}

  /**
   * Says whether a text stands for a value that is missing.
   *
   * @param text without white space around it
   * @return true if it is empty, {@code NA}, {@code N/A}, {@code n/a}, {@code #N/A}, {@code <NA>},
   *     {@code NaN}, {@code nan}, {@code NAN}, {@code -nan}, {@code NaT}, {@code NULL}, {@code
   *     Null}, {@code null}, {@code None} or {@code \N}
   */
  public static boolean isMissing(String text) {
    return text.isEmpty() || (text.length() <= LONGEST_MISSING && MISSING.contains(text));
  }

  /**
   * Reads a decimal number, such as {@code 12}, {@code -0.5} or {@code 1e-3}.
   *
   * @param text without white space around it
   * @return the number; null if the text is no decimal number, or one beyond the range of a double
   */
  public static Double number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      return null;
    }
    double value = Double.parseDouble(text);
    return Double.isInfinite(value) ? null : value;
  }

  /**
   * Reads an identifier: where a data frame has made numbers of those of a column that has gaps,
   * {@code 29079034.0} is {@code 29079034}.
   *
   * @param text without white space around it
   * @return the text, without a point and zeros behind digits
   */
  public static String identifier(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '0') {
      end--;
    }
    boolean number = end > 1 && end < text.length() && text.charAt(end - 1) == '.';
    for (int i = 0; number && i < end - 1; i++) {
      number = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return number ? text.substring(0, end - 1) : text;
  }

  /**
   * Reads a whole number, such as {@code 12}, or {@code 12.0} as pandas writes a column of them
   * that has gaps.
   *
   * @param text without white space around it
   * @return the number; null if the text is no whole number, or one that an {@code int} cannot hold
   */
  public static Integer whole(String text) {
    Double value = number(text);
    return value == null || value != Math.rint(value) || value != value.intValue()
        ? null
        : (Integer) value.intValue();
  }
}
