package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedNodesTest {
  /** Wider and narrower than what is worked on at once, and parts that end anywhere. */
  private static final int[] BOUNDS = {0, 3, 103, 104, 400, 700, 956, 957, 1020};

  private static final boolean[] COUNTED = {true, true, false, true, true, true, true, false};

  private static final int SIZE = BOUNDS[BOUNDS.length - 1];

  /** Three at once, part by part: each sum has the bits of the whole attribution's. */
  @ParameterizedTest
  @ValueSource(ints = {5, 6, 9, 16})
  void sumsOverPartsAreThoseOfTheWhole(int count) {
    Random random = new Random(count);
    double[] difference = random.doubles(SIZE, -1, 1).toArray();
    double[] slope = random.doubles(SIZE, -1, 1).toArray();
    ClosedFormPath path =
        new ClosedFormPath(
            difference,
            0,
            1,
            a -> IntStream.range(0, SIZE).mapToDouble(i -> slope[i] + Math.sin(a * i)).toArray());
    PathOptions d = PathOptions.DEFAULT;
    PathOptions options =
        new PathOptions(d.steps(), d.quadrature(), null, d.theta(), d.search(), 0.7, 0.3, null);
    AttributionNorms norms = new AttributionNorms(path, BOUNDS, COUNTED, options);
    SharedNodes nodes = new SharedNodes(path, norms, count);
    List<double[]> weights =
        List.of(
            random.doubles(count, -1, 1).toArray(),
            random.doubles(count, -1, 1).map(w -> w < 0 ? 0 : w).toArray(),
            new double[count]);
    List<AttributionNorms.Sums> sums = nodes.norms(weights);
    for (int m = 0; m < weights.size(); m++) {
      double[] whole = nodes.attribution(weights.get(m));
      double squares = 0;
      for (int i = 0; i < SIZE; i++) {
        squares += whole[i] * whole[i];
      }
      assertThat(sums.get(m).l21).as("l21 of %d", m).isEqualTo(norms.l21(whole));
      assertThat(norms.value(sums.get(m))).as("value of %d", m).isEqualTo(norms.value(whole));
      assertThat(sums.get(m).norm()).as("norm of %d", m).isEqualTo(Math.sqrt(squares));
    }
    assertThat(sums.get(0).l21).isPositive();
  }
}
