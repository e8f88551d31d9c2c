package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A set of codes, such as {@code d9_428*,d10_I50*}: whole codes as {@link Coding} spells them, or
 * with a star what they begin with; of OMOP also {@code c_316139}, a concept and all of its
 * descendants, of whatever kind.
 */
public final class CodePatterns {
  private final String text;
  private final List<String> whole = new ArrayList<>();
  private final List<String> starts = new ArrayList<>();
  private final Set<Long> concepts = new TreeSet<>();

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
      if (kind.equals("c") && pattern.matches("(?i)c_[0-9]{1,18}")) {
        patterns.concepts.add(Long.valueOf(pattern.substring(bar + 1)));
        continue;
      }
      if (!kind.matches("[dp](9|10)?|m") || bar == pattern.length() - 1) {
        throw new InvalidInputException(
            "the code "
                + Json.quote(pattern)
                + " must begin with d9_, d10_, d_, p9_, p10_, p_ or m_ and go on, for example"
                + " d10_I50*; or be a concept of OMOP, such as c_316139");
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

  /** The concepts of OMOP that stand for themselves and all of their descendants. */
  public Set<Long> concepts() {
    return Set.copyOf(concepts);
  }

  /**
   * Which of the codes of a source belong to the set, by their numbers.
   *
   * @throws InvalidInputException if the set has a concept, and the source was not read for its
   *     descendants
   */
  boolean[] in(Records records) {
    Set<String> below = new HashSet<>();
    for (Long concept : concepts) {
      Set<String> codes = records.wholes.get(concept);
      if (codes == null) {
        throw new InvalidInputException(
            "the code c_"
                + concept
                + " is a concept of OMOP with its descendants, which this source is not read for;"
                + " name codes as the source spells them");
      }
      below.addAll(codes);
    }
    boolean[] member = new boolean[records.codes.size()];
    for (int i = 0; i < member.length; i++) {
      String code = records.codes.text(i);
      member[i] =
          whole.contains(code)
              || below.contains(code)
              || starts.stream().anyMatch(code::startsWith);
    }
    return member;
  }

  /** Says whether any code of a source belongs to the set. */
  boolean any(Records records) {
    boolean[] member = in(records);
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
