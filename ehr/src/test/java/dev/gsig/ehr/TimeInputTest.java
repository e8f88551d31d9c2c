package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.TimeInput.AtSpecial;
import dev.gsig.ehr.TimeInput.Span;
import dev.gsig.ehr.TimeInput.Transform;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The times of tokens, by hand: PAD 0, CLS 1, SEP 2, MASK 3, UNK 4, a to c 5-7. */
class TimeInputTest {
  private static final SpecialTokens ALL = new SpecialTokens(0, 1, 2, 3, 4);
  private static final Vocabulary CODES = Vocabulary.of(Map.of("a", 5, "b", 6, "c", 7));

  /** Four visits, the second without a code: days 0, 1, 10.5 and 12. */
  private static final Trajectory PATIENT =
      patient(
          visit("2031-01-01", 40.0, "a", "b"),
          visit("2031-01-02"),
          visit("2031-01-11T12:00:00", 40.5, "c"),
          visit("2031-01-13T02:00:00+02:00", 41.0, "a"));

  private static Trajectory patient(Visit... visits) {
    return new Trajectory("p", List.of(visits), Map.of(), null);
  }

  private static Visit visit(String time, String... codes) {
    return visit(time, null, codes);
  }

  private static Visit visit(String time, Double age, String... codes) {
    return new Visit(time, List.of(codes), age, null);
  }

  private static TimeInput days(Span span, AtSpecial special) {
    return new TimeInput(span, TimeInput.DAY, Transform.NONE, special);
  }

  private static TokenSequence tokens(TimeInput input, int length, Trajectory patient) {
    return tokenizer(input, length).tokenize(patient);
  }

  private static Tokenizer tokenizer(TimeInput input, int length) {
    return new Tokenizer(CODES, ALL, VisitIndex.BEFORE_SEP, length, 0, false, input);
  }

