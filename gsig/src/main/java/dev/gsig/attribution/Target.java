package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The score f that is explained: of the explained class its logit or its probability; of a model
 * that predicts the next token a function of some tokens' logits z,
 *
 * <pre>
 *   f = log sum over A of exp(z) - log sum over B of exp(z)
 * </pre>
 *
 * where B is absent for a logit, every token for a log-probability, and other tokens for a contrast
 * ({@code log P(A) / P(B)}).
 *
 * @param label the name on the command line
 * @param isProbability whether f is the probability of the explained class
 * @param next the tokens; null where a class is explained
 */
public record Target(String label, boolean isProbability, NextTokens next) implements Serializable {
  /** The logit of the explained class. */
  public static final Target LOGIT = new Target("logit", false, null);

  /** The probability of the explained class. */
  public static final Target PROBABILITY = new Target("probability", true, null);

  /** What begins the names of targets among tokens. */
  public static final String NEXT = "next:";

  private static final String NEXT_LOG_PROBABILITY = "next-logprob:";

  /**
   * Tokens that may come next.
   *
   * @param of A, at least one
   * @param against B; empty for none
   * @param againstAll whether B is every token
   */
  public record NextTokens(List<Integer> of, List<Integer> against, boolean againstAll)
      implements Serializable {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is no token, or B is told twice
     */
    public NextTokens {
      of = List.copyOf(of);
      against = List.copyOf(against);
      if (of.isEmpty() || (againstAll && !against.isEmpty())) {
        throw new IllegalArgumentException("tokens " + of + " against " + against);
      }
    }
  }

  /** The targets of a class. */
  public static List<Target> ofClasses() {
    return List.of(LOGIT, PROBABILITY);
  }

  /** Whether a text names a target among tokens. */
  public static boolean isNext(String text) {
    return text.startsWith(NEXT) || text.startsWith(NEXT_LOG_PROBABILITY);
  }

  /**
   * The target that a text names: {@code next:CODE}, the logit; {@code next-logprob:CODE}, the
   * log-probability; {@code next:A/B}, a contrast of two codes; {@code next:FILE}, the log of the
   * summed probability of the codes in a file, one a line.
   *
   * @param labels of a model that predicts tokens: their names are its codes
   * @throws InvalidInputException if it names no codes, or can be read in two ways
   */
  public static Target next(String text, Labels labels) {
    boolean logarithm = text.startsWith(NEXT_LOG_PROBABILITY);
    String what = text.substring((logarithm ? NEXT_LOG_PROBABILITY : NEXT).length());
    List<NextTokens> readings = new ArrayList<>();
    int code = labels.names().indexOf(what);
    if (code >= 0) {
      readings.add(new NextTokens(List.of(code), List.of(), logarithm));
    }
    for (int at = what.indexOf('/'); at >= 0 && !logarithm; at = what.indexOf('/', at + 1)) {
      int of = labels.names().indexOf(what.substring(0, at));
      int against = labels.names().indexOf(what.substring(at + 1));
      if (of >= 0 && against >= 0) {
        readings.add(new NextTokens(List.of(of), List.of(against), false));
      }
    }
    if (!logarithm && isFile(what)) {
      readings.add(new NextTokens(codes(Path.of(what), labels), List.of(), true));
    }
    if (readings.size() != 1) {
      throw new InvalidInputException(
          "--target "
              + text
              + (readings.isEmpty()
                  ? " names no code of the model"
                      + (logarithm
                          ? ""
                          : ", no two codes with a / between them, and no file of codes")
                  : " can be read in "
                      + readings.size()
                      + " ways, as codes of the model or as a file; rename the file"));
    }
    return new Target(text, false, readings.get(0));
  }

  private static boolean isFile(String name) {
    try {
      return Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static List<Integer> codes(Path file, Labels labels) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new InvalidInputException(
          file + ": cannot be read as UTF-8 text; give a code a line", e);
    }
    List<Integer> codes = new ArrayList<>();
    for (String line : lines) {
      String name = line.strip();
      int code = labels.names().indexOf(name);
      if (!name.isEmpty() && code < 0) {
        throw new InvalidInputException(
            file + ": " + Json.quote(name) + " is no code of the model; remove it");
      }
      if (!name.isEmpty() && !codes.contains(code)) {
        codes.add(code);
      }
    }
    if (codes.isEmpty()) {
      throw new InvalidInputException(file + ": names no code; give one a line");
    }
    return codes;
  }
}
