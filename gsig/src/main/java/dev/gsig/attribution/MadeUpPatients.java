package dev.gsig.attribution;

import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.Vocabulary;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Patients for {@link Explainer#warmUp}: codes that chance takes from a model's vocabulary. */
final class MadeUpPatients {
  private static final int MOST_VISITS = 4;

  /** Within every model's table of ages. */
  private static final double AGE = 1;

  private static final LocalDate FIRST_DAY = LocalDate.of(2031, 5, 6);

  private final List<String> codes = new ArrayList<>();
  private final int longest;
  private final Random random = new Random(1);

  MadeUpPatients(ExplainableModel model) {
    Tokenizer tokenizer = model.tokenizer();
    longest = tokenizer.maxLength();
    Vocabulary vocabulary = tokenizer.vocabulary();
    for (String code : vocabulary.codes()) {
      if (!tokenizer.specialTokens().isStructural(vocabulary.idOf(code).getAsInt())) {
        codes.add(code);
      }
    }
  }

  /** One of any length that the model reads; null if the vocabulary has no code. */
  Trajectory next() {
    if (codes.isEmpty()) {
      return null;
    }
    int count = 1 + random.nextInt(longest);
    List<Visit> visits = new ArrayList<>();
    for (int visit = 0; visit < MOST_VISITS; visit++) {
      int size = count * (visit + 1) / MOST_VISITS - count * visit / MOST_VISITS;
      visits.add(visit(FIRST_DAY.plusDays(visit), size));
    }
    return new Trajectory("made up", visits, Map.of(), null);
  }

  private Visit visit(LocalDate day, int size) {
    List<String> some = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      some.add(codes.get(random.nextInt(codes.size())));
    }
    return new Visit(day.toString(), some, AGE, 0);
  }
}
