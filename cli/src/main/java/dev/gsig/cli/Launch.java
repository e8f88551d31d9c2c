package dev.gsig.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;

/**
 * What {@code bin/gsig} starts: {@link Main}, with {@link System#err} on the descriptor that the
 * launcher names.
 *
 * <p>The JVM writes a line about the incubating Vector API to descriptor 2 before any of our code
 * runs, and no option stops it. The launcher therefore puts a filter behind descriptor 2 and hands
 * over the real standard error as another one. Everything the program itself says goes straight
 * there, so that it is neither delayed nor reordered.
 */
public final class Launch {
  /** Number of the descriptor to use as standard error; absent where there is no filter. */
  static final String DESCRIPTOR = "gsig.stderr.descriptor";

  private Launch() {}

  /**
   * Runs the command line.
   *
   * @param args as for {@link Main#main(String[])}
   */
  public static void main(String[] args) {
    takeStandardError(Integer.getInteger(DESCRIPTOR));
    Main.main(args);
  }

  /**
   * Points {@link System#err} at a descriptor that the process inherited. Where that cannot be done
   * standard error stays behind the filter, which passes everything on.
   *
   * @param number the descriptor, or null to leave standard error alone
   */
  static void takeStandardError(Integer number) {
    if (number == null) {
      return;
    }
    try {
      // Opening /dev/fd/N instead would give a file a second offset, and output would overwrite
      // output when both streams go to one file.
      Constructor<FileDescriptor> constructor =
          FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      FileOutputStream out = new FileOutputStream(constructor.newInstance(number));
      System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
    } catch (ReflectiveOperationException | RuntimeException e) {
      System.getLogger(Launch.class.getName())
          .log(System.Logger.Level.DEBUG, "standard error stays behind the launcher's filter", e);
    }
  }
}
