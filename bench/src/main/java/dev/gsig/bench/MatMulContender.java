package dev.gsig.bench;

import dev.gsig.ehr.internal.Json;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Our matrix products in {@code bench/compare.sh}: says in one JSON line which products there are,
 * checks and warms them up, prints {@code ready}, and answers each line {@code go} with the GFLOP/s
 * of each.
 */
public final class MatMulContender {
  private static final int STEPS = 2;
  private static final double SECONDS_PER_PRODUCT = 0.3;
  private static final double WARM_UP_SECONDS = 1;

  private final Backend backend = Backends.open(Backends.DEFAULT);
  private final List<Entry> entries = new ArrayList<>();

  /**
   * One product of the list: {@code batch} times {@code [m, k] x [k, n]}. Attention has two or four
   * of the same size.
   */
  private record Entry(
      String name, int batch, int m, int k, int n, double flops, Runnable product) {
    Map<String, Object> shape() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", name);
      json.put("batch", batch);
      json.put("m", m);
      json.put("k", k);
      json.put("n", n);
      return json;
    }

    /** GFLOP/s over about so many seconds. */
    double run(double seconds) {
      long start = System.nanoTime();
      long runs = 0;
      double elapsed;
      do {
        product.run();
        runs++;
        elapsed = (System.nanoTime() - start) * 1e-9;
      } while (elapsed < seconds);
      return runs * flops * 1e-9 / elapsed;
    }
  }

  MatMulContender(int steps) {
    try (Backend float64 = Backends.open("ejml")) {
      for (LinearLayer layer : LinearLayer.values()) {
        if (layer.ofModel()) {
          LinearProduct p = new LinearProduct(backend, layer, steps);
          p.check(new LinearProduct(float64, layer, steps));
          add(p, "linear " + layer.label(), layer.input(steps), layer.outputs());
        }
      }
      for (SyntheticModel model : SyntheticModel.values()) {
        AttentionProduct p = new AttentionProduct(backend, model, steps);
        p.check(new AttentionProduct(float64, model, steps));
        add(p, "attention " + model, steps * model.heads(), model.hidden() / model.heads());
      }
    }
  }

  private void add(LinearProduct p, String name, Shape in, int outputs) {
    int m = in.batch() * in.rows();
    entries.add(new Entry(name, 1, m, in.cols(), outputs, p.forwardFlops(), p::forward));
    entries.add(
        new Entry(name + " backward", 1, m, outputs, in.cols(), p.backwardFlops(), p::backward));
  }

  private void add(AttentionProduct p, String name, int batch, int headSize) {
    int l = SyntheticModel.LENGTH;
    entries.add(new Entry(name + " forward", batch, l, headSize, l, p.forwardFlops(), p::forward));
    entries.add(
        new Entry(name + " backward", batch, l, headSize, l, p.backwardFlops(), p::backward));
  }

  /** Argument: steps of the path in one call, 2 unless given. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(args.length <= 1, "MatMulContender [STEPS]");
          int steps = args.length == 0 ? STEPS : Command.number("STEPS", args[0], 1);
          new MatMulContender(steps)
              .serve(
                  new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                  System.out,
                  WARM_UP_SECONDS,
                  SECONDS_PER_PRODUCT);
        });
  }

  void serve(BufferedReader commands, PrintStream out, double warmUp, double seconds)
      throws IOException {
    out.println(Json.write(Map.of("shapes", entries.stream().map(Entry::shape).toList())));
    entries.forEach(e -> e.run(warmUp));
    out.println("ready");
    while ("go".equals(commands.readLine())) {
      long start = System.nanoTime();
      Map<String, Object> gflops = new LinkedHashMap<>();
      entries.forEach(e -> gflops.put(e.name(), e.run(seconds)));
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("seconds", (System.nanoTime() - start) * 1e-9);
      answer.put("gflops", gflops);
      out.println(Json.write(answer));
    }
  }
}
