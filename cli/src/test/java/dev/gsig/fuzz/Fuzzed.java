package dev.gsig.fuzz;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What Jazzer calls: one input becomes a file, which one {@link Target} reads. */
public final class Fuzzed {
  private static final int LONGEST_MESSAGE = 2000;

  /** Stands for all targets: the first byte of an input, from 'A' on, names one. */
  static final String ALL = "ALL";

  private static Target only;
  private static Path folder;

  private Fuzzed() {}

  /** Takes the name of a target, or {@link #ALL}, and a folder for files. */
  public static void fuzzerInitialize(String[] args) throws IOException {
    only = args[0].equals(ALL) ? null : Target.valueOf(args[0]);
    folder = Path.of(args[1]);
    for (Target target : Target.values()) {
      Files.createDirectories(folder.resolve(target.name()));
    }
    if (only != null) {
      // Its classes are instrumented now, and not within the time that the first input may take.
      for (byte[] seed : only.seeds()) {
        run(only, seed);
      }
    }
  }

  /** Writes the seeds of a target, or of all, into a folder. */
  static void writeSeeds(String name, Path corpus) throws IOException {
    Target[] all = Target.values();
    for (int t = 0; t < all.length; t++) {
      int number = 0;
      for (byte[] seed : all[t].seeds()) {
        Path file = corpus.resolve(all[t] + "-" + number++);
        if (name.equals(ALL)) {
          byte[] named = new byte[1 + seed.length];
          named[0] = (byte) ('A' + t);
          System.arraycopy(seed, 0, named, 1, seed.length);
          Files.write(file, named);
        } else if (name.equals(all[t].name())) {
          Files.write(file, seed);
        }
      }
    }
  }

  /** To fuzz by hand: writes the seeds, {@code Fuzzed TARGET FOLDER}. */
  public static void main(String[] args) throws IOException {
    writeSeeds(args[0], Path.of(args[1]));
  }

  /** Reads one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (only != null) {
      run(only, input);
    } else if (input.length > 0) {
      Target[] all = Target.values();
      int chosen = Math.floorMod(input[0] - 'A', all.length);
      run(all[chosen], Arrays.copyOfRange(input, 1, input.length));
    }
  }

  /** Anything but an accepted file that is sound, or a refusal in one line, is an error. */
  private static void run(Target target, byte[] input) {
    Path file = folder.resolve(target.name()).resolve(target.fileName);
    try {
      Files.write(file, input);
      target.read(file);
    } catch (InvalidInputException e) {
      requireOneLine(e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireOneLine(String message) {
    if (message == null || message.isBlank() || message.length() > LONGEST_MESSAGE) {
      throw new AssertionError("not a message for people: " + message);
    }
    if (message.chars().anyMatch(c -> c == '\n' || c == '\r')) {
      throw new AssertionError("more than a line: " + message);
    }
  }

  /** What is accepted must be sound. */
  static void require(boolean sound, String what) {
    if (!sound) {
      throw new AssertionError("accepted wrongly: " + what);
    }
  }

  /** No result may hold NaN or infinity. */
  static void requireFinite(double[] values, String what) {
    for (double value : values) {
      require(Double.isFinite(value), what + " holds " + value);
    }
  }
}
