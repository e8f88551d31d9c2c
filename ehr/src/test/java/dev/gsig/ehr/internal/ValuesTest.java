package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({"12, 12", "-0.5, -0.5", "+3., 3", ".25, 0.25", "1e-3, 0.001", "007, 7", "1E22, 1e22"})
  void decimalNumbersAreRead(String text, double expected) {
    assertThat(Values.number(text)).isEqualTo(expected);
  }

  /** Much of this is what {@code Double.parseDouble} takes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "12d",
        "12f",
        "0x1p3",
        "NaN",
        "Infinity",
        "inf",
        "-inf",
        "1e999",
        "1,5",
        "1 000",
        "1_000",
        "\u0661",
        ".",
        "+",
        "1e",
        "--1"
      })
  void otherTextsAreNot(String text) {
    assertThat(Values.number(text)).isNull();
    assertThat(Values.whole(text)).isNull();
  }

  @Test
  void wholeNumbersMayHaveAPoint() {
    assertThat(Values.whole("60.0")).isEqualTo(60);
    assertThat(Values.whole("-2147483648")).isEqualTo(Integer.MIN_VALUE);
    assertThat(Values.whole("60.5")).isNull();
    assertThat(Values.whole("2147483648")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NA", "NaN", "nan", "NULL", "null", "None", "\\N", "<NA>", "#N/A"})
  void whatStandsForNothing(String text) {
    assertThat(Values.isMissing(text)).isTrue();
  }

  /** Na is sodium. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "Na", "NAN1", "NULLs", "-", "N", "."})
  void whatDoesNot(String text) {
    assertThat(Values.isMissing(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "29079034.0, 29079034",
    "7.00, 7",
    "29079034, 29079034",
    "100, 100",
    "1.5, 1.5",
    "1.50, 1.50",
    "a.0, a.0",
    "1.2.0, 1.2.0",
    ".0, .0",
    "0, 0"
  })
  void identifiersLoseThePointThatADataFrameGaveThem(String text, String expected) {
    assertThat(Values.identifier(text)).isEqualTo(expected);
  }
}
