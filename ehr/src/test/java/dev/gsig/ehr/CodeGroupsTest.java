package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodeGroupsTest {
  @TempDir Path folder;

  /** The first and last categories of chapters that share a letter or a digit, by hand. */
  @ParameterizedTest
  @CsvSource({
    "d10_A000, ICD-10 I Certain infectious and parasitic diseases",
    "d10_B99, ICD-10 I Certain infectious and parasitic diseases",
    "d10_C000, ICD-10 II Neoplasms",
    "d10_C7A00, ICD-10 II Neoplasms",
    "d10_D499, ICD-10 II Neoplasms",
    "d10_D500, ICD-10 III Diseases of the blood and the immune mechanism",
    "d10_F329, ICD-10 V Mental and behavioural disorders",
    "d10_G4733, ICD-10 VI Diseases of the nervous system",
    "d10_H5989, ICD-10 VII Diseases of the eye and adnexa",
    "d10_H6001, ICD-10 VIII Diseases of the ear and mastoid process",
    "d10_I509, ICD-10 IX Diseases of the circulatory system",
    "d10_O9A1, 'ICD-10 XV Pregnancy, childbirth and the puerperium'",
    "d10_T8859XS, 'ICD-10 XIX Injury, poisoning and other consequences of external causes'",
    "d10_S72001A, 'ICD-10 XIX Injury, poisoning and other consequences of external causes'",
    "d10_U071, ICD-10 XXII Codes for special purposes",
    "d10_Y92, ICD-10 XX External causes of morbidity and mortality",
    "d10_V4352, ICD-10 XX External causes of morbidity and mortality",
    "d10_Z7901, ICD-10 XXI Factors influencing health status and contact with health services",
    "d_i50.9, ICD-10 IX Diseases of the circulatory system",
    "d_I50, ICD-10 IX Diseases of the circulatory system",
    "d9_0010, ICD-9 001-139 Infectious and parasitic diseases",
    "d9_1398, ICD-9 001-139 Infectious and parasitic diseases",
    "d9_140, ICD-9 140-239 Neoplasms",
    "d9_27949, 'ICD-9 240-279 Endocrine, nutritional and metabolic diseases, and immunity"
        + " disorders'",
    "d9_4280, ICD-9 390-459 Diseases of the circulatory system",
    "d9_99999, ICD-9 800-999 Injury and poisoning",
    "d9_E8889, ICD-9 E000-E999 External causes of injury and poisoning",
    "d9_V5861, ICD-9 V01-V91 Factors influencing health status and contact with health services",
    "d_4280, ICD-9 390-459 Diseases of the circulatory system",
    "m_A16, ATC A Alimentary tract and metabolism",
    "m_C03CA01, ATC C Cardiovascular system",
    "m_c03c, ATC C Cardiovascular system",
    "m_V20, ATC V Various",
    "ICD10CM/I50.9, ICD-10 IX Diseases of the circulatory system",
    "DIAGNOSIS//ICD//9//4280, ICD-9 390-459 Diseases of the circulatory system",
    "ATC/N02BE01, ATC N Nervous system",
  })
  void theSpellingTellsTheChapter(String code, String chapter) {
    assertThat(CodeGroups.named("auto").groupOf(code)).isEqualTo(chapter);
  }

  /** SNOMED, RxNorm, names, procedures, what has no such chapter, and what both ICDs have. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "d_314529007",
        "m_313782",
        "m_BAG",
        "m_B12",
        "m_C",
        "m_A00",
        "m_Q01",
        "p10_0DTJ4ZZ",
        "p9_4516",
        "d9_000",
        "d9_E7000",
        "d9_V00",
        "d9_428001",
        "d10_I5",
        "d10_II0",
        "d9_I509",
        "d10_4280",
        "d_V5861",
        "d_E8770",
        "[CLS]",
        "I50",
        "",
        "_",
        "x_I50",
        "d10_"
      })
  void whatTheSpellingDoesNotTellIsInNoGroup(String code) {
    assertThat(CodeGroups.named("auto").groupOf(code)).isNull();
  }

  @Test
  void whatBothVersionsHaveIsInTheOneThatIsAskedFor() {
    assertThat(CodeGroups.named("icd10,atc").groupOf("d_V5861")).startsWith("ICD-10 XX ");
    assertThat(CodeGroups.named("icd9").groupOf("d_V5861")).startsWith("ICD-9 V01-V91 ");
    assertThat(CodeGroups.named("icd9,icd10").groupOf("d_V5861")).isNull();
    assertThat(CodeGroups.named("icd9").groupOf("d_I509")).isNull();
    assertThat(CodeGroups.named("icd9").groupOf("m_C03")).isNull();
    assertThat(CodeGroups.named("atc").groupOf("m_C03")).isEqualTo("ATC C Cardiovascular system");
  }

  /** Each letter of ICD-10 and each category of ICD-9 is in a chapter. */
  @Test
  void everyCategoryIsInAChapter() {
    CodeGroups auto = CodeGroups.named("auto");
    for (char letter = 'A'; letter <= 'Z'; letter++) {
      for (int i = 0; i < 100; i++) {
        assertThat(auto.groupOf(String.format("d10_%c%02d", letter, i))).startsWith("ICD-10 ");
      }
    }
    for (int i = 1; i < 1000; i++) {
      assertThat(auto.groupOf(String.format("d9_%03d", i))).startsWith("ICD-9 ");
    }
  }

  @Test
  void namesAreThoseThatAreListed() {
    assertThat(CodeGroups.names()).isEqualTo("auto, icd10, icd9, atc");
    for (String name : CodeGroups.names().split(", ")) {
      assertThat(CodeGroups.named(name)).isNotNull();
    }
    assertThat(CodeGroups.named("icd11")).isNull();
    assertThat(CodeGroups.named("icd10,")).isNull();
    assertThat(CodeGroups.named("groups.jsonl")).isNull();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("groups.jsonl"), text);
  }

  @Test
  void aFileSaysTheGroupOfEachCode() throws IOException {
    CodeGroups groups =
        CodeGroups.read(
            file(
                """
                {"code":"d_I50","group":"heart failure"}

                {"code":"x","group":"heart failure"}
                {"code":"m_C03","group":"diuretics"}
                {"code":"x","group":"heart failure"}
                """));
    assertThat(groups.groupOf("d_I50")).isEqualTo("heart failure");
    assertThat(groups.groupOf("x")).isEqualTo("heart failure");
    assertThat(groups.groupOf("m_C03")).isEqualTo("diuretics");
    assertThat(groups.groupOf("d10_I509")).isNull(); // a file is all that is asked for
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'code':'a','group':'g'}~{'code':'a','group':'h'}"
            + "|line 2: \"code\" is in the group \"g\" already",
        "{'code':'a'}|line 1: \"group\"",
        "{'code':'a','group':' '}|line 1: \"group\"",
        "{'code':1,'group':'g'}|line 1: \"code\"",
        "a,g|line 1",
        "~|holds no group"
      })
  void whatIsNoGroupIsNamed(String text, String problem) throws IOException {
    Path file = file(text.replace('~', '\n').replace('\'', '"'));
    assertThatThrownBy(() -> CodeGroups.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(problem);
  }
}
