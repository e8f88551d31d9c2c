package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against figures worked out by hand, and the equation that Wilson's interval solves. */
class CalibrationTest {
  private final Calibration calibration = new Calibration();

  private JsonObject json() {
    return Json.object(Json.write(calibration.json()), "calibration");
  }

  @Test
  void nobodyHasNone() {
    assertThat(calibration.json()).isNull();
  }

  @Test
  void bandsCountFromTheirLowerEdgeOn() {
    calibration.add(0, false);
    calibration.add(0.05, true);
    calibration.add(0.07, false);
    calibration.add(0.9, true);
    calibration.add(1, true);

    List<JsonObject> bands = json().objects("bands");
    assertThat(bands).extracting(band -> band.number("from")).containsExactly(0.0, 0.05, 0.9);
    assertThat(bands).extracting(band -> band.number("to")).containsExactly(0.05, 0.1, 1.0);
    assertThat(bands).extracting(band -> band.integer("patients")).containsExactly(1, 2, 2);
    assertThat(bands).extracting(band -> band.integer("events")).containsExactly(0, 1, 2);
    assertThat(bands).extracting(band -> band.number("predicted")).containsExactly(0.0, 0.06, 0.95);
    assertThat(json().integer("patients")).isEqualTo(5);
    assertThat(json().integer("events")).isEqualTo(3);
  }

  /** Of three with the outcome and two without, five of the six pairs are in order. */
  @Test
  void theAurocIsTheShareOfPairsInOrder() {
    calibration.add(0.9, true);
    calibration.add(0.8, true);
    calibration.add(0.3, true);
    calibration.add(0.4, false);
    calibration.add(0.1, false);

    assertThat(json().number("auroc")).isCloseTo(5.0 / 6, within(1e-6));
    assertThat(json().number("low")).isBetween(0.0, 5.0 / 6);
    assertThat(json().number("high")).isBetween(5.0 / 6, 1.0);
  }

  @Test
  void oneOutcomeAloneHasNoAuroc() {
    calibration.add(0.9, true);
    calibration.add(0.8, true);

    assertThat(json().has("auroc")).isFalse();
  }

  /** Its bounds are the shares that are z standard errors, of their own, away from what is seen. */
  @Test
  void wilsonsBoundsSolveTheirEquation() {
    for (int[] seen : new int[][] {{3, 10}, {0, 7}, {25, 25}, {480, 1000}}) {
      double share = (double) seen[0] / seen[1];
      Calibration.Interval interval = Calibration.wilson(seen[0], seen[1]);
      for (double bound : new double[] {interval.low(), interval.high()}) {
        double error = Math.sqrt(bound * (1 - bound) / seen[1]);
        boolean atTheEnd = bound < 1e-12 || bound > 1 - 1e-12;
        assertThat(atTheEnd ? 1.96 : Math.abs(share - bound) / error).isCloseTo(1.96, within(1e-4));
      }
      assertThat(interval.low()).isLessThanOrEqualTo(share + 1e-12);
      assertThat(interval.high()).isGreaterThanOrEqualTo(share - 1e-12);
    }
  }
}
