package dev.gsig.bench.djl;

import ai.djl.MalformedModelException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The contender on DJL and libtorch; it speaks the protocol of {@code dev.gsig.bench.Contender}.
 * The number of threads is libtorch's own and set by {@code run.sh}.
 */
public final class DjlContender {
  private DjlContender() {}

  /** Arguments: folder and name of the traced module, steps, patients, warm-up runs, batch. */
  public static void main(String[] args) throws IOException, MalformedModelException {
    Path folder = Path.of(args[0]);
    PathInputs inputs = PathInputs.read(folder, args[1]);
    int steps = Integer.parseInt(args[2]);
    int count = Math.min(inputs.patients().size(), Integer.parseInt(args[3]));
    int batch = Integer.parseInt(args[5]);
    IntegratedGradients gradients = new IntegratedGradients(folder, args[1], inputs, steps, batch);
    List<PathInputs.Patient> patients = inputs.patients().subList(0, count);
    for (int i = Integer.parseInt(args[4]); i > 0; i--) {
      patients.forEach(gradients::explain);
    }
    System.out.println("ready");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while ("go".equals(commands.readLine())) {
      long start = System.nanoTime();
      List<double[]> results = patients.stream().map(gradients::explain).toList();
      double seconds = (System.nanoTime() - start) * 1e-9;
      List<String> lists = results.stream().map(Arrays::toString).toList();
      System.out.println("{\"seconds\": " + seconds + ", \"result\": " + lists + "}");
    }
  }
}
