package dev.gsig.spark;

import dev.gsig.attribution.AttributionJson;
import java.time.Duration;

/**
 * Has the engine compiled while Spark starts and plans, where the tasks will run in the driver's
 * own JVM. A JVM needs it once; the first task ends it.
 */
final class WarmUp {
  /** Of the JVM, as the compiler is. */
  static final WarmUp OF_THIS_JVM = new WarmUp();

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Thread thread;
  private boolean over;

  /** Starts it on a thread of its own, unless there was one, or tasks explain already. */
  synchronized void start(DriverModel model) {
    if (thread == null && !over) {
      thread = new Thread(() -> run(model), "gsig-warm-up");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void run(DriverModel model) {
    AttributionJson json = model.loaded().json();
    model
        .explainer()
        .warmUp(LIMIT, attribution -> Attributions.line(Attributions.row(attribution, json)));
  }

  /** Ends it, with the patient in work. */
  synchronized void end() {
    over = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** The thread; null if it was not started. */
  synchronized Thread thread() {
    return thread;
  }
}
