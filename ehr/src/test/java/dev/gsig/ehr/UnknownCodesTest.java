package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownCodesTest {
  private static final SpecialTokens SPECIAL = new SpecialTokens(0, 1, 2, null, 3);

  private static UnknownCodes model(String... codes) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String code : List.of("[PAD]", "[CLS]", "[SEP]", "[UNK]")) {
      ids.put(code, ids.size());
    }
    for (String code : codes) {
      ids.put(code, ids.size());
    }
    return new UnknownCodes(Vocabulary.of(ids), SPECIAL);
  }

  private static Trajectory patient(String... codes) {
    return new Trajectory("p", List.of(Visit.of(codes)), Map.of(), null);
  }

  @Test
  void halfOfTheCodesMayBeUnknown() {
    UnknownCodes codes = model("a", "b");
    codes.add(patient("a", "x"));
    codes.requireFew("cohort.jsonl");
    assertThat(codes.areMost()).isFalse();

    codes.add(patient("[UNK]"));
    assertThat(codes.areMost()).isTrue();
    assertThat(codes.codes()).isEqualTo(3);
    assertThat(codes.unknown()).isEqualTo(2);
    assertThat(codes.patients()).isEqualTo(2);
    assertThatThrownBy(() -> codes.requireFew("cohort.jsonl"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "cohort.jsonl: 2 of 3 codes (66.7%) are not in the model's vocabulary: the cohort has"
                + " \"x\", \"[UNK]\", the model \"a\", \"b\"; no other spelling makes them known,"
                + " so it is likely another cohort's vocabulary. Name the model and the cohort that"
                + " belong together, or make the cohort again as the model's was made");
  }

  /** Few codes that differ in capitals, among others that are not known at all. */
  @Test
  void codesThatDifferInCapitalsAreNeverPassedOver() {
    UnknownCodes codes = model("d_i10", "d_e119", "d_k219", "d_n179");
    codes.add(patient("d_i10", "d_e119", "d_k219", "d_n179", "d_I10", "x", "y", "z"));
    assertThat(codes.inWords())
        .isEqualTo(
            "4 of 8 codes (50.0%), in 1 patient, not in the model's vocabulary, among them 1"
                + " different code that it has in other capitals: a tokenizer that lower-cases would"
                + " know them, gsig reads codes as they are written");
    codes.add(patient("d_i10", "d_E119", "d_K219", "d_N179"));
    assertThat(codes.inWords()).contains("7 of 12 codes").contains("likely because the cohort has");
  }

  /** Each difference in both directions; three codes of four are the same ones. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "d_I10 d_E119 d_4280 d_QQ | d10_I10 d10_E119 d9_4280 d10_Z | no version of the ICD",
        "d10_I10 d10_E119 p9_428 p9_QQ | d_I10 d_E119 p_428 d_Z | the version of the ICD in",
        "d10_i10 d10_e119 d10_n179 q | d10_I10 d10_E119 d10_N179 d10_Z | has small letters",
        "D10_I10 D10_E119 D10_N179 Q | d10_i10 d10_e119 d10_n179 d10_z | has capitals where",
        "d10_E11.9 d10_N17.9 d10_I25.1 q | d10_E119 d10_N179 d10_I251 d10_Z | has dots",
        "d10_E119 d10_N179 d10_I251 q | d10_E11.9 d10_N17.9 d10_I25.1 d10_Z | has no dots",
        "E119 N179 I251 q | d10_E119 d10_N179 d10_I251 d10_Z | has no prefixes",
        "d10_E119 d10_N179 d10_I251 q | E119 N179 I251 Z | has prefixes",
        "ICD10CM//E119 DIAGNOSIS//ICD//10//N179 ICD10CM/I251 q"
            + "| d10_E119 d10_N179 d10_I251 d10_Z | has the spelling of MEDS",
        "d10_E119 d10_N179 d10_I251 q"
            + "| ICD10CM//E119 ICD10CM//N179 ICD10CM//I251 Z | has gsig's spelling",
        "ICD10CM//e11.9 ICD10CM//n17.9 ICD10CM//i25.1 q"
            + "| d10_E119 d10_N179 d10_I251 d10_Z | differs in prefixes, dots or capitals",
        "d10_E1190 d10_N1791 d10_I251 q | d10_E11 d10_N17 d10_I25 d10_Z | has longer codes",
        "d10_E11 d10_N17 d10_I25 q | d10_E1190 d10_N1791 d10_I251 d10_Z | has shorter codes",
      })
  void theLikelyCauseIsNamedWithExamplesOfBothSides(String cohort, String model, String cause) {
    String[] theirs = cohort.strip().split(" ");
    String[] ours = model.strip().split(" ");
    UnknownCodes codes = model(ours);
    codes.add(patient(theirs));

    assertThatThrownBy(() -> codes.requireFew("c"))
        .hasMessageContaining("c: 4 of 4 codes (100.0%) are not in the model's vocabulary")
        .hasMessageContaining(
            String.format("has \"%s\", \"%s\", \"%s\", ", theirs[0], theirs[1], theirs[2]))
        .hasMessageContaining(
            String.format("the model \"%s\", \"%s\", \"%s\";", ours[0], ours[1], ours[2]))
        .hasMessageContaining(
            "; likely because the cohort " + cause.replaceAll("^(no|the) v", "has $1 v"));
  }

  /** Drugs are known either way: below half, but no less wrong. */
  @Test
  void aCauseIsNamedWhereFewAreUnknownToo() {
    UnknownCodes codes = model("d10_I10", "m_A", "m_B");
    codes.add(patient("d_I10", "m_A", "m_B"));

    assertThat(codes.inWords())
        .isEqualTo(
            "1 of 3 codes (33.3%), in 1 patient, not in the model's vocabulary, likely because the"
                + " cohort has no version of the ICD in its prefixes (d_, p_), as --drop-version"
                + " writes them");
  }

  @Test
  void whatIsRareHasNoCause() {
    UnknownCodes codes = model("d10_I10", "m_A", "m_B");
    codes.add(patient("m_X", "m_A", "m_B", "m_A"));

    assertThat(codes.inWords())
        .isEqualTo("1 of 4 codes (25.0%), in 1 patient, not in the model's vocabulary");
    assertThat(model("a").inWords()).isNull();
  }

  @Test
  void countsOfPartsAddUp() {
    UnknownCodes part = model("a");
    part.add(patient("a", "x", "y", "x"));
    UnknownCodes whole = model("a");
    whole.add(part.codes(), part.unknown(), part.patients(), part.examples());
    whole.add(part.codes(), part.unknown(), part.patients(), part.examples());

    assertThat(whole.codes()).isEqualTo(8);
    assertThat(whole.unknown()).isEqualTo(6);
    assertThat(whole.patients()).isEqualTo(2);
    assertThat(whole.examples()).containsExactlyInAnyOrder("x", "y");
  }
}