  /** An absolute time counts from its day, before which it is negative, whatever was removed. */
  @Test
  void aTimeSinceADate() {
    TimeInput since =
        new TimeInput(
            Span.SINCE_DATE,
            TimeInput.DAY,
            Transform.NONE,
            AtSpecial.VISIT,
            LocalDate.of(2031, 1, 11));
    TokenSequence tokens = tokens(since, 9, PATIENT);
    assertThat(tokens.time()).containsExactly(-10, -10, -10, -10, 0.5, 0.5, 2, 2, 2);
    assertThat(tokens.without(p -> p == 4).time())
        .containsExactly(-10, -10, -10, -10, 2, 2, 2, 2, 2);
    assertThat(tokens(since, 4, PATIENT).time()).as("cut").containsExactly(0.5, 0.5, 2, 2);
    assertThatThrownBy(
            () ->
                new TimeInput(Span.SINCE_DATE, 1, Transform.LOG1P, AtSpecial.VISIT, since.origin()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> days(Span.SINCE_DATE, AtSpecial.VISIT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Exact ages, and what is done to them; rows of a table are whole. */
  @Test
  void agesAsNumbers() {
    for (Transform transform : Transform.values()) {
      AgeInput input = new AgeInput(2, transform);
      TokenSequence tokens =
          new Tokenizer(CODES, ALL, VisitIndex.BEFORE_SEP, 9, input, false, null, null)
              .tokenize(patient(visit("2031-01-01", 40.3, "a"), visit("2031-01-02", 40.75, "c")));
      double first = transform == Transform.NONE ? 80.6 : transform == Transform.FLOOR ? 80 : 0;
      if (first > 0) {
        double last = transform == Transform.NONE ? 81.5 : 81;
        assertThat(tokens.exactAge())
            .containsExactly(first, first, first, last, last, last, last, last, last);
      } else {
        assertThat(Math.exp(tokens.exactAge()[0]) - 1)
            .isCloseTo(transform == Transform.LOG1P ? 80.6 : 80, within(1e-9));
      }
      assertThat(tokens.roundedAges()).isEqualTo(transform == Transform.FLOOR ? 2 : 0);
    }
  }

  @Test
  void agesThatWereMadeElsewhere() {
    int[] ids = {1, 5, 2};
    double[] ages = {30.5, 30.5, 30.5};
    Tokenizer exact = aged(Transform.NONE);
    assertThat(exact.ofIds(ids, ages, null, null, null).exactAge()).startsWith(ages);
    assertThatThrownBy(() -> aged(Transform.FLOOR).ofIds(ids, ages, null, null, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("position 0 has the age input 30.5, which must be a whole number from 0 up");
    assertThatThrownBy(() -> exact.ofIds(ids, new double[] {1, -2, 3}, null, null, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("position 1 has the age input -2.0, which must be a number from 0 up");
  }

  private static Tokenizer aged(Transform transform) {
    AgeInput input = new AgeInput(1, transform);
    return new Tokenizer(CODES, ALL, VisitIndex.BEFORE_SEP, 5, input, false, null, null);
  }

  // CLS a b SEP c SEP a SEP PAD
  @Test
  void eachSpanWithTheVisitsOfSpecialTokens() {
    assertThat(tokens(days(Span.SINCE_PREVIOUS_VISIT, AtSpecial.VISIT), 9, PATIENT).time())
        .as("the visit without a code is passed over")
        .containsExactly(0, 0, 0, 0, 10.5, 10.5, 1.5, 1.5, 1.5);
    assertThat(tokens(days(Span.SINCE_FIRST_VISIT, AtSpecial.VISIT), 9, PATIENT).time())
        .containsExactly(0, 0, 0, 0, 10.5, 10.5, 12, 12, 12);
    assertThat(tokens(days(Span.UNTIL_LAST_VISIT, AtSpecial.VISIT), 9, PATIENT).time())
        .containsExactly(12, 12, 12, 12, 1.5, 1.5, 0, 0, 0);
    TimeInput years =
        new TimeInput(Span.SINCE_BIRTH, TimeInput.YEAR, Transform.NONE, AtSpecial.VISIT);
    assertThat(tokens(years, 9, PATIENT).time())
        .containsExactly(40, 40, 40, 40, 40.5, 40.5, 41, 41, 41);
  }

  @Test
  void specialTokensMayReadZero() {
    assertThat(tokens(days(Span.UNTIL_LAST_VISIT, AtSpecial.ZERO), 9, PATIENT).time())
        .containsExactly(0, 12, 12, 0, 1.5, 0, 0, 0, 0);
    assertThat(tokens(days(Span.SINCE_FIRST_VISIT, AtSpecial.ZERO), 9, PATIENT).time())
        .containsExactly(0, 0, 0, 0, 10.5, 0, 12, 0, 0);
  }

  /** A visit that was cut is still the visit before, and the first. */
  @Test
  void cuttingALongTrajectoryChangesNoTime() {
    assertThat(tokens(days(Span.SINCE_PREVIOUS_VISIT, AtSpecial.VISIT), 5, PATIENT).time())
        .containsExactly(10.5, 10.5, 10.5, 1.5, 1.5);
    assertThat(tokens(days(Span.SINCE_FIRST_VISIT, AtSpecial.VISIT), 3, PATIENT).time())
        .containsExactly(12, 12, 12);
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, 1.5",
    "FLOOR, 1",
    "LOG1P, 0.9162907318741551", // ln 2.5
    "FLOOR_LOG1P, 0.6931471805599453" // ln 2
  })
  void eachTransform(Transform transform, double last) {
    TimeInput input =
        new TimeInput(Span.SINCE_PREVIOUS_VISIT, TimeInput.DAY, transform, AtSpecial.ZERO);
    assertThat(tokens(input, 8, PATIENT).time()[6]).isEqualTo(last);
  }

  /** 41 / 1 must not become 40.999..., which floor would make 40. */
  @Test
  void wholeAgesStayWholeInEveryUnit() {
    TimeInput.UNITS.forEach(
        (name, seconds) -> {
          TimeInput input =
              new TimeInput(Span.SINCE_BIRTH, seconds, Transform.FLOOR, AtSpecial.VISIT);
          for (int age = 0; age < 120; age++) {
            Trajectory patient = patient(visit(null, (double) age, "a"));
            assertThat(tokens(input, 3, patient).time()[1])
                .as("%d years in %s", age, name)
                .isEqualTo(Math.floor(age * 365.25 * 86_400 / seconds));
          }
        });
  }

  @Test
  void replacedCodesKeepTheirTimes() {
    TokenSequence tokens = tokens(days(Span.UNTIL_LAST_VISIT, AtSpecial.ZERO), 9, PATIENT);
    assertThat(tokens.withIds(new int[9]).time()).containsExactly(tokens.time());
  }

  /** As if the codes had never been recorded. */
  @Test
  void timesAreThoseBetweenTheVisitsThatAreLeft() {
    // CLS c SEP a SEP PAD
    TokenSequence previous = of(Span.SINCE_PREVIOUS_VISIT, AtSpecial.VISIT, 9, 1, 2);
    assertThat(previous.inputIds()).containsExactly(1, 7, 2, 5, 2, 0, 0, 0, 0);
    assertThat(previous.time()).containsExactly(0, 0, 0, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5);
    // CLS a b SEP a SEP PAD
    assertThat(of(Span.SINCE_PREVIOUS_VISIT, AtSpecial.ZERO, 9, 4).time())
        .containsExactly(0, 0, 0, 0, 12, 0, 0, 0, 0);
    assertThat(of(Span.SINCE_FIRST_VISIT, AtSpecial.ZERO, 9, 1, 2).time())
        .containsExactly(0, 0, 0, 1.5, 0, 0, 0, 0, 0);
    // CLS a b SEP c SEP PAD
    assertThat(of(Span.UNTIL_LAST_VISIT, AtSpecial.ZERO, 9, 6).time())
        .containsExactly(0, 10.5, 10.5, 0, 0, 0, 0, 0, 0);
    assertThat(of(Span.UNTIL_LAST_VISIT, AtSpecial.ZERO, 9, 1, 2, 4, 6).time()).containsOnly(0);
  }

  /** CLS c SEP a SEP, of which c goes: a visit that was cut is the one before. */
  @Test
  void whatWasCutStaysCut() {
    assertThat(of(Span.SINCE_PREVIOUS_VISIT, AtSpecial.VISIT, 5, 1).time())
        .containsExactly(12, 12, 12, 12, 12);
    assertThat(of(Span.SINCE_FIRST_VISIT, AtSpecial.ZERO, 5, 1).time())
        .containsExactly(0, 12, 0, 0, 0);
  }

  private static TokenSequence of(Span span, AtSpecial special, int length, Integer... removed) {
    return tokens(days(span, special), length, PATIENT).without(Set.of(removed)::contains);
  }

  /** Two visits at one moment are two visits. */
  @Test
  void visitsOfTheSameMoment() {
    Trajectory patient =
        patient(visit("2031-01-01", "a"), visit("2031-01-03", "b"), visit("2031-01-03", "c"));
    assertThat(tokens(days(Span.SINCE_PREVIOUS_VISIT, AtSpecial.VISIT), 7, patient).time())
        .containsExactly(0, 0, 0, 2, 2, 0, 0);
  }

  @Test
  void aModelThatReadsNoTimesHasNone() {
    assertThat(tokens(null, 9, patient(visit(null, "a"))).time()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SINCE_PREVIOUS_VISIT", "SINCE_FIRST_VISIT", "UNTIL_LAST_VISIT"})
  void aVisitWithoutATimeIsRefused(Span span) {
    for (String time : new String[] {null, "yesterday"}) {
      Trajectory patient = patient(visit("2031-01-01", "a"), visit(time, "b"));
      assertThatThrownBy(() -> tokens(days(span, AtSpecial.ZERO), 9, patient))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "patient \"p\", visit 2: the model reads times; give the visit a \"time\" of ISO"
                  + " 8601, such as 2031-05-06T10:00:00");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SINCE_PREVIOUS_VISIT", "SINCE_FIRST_VISIT", "UNTIL_LAST_VISIT"})
  void aSpanIsNeverNegative(Span span) {
    Trajectory patient = patient(visit("2031-01-02", "a"), visit("2031-01-01", "b"));
    assertThatThrownBy(() -> tokens(days(span, AtSpecial.ZERO), 9, patient))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "patient \"p\", visit 2: is earlier than visit 1, and the model reads the time between"
                + " them; correct the times, or sort the visits (--sort-visits)");
    assertThat(tokens(days(span, AtSpecial.ZERO), 9, VisitOrder.sorted(patient)).time())
        .contains(1);
  }

  @Test
  void anAgeIsAskedForWhereItIsRead() {
    TimeInput birth = days(Span.SINCE_BIRTH, AtSpecial.ZERO);
    assertThatThrownBy(() -> tokens(birth, 9, patient(visit("2031-01-01", "a"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "patient \"p\", visit 1: the model reads the time since birth; give the visit an"
                + " \"age\" in years");
    assertThatThrownBy(() -> tokens(birth, 9, patient(visit(null, -1.0, "a"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the age must be a number from 0 up, but is -1.0");
  }

  @Test
  void timesThatWereMadeElsewhere() {
    int[] ids = {1, 5, 6, 2, 7, 2, 0};
    Tokenizer zero = tokenizer(days(Span.SINCE_FIRST_VISIT, AtSpecial.ZERO), 9);
    double[] times = {0, 0.25, 0.25, 0, 3.5, 0, 9};
    assertThat(zero.ofIds(ids, null, null, times).time())
        .as("PAD is not asked")
        .containsExactly(0, 0.25, 0.25, 0, 3.5, 0, 0, 0, 0);
    Tokenizer visit = tokenizer(days(Span.SINCE_FIRST_VISIT, AtSpecial.VISIT), 9);
    double[] ofVisits = {0.25, 0.25, 0.25, 0.25, 3.5, 3.5, 0};
    assertThat(visit.ofIds(ids, null, null, ofVisits).time())
        .containsExactly(0.25, 0.25, 0.25, 0.25, 3.5, 3.5, 3.5, 3.5, 3.5);
    assertThatThrownBy(() -> zero.ofIds(ids, null, null, ofVisits))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "position 0 holds CLS and has the time 0.25, but with time_special_tokens zero it reads"
                + " 0.0; give it that, or correct the setting");
    assertThatThrownBy(() -> visit.ofIds(ids, null, null, times))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("position 0 holds CLS and has the time 0.0, but");
    assertThatThrownBy(() -> zero.ofIds(ids, null, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("the model reads time, but the sequence has none; add it");
    assertThatThrownBy(() -> zero.ofIds(ids, null, null, new double[3]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("the sequence has 6 ids, but an input of 3 positions");
  }

  @Test
  void unitsHaveNames() {
    TimeInput named = days(Span.SINCE_BIRTH, AtSpecial.ZERO);
    assertThat(named.unit()).isEqualTo("days");
    assertThat(new TimeInput(named.span(), 43_200, named.transform(), named.special()).unit())
        .isEqualTo("0.5 days");
    for (double seconds : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(
              () -> new TimeInput(named.span(), seconds, named.transform(), named.special()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
