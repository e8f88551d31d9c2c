package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VocabularyCheckTest {
  private final UnknownCodes codes =
      new UnknownCodes(
          Vocabulary.of(Map.of("[PAD]", 0, "[UNK]", 1, "a", 2)),
          new SpecialTokens(0, null, null, null, 1));
  private int read;

  /** A patient for each letter: a is known, x is not, ! cannot be read. */
  private VocabularyCheck check(String cohort) {
    Iterator<Trajectory> patients =
        IntStream.range(0, cohort.length()).mapToObj(i -> patient(cohort.charAt(i), i)).iterator();
    return new VocabularyCheck(patients, codes, "cohort.jsonl");
  }

  private Trajectory patient(char code, int number) {
    read++;
    if (code == '!') {
      throw new InvalidInputException("cohort.jsonl, line " + number + ": is bad");
    }
    return new Trajectory("p" + number, List.of(Visit.of("" + code)), Map.of(), null);
  }

  private static List<String> names(Iterator<Trajectory> patients) {
    List<String> names = new ArrayList<>();
    patients.forEachRemaining(patient -> names.add(patient.subjectId()));
    return names;
  }

  @Test
  void patientsOfKnownCodesComeAtOnce() {
    VocabularyCheck check = check("aax");

    for (int i = 0; i < 3; i++) {
      assertThat(check.next().subjectId()).isEqualTo("p" + i);
      assertThat(read).isEqualTo(i + 1);
    }
    assertThat(check.hasNext()).isFalse();
    assertThat(codes.unknown()).isEqualTo(1);
  }

  @Test
  void theFirstMayBeUnknownIfThoseBehindThemAreNot() {
    assertThat(names(check("xxaa"))).containsExactly("p0", "p1", "p2", "p3");
  }

  @Test
  void theyAreHeldUntilItIsKnown() {
    VocabularyCheck check = check("xxaaa");

    assertThat(check.next().subjectId()).isEqualTo("p0");
    assertThat(read).isEqualTo(4);
    assertThat(names(check)).containsExactly("p1", "p2", "p3", "p4");
  }

  @Test
  void aCohortOfUnknownCodesIsRefusedBeforeAnyPatient() {
    VocabularyCheck check = check("x".repeat(1000));

    assertThatThrownBy(check::hasNext)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("cohort.jsonl: 101 of 101 codes (100.0%) are not in the model's");
    assertThat(read).isEqualTo(101);
    assertThatThrownBy(check::next).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void whatWasHandedOnWasKnownForTheMostPart() {
    VocabularyCheck check = check("aaaxxxxxx");
    List<String> before = new ArrayList<>();

    assertThatThrownBy(() -> check.forEachRemaining(patient -> before.add(patient.subjectId())))
        .hasMessageStartingWith("cohort.jsonl: 6 of 9 codes (66.7%)");
    assertThat(before).containsExactly("p0", "p1", "p2", "p3", "p4", "p5");
  }

  @Test
  void aPatientThatCannotBeReadComesInTheirTurn() {
    VocabularyCheck check = check("xaa!");

    List<String> before = new ArrayList<>();
    assertThatThrownBy(() -> check.forEachRemaining(patient -> before.add(patient.subjectId())))
        .hasMessage("cohort.jsonl, line 3: is bad");
    assertThat(before).containsExactly("p0", "p1", "p2");
  }

  /** The cause of all is said, not that of one. */
  @Test
  void unknownCodesAreSaidBeforeALineThatCannotBeRead() {
    assertThatThrownBy(check("xx!a")::hasNext).hasMessageContaining("2 of 2 codes (100.0%)");
  }
}
