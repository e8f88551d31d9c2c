package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Adam, AdamW, clipping and the schedule, each alone, against PyTorch. */
class OptimizerParityTest {
  private static final Offset<Double> ROUNDING = within(1e-12);

  private final JsonObject expected = Json.read(Fixtures.ROOT.resolve("optimizers.json"));

  private static double[] doubles(Object list) {
    return ((List<?>) list).stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
  }

  @Test
  void adamAndAdamWTakePyTorchsSteps() {
    List<JsonObject> runs = expected.objects("runs");
    assertThat(runs).hasSize(4);
    for (JsonObject run : runs) {
      double[] theta = doubles(expected.list("start"));
      Optimizer kind = run.string("kind").equals("adam") ? Optimizer.ADAM : Optimizer.ADAMW;
      Adam adam = new Adam(kind, run.number("decay"), theta.length);
      List<?> gradients = expected.list("gradients");
      for (int step = 0; step < gradients.size(); step++) {
        adam.nextStep();
        adam.update(theta, doubles(gradients.get(step)), 0, theta.length, 0.01, true);
        double[] after = doubles(run.list("trace").get(step));
        assertThat(theta).as("%s, step %d", kind, step).containsExactly(after, ROUNDING);
      }
    }
  }

  @Test
  void weightDecayLeavesAloneWhatIsNotDecayed() {
    double[] plain = {1, -2};
    double[] spared = {1, -2};
    for (Optimizer kind : Optimizer.values()) {
      Adam none = new Adam(kind, 0, 2);
      Adam decay = new Adam(kind, 0.5, 2);
      none.nextStep();
      decay.nextStep();
      none.update(plain, new double[] {0.3, 0.1}, 0, 2, 0.1, true);
      decay.update(spared, new double[] {0.3, 0.1}, 0, 2, 0.1, false);
      assertThat(spared).isEqualTo(plain);
    }
  }

  @Test
  void clippingIsPyTorchs() {
    for (JsonObject c : expected.objects("clipping")) {
      double[] g = doubles(expected.list("gradients").get(3));
      Parameters parameters = new Parameters(Map.of("a", List.of(g.length)));
      double norm = Clipping.norm(g, parameters.entries());
      Clipping.clip(g, norm, c.number("limit"));
      assertThat(norm).isCloseTo(c.number("norm"), ROUNDING);
      assertThat(g).containsExactly(doubles(c.list("clipped")), ROUNDING);
    }
  }

  @Test
  void aLimitOfZeroClipsNothing() {
    double[] g = {3e9, 4e9};
    Clipping.clip(g, 5e9, 0);
    assertThat(g).containsExactly(3e9, 4e9);
  }

  @Test
  void theScheduleIsPyTorchs() {
    JsonObject s = expected.object("schedule");
    Schedule schedule = new Schedule(s.number("peak"), s.integer("warmup"), s.integer("total"));
    double[] rates = doubles(s.list("rates"));
    for (int k = 1; k <= rates.length; k++) {
      assertThat(schedule.rate(k)).as("step %d", k).isCloseTo(rates[k - 1], ROUNDING);
    }
  }

  @Test
  void theScheduleWithoutWarmupStartsAtThePeakAndIsNeverIdle() {
    Schedule schedule = Schedule.of(0.5, 0, 10);
    assertThat(schedule.rate(1)).isEqualTo(0.5);
    assertThat(schedule.rate(10)).isCloseTo(0.05, ROUNDING);
    Schedule rising = Schedule.of(0.5, 1, 10);
    assertThat(Arrays.stream(new double[] {rising.rate(1), rising.rate(10)}).toArray())
        .containsExactly(new double[] {0.05, 0.5}, ROUNDING);
  }
}
