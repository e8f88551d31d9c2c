package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A set of codes, such as {@code d9_428*,d10_I50*}: whole codes as {@link Coding} spells them, or
 * with a star what they begin with.
 */
public final class CodePatterns {
  private final String text;
  private final List<String> whole = new ArrayList<>();
  private final List<String> starts = new ArrayList<>();

  private CodePatterns(String text) {
    this.text = text;
  }

  /**
   * Reads patterns.
   *
   * @param text patterns separated by commas; case, spaces and the dots of ICD do not matter
   * @return the set
   * @throws InvalidInputException if one has no kind of code in front
   */
  public static CodePatterns parse(String text) {
    CodePatterns patterns = new CodePatterns(text);
    for (String part : text.split(",", -1)) {
      String pattern = part.strip();
      int bar = pattern.indexOf('_');
      String kind = pattern.substring(0, Math.max(0, bar)).toLowerCase(Locale.ROOT);
      if (!kind.matches("[dp](9|10)?|m") || bar == pattern.length() - 1) {
        throw new InvalidInputException(
            "the code "
                + Json.quote(pattern)
                + " must begin with d9_, d10_, d_, p9_, p10_, p_ or m_ and go on, for example"
                + " d10_I50*");
      }
      String code = normal(kind, pattern.substring(bar + 1));
      if (code == null) {
        throw new InvalidInputException(
            "the code " + Json.quote(pattern) + " says that there is none; name a code");
      }
      if (code.endsWith("*")) {
        patterns.starts.add(code.substring(0, code.length() - 1));
      } else {
        patterns.whole.add(code);
      }
    }
    return patterns;
  }

  private static String normal(String kind, String body) {
    char first = kind.charAt(0);
    return first == 'm'
        ? Coding.plain('m', body)
        : Coding.icd(first, kind.length() == 1 ? 0 : Integer.parseInt(kind.substring(1)), body);
  }

  /** Which of the codes of a dictionary belong to the set, by their numbers. */
  boolean[] in(Dictionary codes) {
    boolean[] member = new boolean[codes.size()];
    for (int i = 0; i < member.length; i++) {
      String code = codes.text(i);
      member[i] = whole.contains(code) || starts.stream().anyMatch(code::startsWith);
    }
    return member;
  }

  /** Says whether any code of a dictionary belongs to the set. */
  boolean any(Dictionary codes) {
    boolean[] member = in(codes);
    for (boolean m : member) {
      if (m) {
        return true;
      }
    }
    return false;
  }

  /** The patterns as they were given. */
  @Override
  public String toString() {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .reduce((a, b) -> a + "," + b)
        .orElse("");
  }
}
