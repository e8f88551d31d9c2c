package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which codes of a patient weigh most, of those that the model knows. */
final class StrongestCodes {
  private StrongestCodes() {}

  /**
   * A code with the scores of its occurrences added up.
   *
   * @param l2 how much it weighs
   * @param signed above 0 if it raises the explained score
   */
  record Code(String code, double l2, double signed) {}

  /**
   * The strongest codes by l2; of equal ones the one that occurs first.
   *
   * @param count how many at most
   */
  static List<Code> of(Attribution attribution, int count) {
    Map<String, Code> byCode = new LinkedHashMap<>();
    for (Attribution.TokenScore token : attribution.tokens()) {
      if (token.known()) {
        Code one = new Code(token.code(), token.scores().l2(), token.scores().signed());
        byCode.merge(one.code(), one, StrongestCodes::add);
      }
    }
    List<Code> codes = new ArrayList<>(byCode.values());
    codes.sort(Comparator.comparingDouble(Code::l2).reversed());
    return codes.subList(0, Math.min(count, codes.size()));
  }

  private static Code add(Code a, Code b) {
    return new Code(a.code(), a.l2() + b.l2(), a.signed() + b.signed());
  }
}
