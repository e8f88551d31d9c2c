package dev.gsig.service;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts and times in the text format of Prometheus, version 0.0.4. */
final class Metrics {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Upper bounds in seconds. */
  private static final double[] BUCKETS = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Map<String, Histogram> seconds = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> patients = new ConcurrentSkipListMap<>();
  private final Map<String, LongSupplier> gauges = new TreeMap<>();

  private static final class Histogram {
    final LongAdder[] counts = new LongAdder[BUCKETS.length];
    final LongAdder count = new LongAdder();
    final LongAdder nanos = new LongAdder();

    Histogram() {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void add(long took) {
      for (int i = 0; i < BUCKETS.length; i++) {
        if (took <= BUCKETS[i] * 1e9) {
          counts[i].increment();
        }
      }
      nanos.add(took);
      count.increment();
    }
  }

  /**
   * Has a figure read whenever metrics are asked for.
   *
   * @param name with its unit
   */
  void gauge(String name, LongSupplier value) {
    gauges.put(name, value);
  }

  /**
   * Counts a request.
   *
   * @param route the path's pattern, never what a request made up
   */
  void request(String route, int status, long nanos) {
    requests
        .computeIfAbsent(
            "route=\"" + route + "\",status=\"" + status + "\"", key -> new LongAdder())
        .increment();
    seconds.computeIfAbsent("route=\"" + route + "\"", key -> new Histogram()).add(nanos);
  }

  void patients(String model, int count) {
    patients.computeIfAbsent("model=\"" + escaped(model) + "\"", key -> new LongAdder()).add(count);
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /** All of them. */
  String text() {
    StringBuilder text = new StringBuilder();
    head(text, "gsig_requests_total", "counter", "Requests answered.");
    requests.forEach((labels, n) -> line(text, "gsig_requests_total", labels, n.sum()));
    head(text, "gsig_request_seconds", "histogram", "From a request's head to its answer.");
    seconds.forEach((labels, histogram) -> histogram(text, labels, histogram));
    head(text, "gsig_patients_total", "counter", "Patients explained.");
    patients.forEach((labels, n) -> line(text, "gsig_patients_total", labels, n.sum()));
    gauges.forEach(
        (name, value) -> {
          head(text, name, "gauge", name.substring("gsig_".length()).replace('_', ' ') + ".");
          text.append(name).append(' ').append(value.getAsLong()).append('\n');
        });
    head(text, "process_uptime_seconds", "gauge", "Since the program started.");
    double uptime = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
    text.append(String.format(Locale.ROOT, "process_uptime_seconds %.3f%n", uptime));
    head(text, "jvm_memory_used_bytes", "gauge", "Heap in use.");
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    line(text, "jvm_memory_used_bytes", "area=\"heap\"", used);
    return text.toString().replace("\r", "");
  }

  private static void histogram(StringBuilder text, String labels, Histogram histogram) {
    String name = "gsig_request_seconds";
    for (int i = 0; i < BUCKETS.length; i++) {
      String bound = BUCKETS[i] % 1 == 0 ? String.valueOf((int) BUCKETS[i]) : BUCKETS[i] + "";
      line(text, name + "_bucket", labels + ",le=\"" + bound + "\"", histogram.counts[i].sum());
    }
    line(text, name + "_bucket", labels + ",le=\"+Inf\"", histogram.count.sum());
    text.append(
        String.format(Locale.ROOT, "%s_sum{%s} %.6f%n", name, labels, histogram.nanos.sum() / 1e9));
    line(text, name + "_count", labels, histogram.count.sum());
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void line(StringBuilder text, String name, String labels, long value) {
    text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
  }
}
