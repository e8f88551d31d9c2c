package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.GroupScore;
import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.ehr.CodeGroups;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupScoreTest {
  private static final CodeGroups AUTO = CodeGroups.named("auto");

  private static TokenScore token(String code, boolean known, double l2, double signed) {
    return new TokenScore(1, code, 0, known, new Scores(l2, signed));
  }

  @Test
  void byHand() {
    List<TokenScore> tokens =
        List.of(
            token("d10_I50", true, 1, -0.5),
            token("d10_A01", true, 2, 0.25),
            token("d10_I11", true, 4, -0.25),
            token("m_BAG", true, 8, 0.125),
            token("d10_I10", false, 16, 0.5), // the model read UNK
            token("m_C03", true, 32, 0.25));
    assertThat(GroupScore.of(tokens, AUTO))
        .containsExactly(
            new GroupScore("ICD-10 IX Diseases of the circulatory system", new Scores(5, -0.75), 2),
            new GroupScore(null, new Scores(24, 0.625), 2),
            new GroupScore("ATC C Cardiovascular system", new Scores(32, 0.25), 1),
            new GroupScore(
                "ICD-10 I Certain infectious and parasitic diseases", new Scores(2, 0.25), 1));
    assertThat(GroupScore.of(List.of(), AUTO)).isEmpty();
  }

  /** Against a second summation, in which the chapter is the letter. */
  @Test
  void theyAddUpToTheTokens() {
    Random random = new Random(21);
    List<TokenScore> tokens = new ArrayList<>();
    Map<String, Double> expected = new HashMap<>();
    double all = 0;
    for (int i = 0; i < 500; i++) {
      char letter = "ABCEFGIJKLMNOPQRZ".charAt(random.nextInt(17));
      double signed = random.nextGaussian();
      tokens.add(token("d10_" + letter + "0" + random.nextInt(10), true, 1, signed));
      expected.merge(letter == 'B' ? "A" : "" + letter, signed, Double::sum);
      all += signed;
    }
    List<GroupScore> groups = GroupScore.of(tokens, AUTO);
    assertThat(groups).hasSameSizeAs(expected.keySet());
    assertThat(groups.stream().mapToDouble(g -> g.scores().signed()).sum())
        .isCloseTo(all, within(1e-9));
    assertThat(groups.stream().mapToInt(GroupScore::codes).sum()).isEqualTo(500);
    List<Double> sums = expected.values().stream().map(Math::abs).sorted().toList();
    for (int i = 0; i < groups.size(); i++) {
      assertThat(Math.abs(groups.get(i).scores().signed()))
          .isCloseTo(sums.get(sums.size() - 1 - i), within(1e-9));
    }
  }

  @Test
  void asALineHasThem() {
    List<GroupScore> groups =
        List.of(
            new GroupScore("g", new Scores(1 / 3.0, -2 / 3.0), 3),
            new GroupScore(null, new Scores(0, 0), 1));
    assertThat(Json.write(new AttributionJson(6).toList(groups)))
        .isEqualTo(
            "[{\"group\":\"g\",\"l2\":0.333333,\"signed\":-0.666667,\"codes\":3},"
                + "{\"group\":null,\"l2\":0.0,\"signed\":0.0,\"codes\":1}]");
  }
}
