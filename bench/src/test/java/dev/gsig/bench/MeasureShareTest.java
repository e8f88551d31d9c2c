package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.bench.MeasureShare.Pair;
import dev.gsig.ehr.Trajectory;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasureShareTest {
  /** It refuses attributions that are not solved or not complete. */
  @Test
  void measuresSolvedProblems() {
    System.setProperty(BenchmarkModel.HOME, "..");
    List<Trajectory> patients = BenchmarkModel.DEMO.patients().subList(0, 2);
    for (Pair pair : List.of(Pair.steps(10), Pair.to(0.01))) {
      assertThat(MeasureShare.share(BenchmarkModel.DEMO, patients, pair)).isLessThan(1);
    }
  }
}
