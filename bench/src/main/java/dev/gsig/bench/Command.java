package dev.gsig.bench;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.util.Arrays;

/** What the main classes have in common: bad usage or input is one line and exit code 2. */
final class Command {
  /** The work of a main class. */
  interface Body {
    void run() throws IOException;
  }

  private Command() {}

  static void run(Body body) throws IOException {
    try {
      body.run();
    } catch (InvalidInputException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  static void requireArguments(boolean right, String usage) {
    if (!right) {
      throw new InvalidInputException("usage: " + usage);
    }
  }

  /** A whole number of at least {@code least}. */
  static int number(String name, String text, int least) {
    try {
      int value = Integer.parseInt(text);
      if (value >= least) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message
    }
    throw new InvalidInputException(
        name + " must be a whole number from " + least + ", but is '" + text + "'");
  }

  /** A number above 0 and below 1. */
  static double fraction(String name, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message
    }
    throw new InvalidInputException(
        name + " must be a number above 0 and below 1, but is '" + text + "'");
  }

  /** The constant of that name, in any case. */
  static <E extends Enum<E>> E constant(Class<E> type, String name, String text) {
    for (E e : type.getEnumConstants()) {
      if (e.name().equalsIgnoreCase(text)) {
        return e;
      }
    }
    throw new InvalidInputException(
        name
            + " must be one of "
            + Arrays.toString(type.getEnumConstants())
            + ", but is '"
            + text
            + "'");
  }
}
