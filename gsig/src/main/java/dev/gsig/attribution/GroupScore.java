package dev.gsig.attribution;

import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.ehr.CodeGroups;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scores of a group of codes, {@code sum over tokens j of the group of || IG_j ||_2} and of the
 * sums of their rows: one level of a hierarchy of codes.
 *
 * @param group null for the codes of which nothing tells the group, among them those that the model
 *     does not know: their scores are not those of the code
 * @param scores sums over its tokens
 * @param codes how many tokens
 */
public record GroupScore(String group, Scores scores, int codes) {
  /**
   * The scores of all groups that tokens are in, which add up to those of the tokens.
   *
   * @return those with the largest |signed| first; of equal ones in alphabetical order, without a
   *     group last
   */
  public static List<GroupScore> of(List<TokenScore> tokens, CodeGroups groups) {
    Map<String, GroupScore> sums = new LinkedHashMap<>();
    for (TokenScore token : tokens) {
      String group = token.known() ? groups.groupOf(token.code()) : null;
      GroupScore before = sums.getOrDefault(group, new GroupScore(group, new Scores(0, 0), 0));
      Scores sum =
          new Scores(
              before.scores.l2() + token.scores().l2(),
              before.scores.signed() + token.scores().signed());
      sums.put(group, new GroupScore(group, sum, before.codes + 1));
    }
    List<GroupScore> sorted = new ArrayList<>(sums.values());
    sorted.sort(
        Comparator.comparingDouble((GroupScore g) -> -Math.abs(g.scores.signed()))
            .thenComparing(
                GroupScore::group, Comparator.nullsLast(Comparator.<String>naturalOrder())));
    return sorted;
  }
}
