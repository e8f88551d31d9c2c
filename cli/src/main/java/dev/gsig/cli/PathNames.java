package dev.gsig.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Paths as the command line gives them. A JVM names files in the charset of its locale. In one of
 * ASCII only, such as {@code C}, other letters of an argument have become question marks before any
 * of our code runs: such a path would name another file.
 */
final class PathNames implements ITypeConverter<Path> {
  private static final String MEND = "set LC_ALL to one of UTF-8, for example LC_ALL=C.UTF-8";
  private static final boolean ASCII = isAscii(System.getProperty("sun.jnu.encoding"));

  @Override
  public Path convert(String text) {
    if (ASCII && text.chars().anyMatch(c -> c == '?' || c > 127)) {
      throw new TypeConversionException(
          "'" + text + "' has letters that the locale does not know; " + MEND);
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'" + text + "' is no path of this system");
    }
  }

  /** What is said of a path that came from elsewhere than the command line. */
  static String problem(InvalidPathException e) {
    return ASCII
        ? "'" + e.getInput() + "' has letters that the locale does not know; " + MEND
        : "'" + e.getInput() + "' is no path of this system; rename the file";
  }

  private static boolean isAscii(String charset) {
    return charset != null
        && Charset.isSupported(charset)
        && Charset.forName(charset).equals(StandardCharsets.US_ASCII);
  }
}
