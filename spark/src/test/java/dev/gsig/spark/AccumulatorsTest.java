package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.AccumulatorV2;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An executor's heartbeat sends what tasks count while they count it. */
class AccumulatorsTest {
  private static final int SENT = 300;

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = Local.session("local[1]");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Counts the i-th of something. */
  private interface Counting<A> {
    void count(A accumulator, int i);
  }

  @Test
  void talliesAreSentWhileTheyGrow() throws Exception {
    Tallies tallies = new Tallies(Integer.MAX_VALUE);
    spark.sparkContext().register(tallies, "tallies");
    sendWhileCounting(
        tallies,
        (t, i) -> {
          t.add(Map.of("text " + i % 5000, 1L));
          if (i % 5000 == 4999) {
            t.reset();
          }
        });
  }

  @Test
  void rejectionsAreSentWhileTheyGrow() throws Exception {
    Rejections rejections = new Rejections();
    spark.sparkContext().register(rejections, "rejections");
    sendWhileCounting(
        rejections,
        (r, i) -> {
          r.add(new Rejections.Rejection("patient", "reason " + i % 90));
          if (i % 90 == 89) {
            r.reset();
          }
        });
  }

  private static <A extends AccumulatorV2<?, ?>> void sendWhileCounting(
      A onDriver, Counting<A> counting) throws Exception {
    @SuppressWarnings("unchecked") // it is a copy of the driver's
    A onExecutor = (A) received(sent(onDriver));
    AtomicBoolean over = new AtomicBoolean();
    Thread task =
        new Thread(
            () -> {
              for (int i = 0; !over.get(); i++) {
                counting.count(onExecutor, i);
              }
            });
    task.start();
    try {
      for (int i = 0; i < SENT; i++) {
        assertThat(received(sent(onExecutor))).isNotNull();
      }
    } finally {
      over.set(true);
      task.join();
    }
  }

  private static byte[] sent(Object accumulator) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(accumulator);
    }
    return bytes.toByteArray();
  }

  private static Object received(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    }
  }
}
