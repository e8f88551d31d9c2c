package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  @Test
  void whatActsOnATerminalIsEscaped() {
    assertThat(Text.escape("a\u001b[2Jb\n\t\u0007\u0085\u200f\u202e\u2028\ud800"))
        .isEqualTo("a\\u001b[2Jb\\u000a\\u0009\\u0007\\u0085\\u200f\\u202e\\u2028\\ud800");
    assertThat(Text.escape("\udb40\udc01")).isEqualTo("\\udb40\\udc01");
  }

  @Test
  void everythingElseStays() {
    assertThat(Text.escape("Ménière's 病 \ud83e\ude7a")).isEqualTo("Ménière's 病 \ud83e\ude7a");
  }

  @ParameterizedTest
  @CsvSource({
    "12345678, 8, 12345678",
    "12345678, 7, 1234...",
    "'ab cdefgh', 6, ab...",
    "abc, 2, .."
  })
  void textIsCutWithDots(String text, int width, String expected) {
    assertThat(Text.shorten(text, width)).isEqualTo(expected);
  }

  @Test
  void aPairOfSurrogatesIsNotTornApart() {
    String pairs = "\ud83e\ude7a".repeat(6);
    assertThat(Text.shorten(pairs, 6)).isEqualTo(pairs);
    assertThat(Text.shorten(pairs, 5)).isEqualTo("\ud83e\ude7a\ud83e\ude7a...");
  }

  @Test
  void numbersReadWell() {
    assertThat(Text.percent(-0.0001)).isEqualTo("0.0%");
    assertThat(Text.percent(-0.25)).isEqualTo("-25.0%");
    assertThat(Text.percent(null)).isEqualTo("-");
    assertThat(Text.count(1, "code")).isEqualTo("1 code");
    assertThat(Text.count(0, "code")).isEqualTo("0 codes");
    assertThat(Text.duration(Duration.ofMillis(840))).isEqualTo("0.8 s");
    assertThat(Text.duration(Duration.ofSeconds(125))).isEqualTo("2 min 5 s");
  }

  @Test
  void pathsCanBeCopiedIntoACommand() {
    assertThat(Text.argument(Path.of("a/b-c.jsonl"))).isEqualTo("a/b-c.jsonl");
    assertThat(Text.argument(Path.of("my model"))).isEqualTo("'my model'");
    assertThat(Text.argument(Path.of("it's"))).isEqualTo("'it'\\''s'");
  }

  @Test
  void pathsBelowTheCurrentFolderAreShort() {
    assertThat(Text.display(Path.of("a", "b").toAbsolutePath())).isEqualTo(Path.of("a", "b"));
    assertThat(Text.display(Path.of("..", "x"))).isAbsolute();
  }

  @Test
  void numbersArePlainWithFourSignificantDigits() {
    assertThat(Text.significant(85)).isEqualTo("85");
    assertThat(Text.significant(84.64)).isEqualTo("84.64");
    assertThat(Text.significant(6087.366937454251)).isEqualTo("6087");
    assertThat(Text.significant(-0.031249)).isEqualTo("-0.03125");
    assertThat(Text.significant(123456)).isEqualTo("123500");
    assertThat(Text.significant(0)).isEqualTo("0");
    assertThat(Text.significant(1.5e-9)).isEqualTo("1.5E-9");
  }

  @Test
  void roughPercentagesAreExactNextToNothingAndEverything() {
    assertThat(Text.roughPercent(0.154)).isEqualTo("15%");
    assertThat(Text.roughPercent(0.0034)).isEqualTo("0.3%");
    assertThat(Text.roughPercent(0.9987)).isEqualTo("99.9%");
  }

  @Test
  void linesBreakBetweenWords() {
    assertThat(Text.wrap("one two three", 7)).containsExactly("one two", "three");
    assertThat(Text.wrap("incomprehensible it is", 5)).containsExactly("incomprehensible", "it is");
    assertThat(Text.wrap("", 5)).containsExactly("");
  }
}
