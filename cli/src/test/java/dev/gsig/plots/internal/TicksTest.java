package dev.gsig.plots.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.plots.internal.Ticks.Tick;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicksTest {
  private static List<String> labels(List<Tick> ticks) {
    return ticks.stream().map(Tick::label).toList();
  }

  @Test
  void areRoundNumbers() {
    assertThat(labels(Ticks.linear(-0.13, 0.31, 5)))
        .containsExactly("\u22120.1", "0", "0.1", "0.2", "0.3");
    assertThat(labels(Ticks.linear(0, 1, 3))).containsExactly("0", "0.5", "1");
    assertThat(labels(Ticks.linear(1e-9, 3.2e-9, 4)))
        .containsExactly("1E\u22129", "2E\u22129", "3E\u22129");
    assertThat(labels(Ticks.linear(0, 41_000, 4))).containsExactly("0", "20000", "40000");
    assertThat(labels(Ticks.logarithmic(0.1, 5, 6)))
        .containsExactly("0.1", "0.2", "0.5", "1", "2", "5");
    assertThat(labels(Ticks.logarithmic(0.1, 5, 5))).containsExactly("0.1", "1");
  }

  @Test
  void ofLogOddsArePercentages() {
    assertThat(labels(Ticks.logOdds(-3, 1)))
        .containsExactly("5%", "10%", "20%", "30%", "40%", "50%", "60%", "70%");
    assertThat(Ticks.logOdds(-3, 1).get(5).value()).isZero();
    assertThat(labels(Ticks.logOdds(-4.36, -4.05)))
        .containsExactly("1.3%", "1.4%", "1.5%", "1.6%", "1.7%");
  }

  @Test
  void textIsMeasuredCutAndWrapped() {
    assertThat(Font.TEXT.width("a b")).isEqualTo(7 * (556 + 278 + 556) / 1000.0);
    assertThat(Font.TEXT.cut("abc", 100)).isEqualTo("abc");
    assertThat(Font.TEXT.cut("abc def ghi", Font.TEXT.width("abc de..."))).isEqualTo("abc de...");
    assertThat(Font.TEXT.cut("\ud83d\ude00\ud83d\ude00", Font.TEXT.width("\ud83d\ude00...")))
        .isEqualTo("\ud83d\ude00...");
    assertThat(Font.TEXT.wrap("one two three", Font.TEXT.width("one two")))
        .containsExactly("one two", "three");
  }
}
