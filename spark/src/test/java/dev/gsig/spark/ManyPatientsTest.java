package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand short trajectories in two partitions: memory must not grow with them. */
@Tag("slow")
class ManyPatientsTest {
  private static final int PATIENTS = 100_000;
  private static final String[] CODES = {"d_I10", "m_C03C", "d_I50", "d_E11", "m_A10B"};

  @Test
  void memoryDoesNotGrowWithTheNumberOfPatients(@TempDir Path folder) throws Exception {
    try (SparkSession spark = Local.session("local[2]")) {
      CohortExplainer explainer =
          CohortExplainer.of(spark, Settings.of(Local.MODEL, ExplainOptions.DEFAULT));
      Dataset<Row> patients =
          spark
              .range(0, PATIENTS, 1, 2)
              .map(
                  (MapFunction<Long, Row>) id -> Trajectories.row(patient(id)),
                  Encoders.row(Trajectories.schema()));
      Path out = folder.resolve("out");
      Thread writing =
          new Thread(
              () -> Attributions.lines(explainer.explain(patients)).write().text(out.toString()));

      long start = System.nanoTime();
      writing.start();
      long early = 0;
      long late = 0;
      for (int second = 0; writing.isAlive(); second++) {
        writing.join(1000);
        System.gc();
        long live = liveBytes();
        early = second < 20 ? Math.max(early, live) : early;
        late = Math.max(late, live);
      }

      assertThat(explainer.counters().patients()).isEqualTo(PATIENTS);
      assertThat(late).as("live bytes").isLessThan(early + (64 << 20));
      System.out.printf(
          "%d short trajectories on Spark local[2]: %.0f s, live heap at most %.0f MiB%n",
          PATIENTS, (System.nanoTime() - start) / 1e9, late / 1048576.0);
      List<Trajectory> some = IntStream.range(0, 50).mapToObj(id -> patient(id)).toList();
      try (Stream<String> lines = Local.written(out).stream()) {
        assertThat(lines.limit(50)).isEqualTo(Local.lines(some, ExplainOptions.DEFAULT));
      }
    }
  }

  /** One to three visits of one or two codes. */
  private static Trajectory patient(long id) {
    Random random = new Random(id);
    List<Visit> visits =
        random
            .ints(1 + random.nextInt(3), 0, CODES.length)
            .boxed()
            .map(c -> Visit.of(CODES[c], CODES[(c + 1) % CODES.length]))
            .toList();
    return new Trajectory("p" + id, visits, Map.of("age", 40.0 + random.nextInt(40)), null);
  }

  /** What the last collection left in all pools of the heap. */
  private static long liveBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
