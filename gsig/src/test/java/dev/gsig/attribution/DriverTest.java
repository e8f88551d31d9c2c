package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DriverTest {
  @Test
  void occurrencesAreAddedUpAndTheLastValueStays() {
    assertThat(
            Driver.ranked(
                List.of(
                    Driver.code("a", 7.0, 0.5),
                    Driver.code("b", null, -0.25),
                    Driver.code("a", 8.0, 0.25),
                    Driver.code("a", null, -0.125))))
        .containsExactly(
            new Driver("a", true, 3, 8.0, 0.625), new Driver("b", true, 1, null, -0.25));
  }

  /** What raises in one visit and lowers in another may have moved nothing. */
  @Test
  void theSumDecidesAndNotItsParts() {
    assertThat(
            Driver.ranked(
                List.of(
                    Driver.code("a", null, 9),
                    Driver.code("b", null, 1),
                    Driver.code("a", 2., -9))))
        .extracting(Driver::name)
        .containsExactly("b", "a");
  }

  @Test
  void valuesAndCodesStandInOneOrderWhateverTheirSign() {
    assertThat(
            Driver.ranked(
                List.of(
                    Driver.code("age", null, 0.5),
                    Driver.code("c", null, 0.75),
                    Driver.tabular("age", 85.0, -0.75),
                    Driver.tabular("sex", null, 1))))
        .containsExactly(
            new Driver("sex", false, 1, null, 1),
            new Driver("c", true, 1, null, 0.75),
            new Driver("age", false, 1, 85.0, -0.75),
            new Driver("age", true, 1, null, 0.5));
  }
}
