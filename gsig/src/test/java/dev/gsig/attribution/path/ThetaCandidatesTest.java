package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThetaCandidatesTest {
  @Test
  void autoIsTheCompatibilityGridAndOne() {
    ThetaCandidates auto = ThetaCandidates.parse("auto");
    assertThat(auto.values())
        .containsExactly(
            new double[] {
              1,
              0.1,
              0.15444521,
              0.23853323,
              0.36840315,
              0.56898102,
              0.87876393,
              1.35720881,
              2.096144,
              3.23739401,
              5
            },
            within(1e-8));
    assertThat(auto.continuous()).isFalse();
    assertThat(auto.fixed()).isFalse();
  }

  @Test
  void continuousRefinesTheCompatibilityGrid() {
    ThetaCandidates refined = ThetaCandidates.parse("continuous");
    assertThat(refined.values()).containsExactly(ThetaCandidates.auto().values());
    assertThat(refined.continuous()).isTrue();
    assertThat(refined.fixed()).isFalse();
  }

  @Test
  void aNumberIsThatThetaBesideOne() {
    ThetaCandidates two = ThetaCandidates.parse("2.5");
    assertThat(two.values()).containsExactly(1, 2.5);
    assertThat(two.fixed()).isTrue();
    assertThat(ThetaCandidates.parse("1").values()).containsExactly(1);
    assertThat(ThetaCandidates.parse("1.0").fixed()).isTrue();
  }

  @Test
  void gridIsLogSpacedWithItsBounds() {
    assertThat(ThetaCandidates.parse("grid:0.25:4:5").values())
        .containsExactly(new double[] {1, 0.25, 0.5, 2, 4}, within(1e-15));
    double[] ends = ThetaCandidates.parse("grid:0.3:7:4").values();
    assertThat(ends[1]).isEqualTo(0.3);
    assertThat(ends[4]).isEqualTo(7);
    assertThat(ThetaCandidates.parse("grid:2:3:2").values()).containsExactly(1, 2, 3);
  }

  @Test
  void listIsSortedWithoutRepetitionAndHasOneFirst() {
    ThetaCandidates list = ThetaCandidates.parse("list: 3 ,0.5,1,3, 0.2");
    assertThat(list.values()).containsExactly(1, 0.2, 0.5, 3);
    assertThat(list.continuous()).isFalse();
    assertThat(list.fixed()).isFalse();
    assertThat(ThetaCandidates.parse("list:1").values()).containsExactly(1);
  }

  @Test
  void theValuesCannotBeChanged() {
    double[] given = {1, 2};
    ThetaCandidates candidates = new ThetaCandidates(given, false, false);
    given[1] = 9;
    candidates.values()[1] = 9;
    assertThat(candidates.values()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "best",
        "1,2",
        "grid",
        "grid:",
        "grid:0.1:5",
        "grid:0.1:5:10:2",
        "grid:a:5:10",
        "grid:0.1:5:2.5",
        "list",
        "list:",
        "list:1,,2",
        "list:1,x",
        "Auto"
      })
  void malformedTextIsShownWithWhatIsAccepted(String text) {
    assertThatThrownBy(() -> ThetaCandidates.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "theta '%s' is not auto, continuous, a number, grid:LO:HI:N or list:A,B,...", text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-1, -1.0",
    "NaN, NaN",
    "Infinity, Infinity",
    "0.0009, 9.0E-4",
    "1001, 1001.0",
    "'list:0.5,0', 0.0",
    "grid:0:5:10, 0.0",
    "grid:0.1:5000:10, 5000.0"
  })
  void aThetaOutOfRangeIsNamed(String text, String theta) {
    assertThatThrownBy(() -> ThetaCandidates.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("theta %s is outside 0.001 to 1000", theta);
  }

  @Test
  void theEndsOfTheRangesAreAccepted() {
    assertThat(ThetaCandidates.parse("0.001").values()).containsExactly(1, 0.001);
    assertThat(ThetaCandidates.parse("1000").values()).containsExactly(1, 1000);
    assertThat(ThetaCandidates.parse("grid:0.1:0.9:10000").values()).hasSize(10_001);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grid:5:0.1:10", "grid:2:2:10", "grid:0.1:5:1", "grid:0.1:5:10001"})
  void anImpossibleGridIsExplained(String text) {
    assertThatThrownBy(() -> ThetaCandidates.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a theta grid needs low < high and 2 to 10000 values, for example grid:0.1:5:10");
  }

  @Test
  void anEmptyListIsExplained() {
    assertThatThrownBy(ThetaCandidates::of)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the list of thetas is empty; give for example list:0.5,2");
  }

  /** Whatever the caller builds, theta = 1 comes first and the others ascend. */
  @Test
  void valuesOutOfOrderAreRefused() {
    for (double[] bad : new double[][] {{}, {2}, {2, 1}, {1, 3, 2}, {1, 2, 2}, {1, -2}}) {
      assertThatThrownBy(() -> new ThetaCandidates(bad, false, false))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
