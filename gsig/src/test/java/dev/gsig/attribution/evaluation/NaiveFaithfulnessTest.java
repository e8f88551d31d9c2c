package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Fixture;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ModelInternals;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The faithfulness measures against a second implementation that shares nothing with them but the
 * model: one removal at a time, without trimming, caching or batches, over records that are rebuilt
 * (delete) or tensors whose rows are replaced one by one (the other rules).
 */
class NaiveFaithfulnessTest {
  private static final double[] PERCENTS = {1, 5, 10, 20, 50};

  static Stream<Arguments> cases() {
    return Fixture.all().flatMap(f -> rules(f).map(rule -> Arguments.of(f, rule)));
  }

  /** The rules that the model has tokens for. */
  private static Stream<RemovalRule> rules(Fixture fixture) {
    boolean masks = fixture.model("ejml").config().specialTokens().mask() != null;
    return RemovalRules.named().stream().filter(rule -> masks || rule != RemovalRules.MASK);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agrees(Fixture fixture, RemovalRule rule) {
    Model model = fixture.model("ejml");
    Integer wanted = fixture.options().explainedClass();
    Random random = new Random(17);
    int compared = 0;
    for (Trajectory patient : fixture.cohort()) {
      TokenSequence sequence = model.tokenizer().tokenize(patient);
      if (rule == RemovalRules.DELETE && sequence.truncatedTokens() > 0) {
        continue; // a rebuilt record would be cut elsewhere
      }
      List<TokenScore> tokens = new ArrayList<>();
      for (int j = 0; j < sequence.length(); j++) {
        if (!sequence.isSpecial(j)) {
          double signed = random.nextGaussian();
          Scores scores = new Scores(Math.abs(signed) + random.nextDouble(), signed);
          tokens.add(new TokenScore(j, sequence.code(j), sequence.visit(j), true, scores));
        }
      }
      if (tokens.size() < 2) {
        continue; // nothing would be left without CLS
      }
      int d = model.config().hiddenSize();
      double[] rows = random.doubles((long) d * sequence.maxLength(), -1, 1).toArray();
      Explainer rowsFrom = GivenRows.from(model, rows);
      Removal removal = new Removal(model, rowsFrom, patient, sequence, rule, wanted);
      for (Ranking ranking : Ranking.values()) {
        Faithfulness actual = Faithfulness.of(removal, ranking.order(tokens, true), PERCENTS);
        double[] expected = naive(model, wanted, patient, sequence, tokens, ranking, rule, rows);
        assertThat(actual.comprehensiveness()).isCloseTo(expected[0], within(1e-10));
        assertThat(actual.sufficiency()).isCloseTo(expected[1], within(1e-10));
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  private static double[] naive(
      Model model,
      Integer wanted,
      Trajectory patient,
      TokenSequence sequence,
      List<TokenScore> tokens,
      Ranking ranking,
      RemovalRule rule,
      double[] rows) {
    double[] full = model.logits(patient);
    double[] sums = new double[2];
    for (double percent : PERCENTS) {
      int count = 1;
      while (100.0 * count < percent * tokens.size()) {
        count++;
      }
      Set<Integer> top = top(tokens, ranking, count);
      Set<Integer> rest = new HashSet<>();
      tokens.forEach(t -> rest.add(t.position()));
      rest.removeAll(top);
      sums[0] +=
          probability(model, wanted, full, full)
              - probability(model, wanted, full, logits(model, patient, sequence, top, rule, rows));
      sums[1] +=
          probability(model, wanted, full, full)
              - probability(
                  model, wanted, full, logits(model, patient, sequence, rest, rule, rows));
    }
    return new double[] {sums[0] / PERCENTS.length, sums[1] / PERCENTS.length};
  }

  private static Set<Integer> top(List<TokenScore> tokens, Ranking ranking, int count) {
    Set<Integer> top = new HashSet<>();
    while (top.size() < count) {
      TokenScore best = null;
      for (TokenScore t : tokens) {
        if (!top.contains(t.position())
            && (best == null || score(t, ranking) > score(best, ranking))) {
          best = t;
        }
      }
      top.add(best.position());
    }
    return top;
  }

  private static double score(TokenScore t, Ranking ranking) {
    return ranking == Ranking.L2 ? t.scores().l2() : t.scores().signed();
  }

  private static double probability(Model model, Integer wanted, double[] full, double[] logits) {
    if (full.length == 1) {
      double z = full[0] > 0 ? logits[0] : -logits[0];
      return 1 / (1 + Math.exp(-z));
    }
    int best = 0;
    for (int c = 0; c < full.length; c++) {
      best = full[c] > full[best] ? c : best;
    }
    if (model.config().classifier().labels().multiLabel()) {
      return 1 / (1 + Math.exp(-logits[wanted == null ? best : wanted]));
    }
    double sum = 0;
    for (double z : logits) {
      sum += Math.exp(z - logits[best]);
    }
    return 1 / sum;
  }

  private static double[] logits(
      Model model,
      Trajectory patient,
      TokenSequence sequence,
      Set<Integer> removed,
      RemovalRule rule,
      double[] rows) {
    if (rule == RemovalRules.DELETE) {
      List<Visit> visits = new ArrayList<>();
      for (int v = 0; v < patient.visits().size(); v++) {
        Visit visit = patient.visits().get(v);
        List<String> codes = new ArrayList<>(visit.codes());
        for (int j = sequence.length() - 1; j >= 0; j--) {
          if (removed.contains(j) && sequence.visit(j) == v) {
            codes.remove(sequence.codeIndex(j));
          }
        }
        visits.add(new Visit(visit.time(), codes, visit.age(), visit.tokenType()));
      }
      return model.logits(new Trajectory("rest", visits, patient.tabular(), null));
    }
    int[] ids = sequence.inputIds();
    for (int j : removed) {
      if (rule == RemovalRules.PAD) {
        ids[j] = model.config().specialTokens().pad();
      } else if (rule == RemovalRules.MASK) {
        ids[j] = model.config().specialTokens().mask();
      }
    }
    int d = model.config().hiddenSize();
    return ModelInternals.logits(
        model,
        patient,
        sequence.withIds(ids),
        values -> {
          for (int j : removed) {
            for (int e = 0; e < d && rule == RemovalRules.BASELINE; e++) {
              values[j * d + e] = rows[j * d + e];
            }
          }
        });
  }
}
