package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodingTest {
  @Test
  void codesAreSpeltOneWay() {
    assertThat(Coding.icd('d', 10, " i50.9")).isEqualTo("d10_I509");
    assertThat(Coding.icd('p', 9, "54 91")).isEqualTo("p9_5491");
    assertThat(Coding.icd('d', 10, " . ")).isNull();
    assertThat(Coding.plain('m', " Sodium \t Chloride 0.9% ")).isEqualTo("m_SODIUM CHLORIDE 0.9%");
    assertThat(Coding.plain('d', "88805009")).isEqualTo("d_88805009");
  }

  @ParameterizedTest
  @CsvSource({
    "false,0,0, d10_I509,d10_I509",
    "false,3,0, d10_I509,d10_I50",
    "true,0,0, d10_I509,d_I509",
    "true,3,0, p9_5491,p_549",
    "true,3,0, m_C03CA01,m_C03CA01",
    "false,3,4, m_C03CA01,m_C03C",
    "false,9,9, d9_428,d9_428",
    "false,0,7, m_SODIUM CHLORIDE,m_SODIUM"
  })
  void aCohortShortensThem(boolean drop, int codes, int drugs, String code, String written) {
    assertThat(new Coding(drop, codes, drugs).written(code)).isEqualTo(written);
  }

  @Test
  void patternsNameWholeCodesOrWhatTheyBeginWith() {
    Records records = new Records();
    Dictionary codes = records.codes;
    for (String code :
        new String[] {"d9_4280", "d9_42", "d10_I50", "d10_I509", "m_A B", "d_12", "d_1"}) {
      codes.add(code);
    }
    boolean[] in = CodePatterns.parse("d9_428*, D10_i50 ,m_a  b,d_1").in(records);

    assertThat(IntStream.range(0, 7).filter(i -> in[i]).mapToObj(codes::text))
        .containsExactly("d9_4280", "d10_I50", "m_A B", "d_1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "I50", "d10_", "x_1", "d10_I50,", "d11_I50"})
  void otherPatternsAreRefused(String text) {
    assertThatThrownBy(() -> CodePatterns.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must begin with d9_, d10_");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bmi", "=1", "bmi=", "age=3", "a=1,a=2", ","})
  void otherMeasurementsAreRefused(String text) {
    assertThatThrownBy(() -> Measurement.parse(text)).isInstanceOf(InvalidInputException.class);
  }
}
